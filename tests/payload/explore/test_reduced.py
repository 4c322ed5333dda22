"""What a found call is made of in the end."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Argument, Call


@pytest.mark.parametrize(
    ("condition", "number"),
    [("age < 14", "13"), ("age <= 14", "14"), ("age > 64", "65"), ("age >= 65", "65"), ("age == 65", "65")],
)
def test_a_number_is_found_right_beside_the_limit_that_it_is_compared_with(explore, condition, number):
    text = f"""
        def fee(age: int) -> str:
            if {condition}:
                return "free"
            return "full"
        """
    (found,) = explore(text, "fee", branches=((2, 3),), lines=(), executions=2000).findings
    assert found.action == f"⟨sample:fee⟩({number})"


def test_a_number_of_an_object_is_found_there_as_well(explore):
    text = """
        class Member:
            def __init__(self, age: int) -> None:
                self.age = age

            def fee(self) -> str:
                if self.age < 14:
                    return "free"
                return "full"
        """
    (found,) = explore(text, "Member.fee", branches=((6, 7),), lines=(), executions=2000).findings
    assert found.action == "⟨sample:Member.fee⟩(⟨sample:Member⟩(13))"


def test_what_a_test_passes_stays_as_it_is(explore):
    text = """
        def fee(age: int) -> str:
            if age < 14:
                return "free"
            return "full"
        """
    known = Call(qualname="fee", arguments=(Argument(name="age", value="6"),))
    (found,) = explore(text, "fee", branches=((2, 3),), lines=(), executions=2000, calls=(known,)).findings
    assert found.action == "⟨sample:fee⟩(6)"


def test_an_object_of_tests_that_fills_lines_is_found_with_little_in_it(explore):
    text = """
        class Row:
            def __init__(self, codes):
                if any(code % 91 != 7 for code in codes):
                    raise ValueError("no such code")
                self.codes = codes

            def total(self):
                if len(self.codes) > 1:
                    return sum(self.codes)
                return 0
        """
    known = Call(qualname="Row.total", receiver=f"⟨sample:Row⟩({[*range(7, 5000, 91)]})")
    (found,) = explore(
        text, "Row.total", kind="method", branches=((8, 9),), lines=(), executions=2, calls=(known,)
    ).findings
    assert len(found.call.receiver) < 60
