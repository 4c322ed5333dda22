"""A function that calls itself walks down what it is given: what tests pass stands there a level deeper."""

from __future__ import annotations

from pytest_enrich.data import Argument, Call

WALK = """
    def points(shape):
        if "parts" in shape:
            found = []
            for part in shape["parts"]:
                found += points(part)
            return found  # here
        return [shape["point"]]
    """
POINT = Call(qualname="points", arguments=(Argument(name="shape", value="{'point': (1, 2)}"),))


def test_what_tests_pass_is_passed_a_level_deeper(explore):
    found = explore(WALK, "points", calls=(POINT,), executions=30)
    (finding,) = found.findings
    assert finding.action.startswith("⟨sample:points⟩({'parts': [{'point': (")
