from __future__ import annotations

import rules
from rules import Found

FIRST, SECOND, THIRD = ("shop.py", 1), ("shop.py", (1, 2)), ("shop.py", 7)


def found(*tests, ideas=None):
    return Found(
        ideas=ideas or {},
        tried={rule: 1 for of, _ in tests for rule in of},
        tests=tuple((frozenset(of), frozenset(places)) for of, places in tests),
    )


def test_what_two_rules_reach_is_neithers_alone():
    worth = rules.worth([found(({"a"}, {FIRST, SECOND}), ({"b"}, {SECOND, THIRD}))])
    assert (worth["a"].reached, worth["a"].alone) == (2, 1)
    assert (worth["b"].kept, worth["b"].alone) == (1, 1)


def test_what_is_reached_with_two_rules_together_is_lost_without_either():
    worth = rules.worth([found(({"a", "b"}, {FIRST}))])
    assert worth["a"].alone == worth["b"].alone == 1


def test_a_rule_whose_ideas_came_to_nothing_is_the_last():
    table = rules.table([found(({"a"}, {FIRST}), ideas={"a": 3, "b": 90})])
    assert table.splitlines()[2:] == ["| a | 3 | 1 | 1 | 1 | 1 |", "| b | 90 | 0 | 0 | 0 | 0 |"]


def test_two_runs_are_compared_place_by_place():
    with_all, without = found(({"a"}, {FIRST, SECOND})), found(({"b"}, {SECOND, THIRD}))
    assert rules.compared(["shop"], [with_all], [without]).splitlines()[2] == "| shop | 2 | 2 | 1 | 1 |"


def test_a_run_without_rules_is_kept_apart_whatever_their_order():
    runs = [
        rules.Runs(folder=rules.LIST.parent, strangers=None, budget="9x", unproven=True, without=without)
        for without in ((), ("a", "b"), ("b", "a"), ("a",))
    ]
    places = [run.place for run in runs]
    assert places[1] == places[2]
    assert len({*places}) == 3
