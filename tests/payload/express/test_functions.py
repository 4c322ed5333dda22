"""Functions of tests, which are passed on as lambdas."""

from __future__ import annotations

import json

import pytest

from pytest_enrich.payload.express.code import evaluate, function

ADDED, TAKEN = (lambda total, more: total + more), (lambda total, more: total - more)
FIRST, ALSO_FIRST = (lambda pair: pair[0]), (lambda pair: pair[0])


def second(pair: tuple[int, int]) -> int:
    return pair[1]


def read(text, *, strict=False):
    return json.loads(text, strict=strict)


def told(text: str):
    """Documented, so that it is more than an expression."""
    return text.upper()


def items():
    return (yield 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (ADDED, "lambda total, more: total + more"),
        (TAKEN, "lambda total, more: total - more"),
        (FIRST, "lambda pair: pair[0]"),
        (ALSO_FIRST, "lambda pair: pair[0]"),
        (second, "lambda pair: pair[1]"),
        (lambda text: json.loads(text)["a"], "lambda text: ⟨json:loads⟩(text)['a']"),
    ],
)
def test_a_function_of_one_expression_is_a_lambda(value, text):
    assert function(value) == text


@pytest.mark.parametrize("value", [read, told, items, lambda pair: second(pair) + 1])
def test_other_functions_are_not_written(value):
    assert function(value) is None


def test_what_is_written_does_the_same():
    assert [evaluate(function(one))(5, 2) for one in (ADDED, TAKEN)] == [7, 3]


def test_a_lambda_has_what_it_closes_over():
    factor, other = 3, 4
    both = (lambda number: number * factor), (lambda number: number * other)
    assert [*map(function, both)] == ["lambda number: number * 3", "lambda number: number * 4"]
