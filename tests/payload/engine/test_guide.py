from __future__ import annotations

from pytest_enrich.payload.engine.guide import MOST_NEAR, MOST_RAISING, MOST_WITNESSES, Guide
from pytest_enrich.payload.explore.calls import Call

NEAR = [Call("kind", (("number", str(number)),)) for number in range(9)]


def asking(*lines, way=(), others=()):
    """A guide for these lines, what it says, and what it asks about."""
    asked = []

    def towards(call, wanted):
        asked.append((call, list(wanted)))
        return [call.with_argument("other", "'near'")]

    guide = Guide(lines, way, others)
    return guide, lambda is_open=lambda _line: True: [*guide.ideas(towards, is_open)], asked


def test_what_came_to_a_condition_is_asked_about_once():
    guide, ideas, asked = asking(4, 9)
    guide.see(NEAR[0], [(3, 4), (4, 5)])
    found = [*ideas(), *ideas()]
    assert asked == [(NEAR[0], [4])]
    assert found == [NEAR[0].with_argument("other", "'near'")]


def test_a_few_witnesses_of_a_condition_are_enough():
    guide, ideas, asked = asking(4)
    for call in NEAR:
        guide.see(call, [(3, 4)])
    assert len(ideas()) == len(asked) == MOST_WITNESSES


def test_few_of_them_are_such_that_raise():
    guide, ideas, asked = asking(4)
    for number, call in enumerate(NEAR):
        guide.see(call, [(3, 4)], is_raising=number < len(NEAR) // 2)
    assert len(ideas()) == MOST_WITNESSES
    assert [call for call, _ in asked if call in NEAR[: len(NEAR) // 2]] == NEAR[:MOST_RAISING]


def test_what_came_through_is_asked_about_before_what_raised():
    guide, ideas, asked = asking(4)
    guide.see(NEAR[0], [(3, 4)], is_raising=True)
    guide.see(NEAR[1], [(3, 4)])
    ideas()
    assert [call for call, _ in asked] == [NEAR[1], NEAR[0]]


def test_nobody_asks_about_a_condition_that_is_met():
    guide, ideas, asked = asking(4, 9)
    guide.see(NEAR[0], [(3, 4), (8, 9)])
    guide.see(NEAR[1], [(3, 4)])
    assert len(ideas(lambda line: line == 9)) == 1
    assert asked == [(NEAR[0], [9])]


def test_what_came_to_no_condition_is_not_asked_about():
    guide, ideas, asked = asking(4)
    guide.see(NEAR[0], [(1, 2)])
    assert (ideas(), asked) == ([], [])


def test_a_condition_on_the_way_is_asked_about_until_both_its_ways_were_taken():
    guide, ideas, asked = asking(9, way=(4,))
    guide.see(NEAR[0], [(4, 5)])
    ideas(lambda line: line == 9)
    guide.see(NEAR[1], [(4, 7)])
    ideas(lambda line: line == 9)
    assert asked == [(NEAR[0], [4])]


def test_only_what_came_to_a_wanted_condition_is_near():
    guide, _, _ = asking(9, way=(4,))
    guide.see(NEAR[0], [(4, 5)])
    assert not guide.is_near
    guide.see(NEAR[1], [(8, 9)])
    assert guide.is_near


def test_where_no_condition_is_wanted_all_is_near():
    assert asking(way=(4,))[0].is_near


def test_any_condition_is_asked_about_while_a_wanted_one_is_far():
    guide, ideas, asked = asking(9, others=(4,))
    guide.see(NEAR[0], [(4, 5)])
    ideas(lambda line: line == 9)
    assert asked == [(NEAR[0], [4])]


def test_no_other_condition_is_asked_about_when_all_wanted_ones_were_come_to():
    guide, ideas, asked = asking(9, others=(4,))
    guide.see(NEAR[0], [(4, 9), (9, 10)])
    ideas(lambda line: line == 9)
    assert asked == [(NEAR[0], [9])]


def test_a_way_that_ended_in_an_exception_leads_on_for_others():
    guide, ideas, asked = asking(9, others=(4,))
    guide.see(NEAR[0], [(4, 7)], is_raising=True)
    guide.see(NEAR[1], [(4, 5)])
    ideas(lambda line: line == 9)
    assert (NEAR[1], [4]) in asked


def test_what_takes_a_new_way_is_asked_about_however_many_came_before():
    guide, ideas, asked = asking(4)
    for call in NEAR[:-1]:
        guide.see(call, [(3, 4)])
    guide.see(NEAR[-1], [(3, 4), (4, 5)])
    ideas()
    assert NEAR[-1] in [call for call, _ in asked]


def test_what_came_to_a_condition_is_near_while_the_condition_is_open():
    guide = Guide([3, 5])
    guide.see(Call("far"), {(1, 2)})
    guide.see(Call("first"), {(1, 3), (3, 4)})
    guide.see(Call("second"), {(1, 3), (3, 5), (5, 6)})

    assert guide.near({3}.__contains__) == [Call("second"), Call("first")]
    assert guide.near({5}.__contains__) == [Call("second")]
    assert guide.near(lambda _line: False) == []


def test_only_the_latest_of_many_are_near():
    guide = Guide([3])
    for number in range(2 * MOST_NEAR):
        guide.see(Call(str(number)), {(1, 3), (3, 10 + number)})

    assert (
        guide.near(lambda _line: True) == [Call(str(number)) for number in range(MOST_NEAR, 2 * MOST_NEAR)][::-1]
    )
