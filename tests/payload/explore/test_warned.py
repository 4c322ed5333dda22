from __future__ import annotations

import pytest

from pytest_enrich.data import Argument, Call


def test_of_a_call_that_comes_to_a_warning_it_is_said_which(explore):
    text = """
        import warnings

        class OldWay(DeprecationWarning):
            pass

        def size(name: str, exact: bool = False) -> int:
            if exact:
                warnings.warn("exact is no more", OldWay, stacklevel=2)  # here
            return len(name)
        """
    (finding,) = explore(text, "size").findings
    (seen,) = finding.observations
    assert (seen.subject, seen.value, seen.message) == ("warns", "⟨sample:OldWay⟩", "exact is no more")


def test_what_is_not_about_its_warning_is_told_by_what_it_gives(explore):
    text = """
        import warnings

        def size(name: str) -> int:
            warnings.warn("old", stacklevel=2)
            if len(name) > 3:
                return 3  # here
            return len(name)
        """
    (finding,) = explore(text, "size").findings
    assert [(seen.subject, seen.value) for seen in finding.observations] == [("result", "3")]


@pytest.mark.parametrize(
    ("statement", "is_told"),
    [
        ('warnings.warn("an old name", DeprecationWarning)', True),
        ('logging.getLogger("sample").warn("an old name")', False),
    ],
    ids=["of the project", "of what it calls"],
)
def test_that_something_is_deprecated_which_the_project_calls_is_nothing_to_state(explore, statement, is_told):
    text = f"""
        import logging
        import warnings

        def show(name: str) -> None:
            if len(name) > 3:
                {statement}  # here
        """
    seen = [one.subject for found in explore(text, "show").findings for one in found.observations]
    assert ("warns" in seen) == is_told


def test_a_coroutine_that_nobody_awaits_is_an_accident(explore):
    text = """
        async def later():
            return 1

        def size(name: str) -> int:
            if len(name) > 3:
                later()  # here
            return len(name)
        """
    explored = explore(text, "size")
    assert (explored.findings, set(explored.dropped)) == ((), {"accident"})


def test_what_warns_before_the_call_is_no_warning_of_it(explore):
    text = """
        import warnings

        class Shelf:
            def __init__(self):
                self._books = {}

            def put(self, name: str):
                if name in self._books:
                    warnings.warn("it is there", stacklevel=2)
                self._books[name] = 1

            def clear(self, name: str):
                if name in self._books:
                    del self._books[name]  # here
        """
    put = Call(qualname="Shelf.put", arguments=(Argument(name="name", value="'a'"),))
    cleared = Call(
        qualname="Shelf.clear",
        receiver="⟨sample:Shelf⟩()",
        setup=(put, put),
        arguments=(Argument(name="name", value="'a'"),),
    )
    found = explore(text, "Shelf.clear", kind="method", calls=(cleared,), only=(cleared,)).findings
    assert found == ()
