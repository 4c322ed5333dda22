from __future__ import annotations

import figures
import pytest
from figures import Recovery, Result
from measured import Missing


def missing(*branches):
    found = frozenset(("cart.py", line, line + 1) for line in branches)
    return Missing(branches=found, lines=frozenset(), outcome="1 passed", passed=True)


def result(**facts):
    defaults = {
        "name": "cart",
        "recovery": Recovery(before=4, after=1, full=1, plain=1.0, strict=0.5, new=3),
        "suite": "3 passed",
        "passed": True,
    }
    return Result(**{**defaults, **facts})


def test_recovery_compares_with_what_the_full_suite_covers():
    found = figures.recovery(missing(1, 2, 3, 4), missing(1, 3), missing(1))

    assert (found.before, found.after, found.full, found.new) == (4, 2, 1, 2)
    assert found.plain == pytest.approx(2 / 3)
    assert found.strict == pytest.approx(2 / 3)


def test_a_gap_of_the_full_suite_that_is_closed_counts_for_recovery_but_not_strictly():
    found = figures.recovery(missing(1, 2, 3), missing(2, 3), missing(1))

    assert found.plain == pytest.approx(0.5)
    assert found.strict == 0.0


def test_where_nothing_was_lost_there_is_no_share_of_it():
    found = figures.recovery(missing(1), missing(1), missing(1))

    assert found.plain is None
    assert found.strict is None


def test_added_lines_are_counted_for_each_new_branch():
    assert result(added=6).lines_per_branch == pytest.approx(2.0)


def test_weak_candidates_are_those_that_were_graded_so_and_not_written():
    one = result(graded={"strong": 3, "weak": 4}, grades={"strong": 3, "weak": 1}, kinds={"test": 4})

    assert one.weak == 3


def test_the_table_ends_with_the_medians_and_says_the_lowest():
    low = Recovery(before=4, after=2, full=0, plain=0.5, strict=0.25, new=2)
    text = figures.table([result(kinds={"row": 2}), result(name="shop", recovery=low)])

    assert "| median |  |  |  |  |  | 0.75 | 0.38 | 0.00 |  | - |  |  |" in text
    assert "Lowest strict recovery: 0.25." in text


def test_what_went_wrong_is_told():
    bad = result(dirty=(" M cart.py",), refused=2, suite="1 failed, 2 passed", passed=False, notes=("no fork",))
    text = figures.table([Result(name="shop", error="no network"), bad])

    assert "shop FAILED: no network" in text
    assert "cart: changed before anything was accepted:  M cart.py" in text
    assert "cart: 2 not accepted" in text
    assert "cart: the suite is not green after accepting: 1 failed, 2 passed" in text
    assert "cart: no fork" in text


def test_a_table_of_failures_alone_can_be_made():
    assert "shop FAILED: no network" in figures.table([Result(name="shop", error="no network")])


def test_the_share_of_rows_is_of_those_that_might_have_been_one():
    text = figures.table([result(kinds={"row": 1, "test": 5}, invited=3, meant=2)])

    assert "functions that parametrized tests run: 3; rows 33 % (1 of 3)." in text
    assert "functions that such a test names: 2; rows 50 % (1 of 2)." in text
