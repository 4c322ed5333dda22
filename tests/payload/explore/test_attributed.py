"""Each finding tells which rules thought of it."""

from __future__ import annotations

from pytest_enrich.data import Argument, Call


def rules_of(explored):
    return {rule for finding in explored.findings for rule in finding.rules}


def test_a_value_is_by_the_rules_that_thought_of_it_and_of_its_type(explore):
    text = """
        def size(text: str) -> str:
            if len(text) > 6:
                return "long"  # here
            return "short"
        """
    found = explore(text, "size")
    assert "annotation" in rules_of(found)
    assert "constants" not in rules_of(found)
    assert found.ideas["annotation"] > 1


def test_what_tests_pass_needs_no_type(explore):
    text = """
        def rate(kind):
            if kind == "a":
                return 1
            return 2  # here
        """
    shown = Call(qualname="rate", arguments=(Argument(name="kind", value="'b'"),))
    found = explore(text, "rate", calls=(shown,))
    assert rules_of(found) == {"tests' own"}


def test_an_object_is_by_a_rule_as_well(explore):
    text = """
        class Box:
            def __init__(self, size: int = 1):
                self.size = size

            def look(self):
                if self.size > 7:
                    return self.size  # here
                return None
        """
    found = explore(text, "Box.look", kind="method")
    assert "objects built" in rules_of(found)
