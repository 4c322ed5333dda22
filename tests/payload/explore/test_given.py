from __future__ import annotations

from pytest_enrich.data import Argument, Call


def test_a_function_that_is_given_is_called_with_what_its_hint_says(explore):
    text = """
        def above(limit: int):
            def check(items: list[int]):
                if items and max(items) > limit:
                    return "above"  # here
                return "below"
            return check
        """
    (finding,) = explore(text, "above").findings
    assert finding.action.startswith("⟨sample:above⟩(")
    assert finding.action.endswith("])")
    assert finding.observations[0].value == "'above'"


def test_it_is_called_with_what_tests_pass_to_its_likes(explore):
    text = """
        def drop(field):
            def change(entry):
                del entry[field]
            return change

        def put(field, value):
            def change(entry):
                entry[field] = value  # here
            return change
        """
    shown = Call(qualname="drop.change", arguments=(Argument(name="entry", value="{'name': 'Ann'}"),))
    put = Call(
        qualname="put", arguments=(Argument(name="field", value="'age'"), Argument(name="value", value="5"))
    )
    (finding,) = explore(text, "put", calls=(put,), neighbours=(shown,)).findings
    assert finding.lines[0].startswith("given = {")
    assert finding.action == "⟨sample:put⟩('age', 5)(given)"
    assert finding.observations[0].expression == "given"


def test_an_object_that_is_given_is_called_with_what_it_takes(explore):
    text = """
        from collections.abc import Mapping

        class Query:
            def __init__(self, path):
                self._path = path

            def __call__(self, entry: Mapping):
                return entry.get(self._path) == 7 and "seven"  # here

        def where(path: str):
            return Query(path)
        """
    (finding,) = explore(text, "where", executions=3000).findings
    assert "({" in finding.action


def test_what_an_operator_gives_is_called_and_not_its_last_operand(explore):
    text = """
        class Query:
            def __init__(self, path: str):
                self.path = path

            def __call__(self, entry: dict):
                return self.path in entry

            def __and__(self, other: "Query"):
                return lambda entry: self(entry) and other(entry)  # here
        """
    found = explore(text, "Query.__and__", "method", executions=600).findings
    called = [one.action for one in found if one.call.then]
    assert called
    assert all(action.startswith("(query & ") for action in called)
