"""What is a contradiction, and what is almost the same."""

import json
import sys

import pytest

from pytest_enrich.contracts.judge import MARK, judge

HERE = "tests/contracts/test_judge.py"


def seen(act, promise, expected, path=HERE):
    try:
        judge(act, promise, expected, path)
    except pytest.fail.Exception as failure:
        return json.loads(str(failure).removeprefix(MARK))
    return ""


def fail(error):
    raise error


@pytest.mark.parametrize(
    ("value", "expected"), [(4, 5), (None, 1), ("a", "b"), ([1], [2]), ({"a": 1}, {}), ("5", 5)]
)
def test_another_value_is_told(value, expected):
    assert seen(lambda: value, "example", expected) == f"returned {value!r}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(4, 4), (0.333333, 0.33), ((1, 2), [1, 2]), (b"a", "a"), ("a  b", "a b"), (True, 1)],
)
def test_what_a_reader_takes_for_the_same_is_not(value, expected):
    assert seen(lambda: value, "example", expected) == ""


def test_what_is_no_plain_value_or_comes_later_is_not_told():
    assert seen(object, "example", 4) == ""
    assert seen(lambda: iter([1]), "raises", ValueError) == ""


def test_what_is_printed_stands_in_the_place_of_the_value():
    assert seen(lambda: sys.stdout.write("4") and None, "example", 4) == ""


def test_an_exception_instead_of_a_value_is_told_with_its_place():
    assert seen(lambda: fail(KeyError("a")), "example", 4).startswith("raised KeyError in test_judge.py:")


@pytest.mark.parametrize("error", [OSError(), ImportError(), NotImplementedError(), AttributeError()])
def test_an_exception_that_may_be_the_machines_is_not(error):
    assert seen(lambda: fail(error), "example", 4) == ""


def test_an_exception_from_elsewhere_is_not():
    assert seen(lambda: int("x"), "example", 4, "src/shop/cart.py") == ""


def test_a_promised_exception_may_be_any_of_its_kind():
    assert seen(lambda: fail(UnicodeError()), "raises", ValueError) == ""
    assert seen(lambda: fail(ValueError()), "raises", UnicodeError) == ""
    assert seen(lambda: fail(TypeError()), "raises", ValueError) == ""
    assert seen(lambda: fail(KeyError()), "raises", ValueError).startswith("raised KeyError")
    assert seen(lambda: 4, "raises", ValueError) == "returned 4"
