"""What a text gives each time: memory that nobody wrote to, and answers that are no truth."""

import ctypes

import pytest

from pytest_enrich.payload.explore.stated import visible_text
from pytest_enrich.payload.express import express, is_true

ALLOCATE = ctypes.pythonapi.PyMem_RawMalloc
ALLOCATE.restype, ALLOCATE.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)


class Buffer:
    """Memory as it comes from the system, as arrays of other libraries have it."""

    def __init__(self, size=8):
        self.size = size
        self.address = ALLOCATE(size)

    def __del__(self):
        ctypes.pythonapi.PyMem_RawFree(ctypes.c_void_p(self.address))

    def fill(self, content):
        ctypes.memmove(self.address, content, self.size)
        return self

    def __eq__(self, other):
        return ctypes.string_at(self.address, self.size) == ctypes.string_at(other.address, other.size)

    __hash__ = None


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
    for one in (Buffer, Recycled, Column, Answer, Truth):
        monkeypatch.setattr(one, "__module__", "enrich_shop")
    monkeypatch.setitem(__import__("sys").modules, "enrich_shop", __import__("sys").modules[__name__])


def test_memory_that_nobody_wrote_to_is_no_value():
    for size in (16, 24, 40, 200):
        value = Buffer(size).fill(b"\1\2\3\4" * (size // 4))
        for _ in range(20):
            Buffer(size).fill(b"\1\2\3\4" * (size // 4))  # freed at once: the next one may get just this
        assert express(value) is None


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
