"""What a test says of the calls of a stand-in, and what a test beside it says."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Vary
from tests.proposers.rows.conftest import variant

TOLD = """
    from unittest.mock import Mock

    from shop.cart import discount


    def test_discount():
        load = Mock()
        discount(3, load)
        load.rate.{told}
    """


@pytest.mark.parametrize(
    ("told", "seen", "written"),
    [
        (
            "assert_called_once_with('eur', by=3)",
            "call('usd', by=4)",
            "load.rate.assert_called_once_with('usd', by=4)",
        ),
        ("assert_called_with()", "call(4)", "load.rate.assert_called_with(4)"),
        ("assert_called_once_with('eur')", "None", "load.rate.assert_not_called()"),
        ("assert_called_once()", "None", "load.rate.assert_not_called()"),
        ("assert_not_called()", "call('usd')", "load.rate.assert_called_once_with('usd')"),
        ("assert_awaited_once_with(3)", "None", "load.rate.assert_not_awaited()"),
        ("assert_called_once()", "call('usd')", "load.rate.assert_called_once()"),
    ],
)
def test_it_is_said_how_a_stand_in_is_called_now(rows, told, seen, written):
    (made,), sandbox = rows(TOLD.format(told=told), variant("-1", seen=(seen,)))
    (pattern,) = sandbox.asked(Vary)[0].patterns
    assert (pattern.holes[0].values, [one.form for one in pattern.points]) == (("3",), ["called"])
    assert made.code.splitlines()[1:] == ["    load = Mock()", "    discount(-1, load)", f"    {written}"]
    said = "no call" if seen == "None" else seen
    assert made.title == f"discount: makes {said} when total < 0"
    assert [(one.line, one.what) for one in made.oracle] == [(4, said)]


@pytest.mark.parametrize("seen", ["", "call(Mock())", "call('a' * 3)"])
def test_of_calls_with_what_nobody_would_write_nothing_is_said(rows, seen):
    assert rows(TOLD.format(told="assert_called_once_with(3)"), variant("-1", seen=(seen,)))[0] == []


def test_calls_with_whatever_comes_are_left_alone(rows):
    _, sandbox = rows(TOLD.format(told="assert_called_once_with(*known)"))
    assert sandbox.asked(Vary)[0].patterns[0].points == ()
