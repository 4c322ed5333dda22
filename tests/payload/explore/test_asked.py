"""An object that shows nothing by itself may be asked."""

from __future__ import annotations

import io

import pytest

from pytest_enrich.data import Argument, Call
from pytest_enrich.payload.explore.observe import questions


class Base:
    def older(self):
        return 1

    def name(self):
        return "base"


class Match(Base):
    def __init__(self, parts):
        self._parts = parts

    def name(self, style="short", *rest, upper=False, **options):
        return style, rest, upper, options

    def _hidden(self):
        return 1

    def group(self, number):
        return self._parts[number]

    async def later(self):
        return 1

    @classmethod
    def of(cls):
        return cls(())

    def lost():
        return 1

    def odd(self):
        return 1

    odd.__signature__ = "none"

    @property
    def width(self):
        return 3

    def parts(self):
        return self._parts


def test_methods_are_asked_that_need_no_argument_those_of_its_own_class_first():
    assert list(questions(Match(()))) == ["name", "parts", "older"]


class Parts(Match):
    def __iter__(self):
        return iter(self._parts)


@pytest.mark.parametrize("value", [3, "a", io.StringIO("a"), None, Parts({"a", "b"})])
def test_what_is_not_of_the_project_or_a_collection_is_not_asked(value):
    assert list(questions(value)) == []


READER = """
    class Reader:
        def __init__(self, text: str = "abcd"):
            self._text, self._at = text, 0

        def skip(self, count: int) -> None:
            if count > 1:
                {effect}  # here

        def close(self):
            return None

        def rest(self):
            return self._text[self._at:]
    """


def test_of_a_call_that_gives_nothing_it_is_stated_what_its_object_gives_afterwards(explore):
    (found,) = explore(READER.format(effect="self._at = count"), "Reader.skip", "method").findings
    (seen,) = found.observations
    assert (seen.subject, seen.expression) == ("state", "reader.rest()")
    assert seen.value.endswith(("'cd'", "'d'", "''"))


def test_what_its_object_gives_as_before_is_not_stated(explore):
    explored = explore(READER.format(effect="self._seen = count"), "Reader.skip", "method")
    assert not explored.findings


LOADER = """
    class Loader:
        def __init__(self):
            self.context, self.size, self._values = {{"item": 1}}, 0, []

        def add(self, count: int):
            if count > 1:
                {effect}  # here
            return self

        def values(self):
            return list(self._values)
    """


@pytest.mark.parametrize(
    ("effect", "expression"),
    [("self.size += count", "{result}.size"), ("self._values.append(7)", "loader.values()")],
    ids=["a field", "what a method gives"],
)
def test_of_an_object_that_a_method_gives_back_it_is_stated_what_has_changed(explore, effect, expression):
    (found,) = explore(LOADER.format(effect=effect), "Loader.add", "method").findings
    assert found.observations[0].expression == expression
    assert not any("context" in seen.expression for seen in found.observations)


def test_of_an_object_that_a_method_gives_back_as_it_was_nothing_is_stated(explore):
    assert not explore(LOADER.format(effect="self._seen = count"), "Loader.add", "method").findings


def test_an_object_is_asked_what_tests_ask_it(explore):
    text = """
        class Shelf:
            def __init__(self):
                self._books = {}

            def put(self, name: str):
                self._books[name] = 1

            def clear(self):
                if self._books:
                    self._books.clear()  # here

            def find(self, name: str):
                return self._books.get(name)
        """
    name = (Argument(name="name", value="'a'"),)
    put = Call(qualname="Shelf.put", arguments=name)
    asked = Call(qualname="Shelf.find", receiver="⟨sample:Shelf⟩()", setup=(put,), arguments=name)
    cleared = Call(qualname="Shelf.clear", receiver="⟨sample:Shelf⟩()", setup=(put,))
    finding, *_ = explore(text, "Shelf.clear", kind="method", calls=(cleared,), neighbours=(asked,)).findings
    seen = finding.observations[0]
    assert (seen.subject, seen.expression, seen.value) == ("state", "shelf.find('a')", "None")
