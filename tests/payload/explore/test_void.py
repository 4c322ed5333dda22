"""What is filled with nothing was only made: a test of it shows little."""

from __future__ import annotations

import collections

import pytest

from pytest_enrich.data import Argument, Call, Entry, Parameter
from pytest_enrich.payload.explore.exploration import INDIFFERENT
from pytest_enrich.payload.explore.informative import is_degenerate, is_uniform
from pytest_enrich.payload.explore.stated import is_empty

Info = collections.namedtuple("Info", ["hits", "limit"])  # noqa: PYI024 - as projects write them


@pytest.mark.parametrize(
    ("result", "says_little"),
    [
        ("", True),
        ("000000", True),
        ("P00", True),
        ("0:00:00", True),
        ("Cache({}, limit=3)", True),
        ("Cache([])", True),
        ("Cache({'a': 0})", False),
        ("0 bytes", False),
        ("1,000", False),
        ("f()", False),
        (Info(0, None), True),
        (Info(0, 3), False),
        (False, False),
    ],
)
def test_a_result_that_shows_nothing_or_zeros_says_little(result, says_little):
    assert is_degenerate(result) is says_little


def test_what_only_says_that_it_is_a_text_is_none():
    class Proxy:
        __class__ = str

    assert not is_degenerate(Proxy())


@pytest.mark.parametrize(
    ("result", "says_little"),
    [((255, 255, 255), True), (["a", "a"], True), ((0, 0, 128), False), ((7,), False), ((), False), ("aa", False)],
)
def test_parts_that_are_all_alike_say_little_too(result, says_little):
    assert is_uniform(result) is says_little


def test_of_two_calls_the_one_is_shown_whose_parts_can_be_told_apart(explore):
    text = """
        def channels(color: str) -> tuple[int, int, int]:
            digits = color[1:]
            return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
        """
    white, navy = (
        Call(qualname="channels", arguments=(Argument(name="color", value=repr(value)),))
        for value in ("#ffffff", "#000080")
    )
    (found,) = explore(text, "channels", lines=(3,), calls=(white, navy)).findings
    assert found.observations[0].value == "(0, 0, 128)"


@pytest.mark.parametrize(
    ("value", "says_little"),
    [
        ("{}", True),
        ("⟨cache:Info⟩(hits=0, limit=None)", True),
        ("⟨cache:Info⟩(hits=0, limit=3)", False),
        ("⟨cache:Info⟩(0)", False),
        ("3", False),
    ],
)
def test_so_does_what_is_stated_of_an_object_whose_fields_are_zero(value, says_little):
    assert is_empty({"value": value}) is says_little


@pytest.mark.parametrize(
    ("made", "value", "is_doubted"),
    [("items=()", "\"Box(['a'])\"", False), ("", "'Box([])'", True)],
    ids=["may be filled", "only made"],
)
def test_what_was_only_made_is_doubtful_and_comes_after_what_is_filled(explore, made, value, is_doubted):
    text = f"""
        class Box:
            def __init__(self, {made}):
                self._items = {"[*items]" if made else "[]"}

            def __repr__(self):
                return f"Box({{self._items}})"
        """
    entry = Entry(qualname="Box.__repr__", kind="method")
    (found,) = explore(text, "Box.__repr__", "method", entries=(entry,), lines=(6,), branches=()).findings
    assert (found.observations[0].value, found.doubt >= INDIFFERENT) == (value, is_doubted)


def test_what_python_calls_gets_no_options(explore):
    text = """
        class Box:
            def __init__(self):
                self._items = []

            def __repr__(self, of=list.__repr__):
                return f"Box({of(self._items)})"
        """
    of = Parameter(name="of", kind="positional", default="list.__repr__")
    entry = Entry(qualname="Box.__repr__", kind="method", parameters=(of,))
    (found,) = explore(text, "Box.__repr__", "method", entries=(entry,), lines=(6,), branches=()).findings
    assert found.action == "repr(box)"


def test_a_result_whose_truth_is_an_exception_is_not_taken_for_nothing(explore):
    text = """
        class Vector:
            def __init__(self, size):
                self.size = size

            def __bool__(self):
                raise ValueError("the truth of several values is ambiguous")

        def scaled(vector, by):
            if by > 3:
                return Vector(vector.size * by)  # here
            return vector
        """
    made = Argument(name="vector", value="⟨sample:Vector⟩(2)")
    given = Call(qualname="scaled", arguments=(made, Argument(name="by", value="2")))
    (finding,) = explore(text, "scaled", calls=(given,), branches=((10, 11),), lines=(11,)).findings
    assert finding.observations
