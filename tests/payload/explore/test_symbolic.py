"""What the solver of the extra `symbolic` finds that no step comes nearer to."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Call

pytest.importorskip("hypothesis_crosshair_provider")

HARD = """
    def kind(text: str, number: int = 0) -> str:
        if len(text) == 3 and sum(map(ord, text)) == 300:
            return "sum"  # here
        return "none"
    """


@pytest.fixture
def solve(explore):
    """What exploring finds that makes more calls than it has patience for, and asks the solver then."""
    return partial(explore, executions=9000, seconds=15.0, solver=True)


def test_a_condition_that_no_step_comes_nearer_to_is_solved(explore, solve):
    assert explore(HARD, "kind", executions=9000, seconds=15.0).findings == ()
    (found,) = solve(HARD, "kind").findings
    assert found.observations[0].value == "'sum'"


def test_the_values_of_a_list_and_the_object_of_a_method_may_be_part_of_it(solve):
    text = """
        class Scale:
            def __init__(self, factor: int) -> None:
                self.factor = factor

            def fits(self, numbers: list[int]) -> bool:
                if len(numbers) == 2 and numbers[0] * self.factor == 7 * 977977:
                    return True  # here
                return False
        """
    seen = replace(Call(qualname="Scale.fits"), receiver="⟨sample:Scale⟩(7)")
    (found,) = solve(text, "Scale.fits", "method", calls=(seen,)).findings
    assert found.observations[0].value == "True"


def test_of_what_it_knows_nothing_it_says_nothing(solve):
    text = """
        class Other:
            pass

        def kind(other: Other, number: int) -> str:
            if number * number - 7 * number == 1148 and not isinstance(other, Other):
                return "never"  # here
            return "none"
        """
    assert solve(text, "kind").findings == ()


def test_code_that_does_not_end_takes_no_longer_than_it_may(solve):
    text = """
        def wait(number: int) -> int:
            while number != 10 ** 30 and number * number != 2:
                pass
            return 1  # here
        """
    explored = solve(text, "wait", seconds=3.0)
    assert explored.dropped.keys() <= {"too long", "nothing to observe", "search ended early"}
