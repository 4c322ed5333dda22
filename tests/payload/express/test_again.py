"""What a text gives each time: numbers that go on, and answers that are no truth."""

import pytest

from pytest_enrich.payload.explore.stated import visible_text
from pytest_enrich.payload.express import express, is_true


class Recycled:
    """As an allocator does it that gives out what was freed last, first."""

    freed: list[float] = []  # noqa: RUF012 - all share it

    def __init__(self, size=1):
        self.size = size
        self.content = Recycled.freed.pop() if Recycled.freed else 0.0

    def __eq__(self, other):
        return self.content == other.content

    __hash__ = None


class Answer:
    """What an `==` gives that compares part by part."""

    def __init__(self, *parts):
        self.parts = parts

    def __bool__(self):
        return all(self.parts)

    def __eq__(self, _other):
        return self

    __hash__ = None


class Truth(Answer):
    """Another library's truth, which is equal to Python's."""

    def __hash__(self):
        return hash(bool(self))


class Column:
    def __init__(self, name, answer=Answer):
        self.name = name
        self.answer = answer

    def __eq__(self, other):
        return self.answer(self.name == other.name)

    __hash__ = None


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Names of tests are never told: here the module is called as one of the project's."""
    for one in (Recycled, Column, Answer, Truth):
        monkeypatch.setattr(one, "__module__", "enrich_shop")
    monkeypatch.setitem(__import__("sys").modules, "enrich_shop", __import__("sys").modules[__name__])


def test_what_is_equal_by_chance_once_is_no_value():
    value = Recycled(2)
    value.content = 0.7
    Recycled.freed[:] = [0.7]
    assert express(value) is None


def test_what_is_made_the_same_each_time_is_one():
    Recycled.freed.clear()
    assert express(Recycled(2)) == "⟨enrich_shop:Recycled⟩(size=2)"


def test_what_an_equality_gives_that_is_no_truth_states_nothing():
    assert (express(Column("a")), visible_text(Column("a"))) == (None, None)
    assert not is_true(Answer(1))


def test_another_librarys_truth_is_one():
    assert express(Column("a", Truth)) == "⟨enrich_shop:Column⟩(name='a', answer=⟨enrich_shop:Truth⟩)"
    assert is_true(Truth(1))
    assert not is_true(Truth(0))
