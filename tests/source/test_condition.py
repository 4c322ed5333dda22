from __future__ import annotations

import pytest


@pytest.fixture
def way(target):
    def conditions(text: str, words: str, qualname: str = "f") -> list[tuple[str, str]]:
        (found,) = target(text, (qualname, words)).conditions
        return [(one.text, one.outcome) for one in found]

    return conditions


def test_an_early_return_must_not_have_happened(way):
    text = """\
        def f(x, y):
            if not x:
                return 0
            if y:
                x += 1
            if x > 3:
                return 1
        """
    assert way(text, "if x > 3:") == [("if not x:", "false")]


def test_decisions_round_a_gap_come_outermost_first(way):
    text = """\
        def f(xs):
            while xs:
                for x in xs:
                    if x:
                        pass
                    elif x is None:
                        if xs[0]:
                            return 1
        """
    assert way(text, "if xs[0]:") == [
        ("while xs:", "true"),
        ("for x in xs:", "iterates"),
        ("if x:", "false"),
        ("elif x is None:", "true"),
    ]


def test_a_chain_that_leaves_must_have_been_passed(way):
    text = """\
        def f(x):
            if x == 1:
                return 1
            elif x == 2:
                raise ValueError
            return g(x)
        """
    assert way(text, "return g(x)") == [("if x == 1:", "false"), ("elif x == 2:", "false")]


def test_a_handler_must_have_been_entered(way):
    text = """\
        def f(x):
            try:
                return int(x)
            except ValueError:
                if x:
                    return 1
            return 2
        """
    assert way(text, "if x:") == [("except ValueError:", "raises")]
    assert way(text, "return 2") == [("except ValueError:", "raises"), ("if x:", "false")]


def test_earlier_cases_must_not_have_matched(way):
    text = """\
        def f(x):
            match x:
                case 1:
                    return 1
                case [a]:
                    if a:
                        return 2
        """
    assert way(text, "if a:") == [("case 1:", "no match"), ("case [a]:", "matches")]


def test_a_loop_that_always_returns_must_have_been_skipped(way):
    text = """\
        def f(xs):
            for x in xs:
                return x
            return 0
        """
    assert way(text, "return 0") == [("for x in xs:", "skips")]


def test_a_loop_without_end_is_no_decision(way):
    text = """\
        def f(x):
            while True:
                if x:
                    return 1
        """
    assert way(text, "if x:") == []


def test_a_way_begins_at_the_own_function(way):
    text = """\
        def f(x):
            if x:
                def g(y):
                    with y:
                        if y:
                            return 1
        """
    assert way(text, "if y:", "f.g") == []


def test_conditions_are_in_the_order_of_the_gaps(target):
    text = "def f(x):\n    if x:\n        return 1\n    if not x:\n        return 2\n"
    found = target(text, ("f", "if not x:"), ("f", "if x:")).conditions
    assert [[one.outcome for one in each] for each in found] == [["false"], []]
