from __future__ import annotations

import pytest

from pytest_enrich.proposers.properties import phrase


def names(docstring, *parameters):
    return [one.name for one in phrase.invariants(docstring, frozenset(parameters))]


@pytest.mark.parametrize(
    ("docstring", "name"),
    [
        ("The result is never negative.", "is_never_negative"),
        ("Count them.\n\nReturns:\n    A non-negative integer.\n", "is_never_negative"),
        ("Returns a positive number.", "is_positive"),
        ("Returns a non-empty list.", "is_never_empty"),
        ("The result has the same length as `items`.", "keeps_the_length"),
        ("Returns a sorted list.", "is_sorted"),
        (":returns: the names in ascending order", "is_sorted"),
        ("Returns the items without duplicates.", "has_no_duplicates"),
        ("Returns a value between 0 and 1.", "is_between_0_and_1"),
        ("The result is in [-1, 1].", "is_between_minus_1_and_1"),
        ("The result is at most 8 characters long.", "is_never_longer_than_8"),
    ],
)
def test_what_is_said_of_the_result_is_an_invariant(docstring, name):
    assert names(docstring) == [name]


@pytest.mark.parametrize(
    "docstring",
    [
        "",
        "Args:\n    count: A number that is never negative.\n",
        ":param count: never negative\n",
        "The result is never negative if the input is not.",
        "The result should be never negative.",
        "Raises:\n    ValueError: It is never negative.\n",
        ">>> f(1)  # returns a positive number\n1",
        "The file is never empty.",
        "The result is never longer than `room`.",
    ],
)
def test_what_is_hedged_or_about_something_else_is_none(docstring):
    assert names(docstring, "limit") == []


def test_a_parameter_may_be_the_limit():
    (one,) = phrase.invariants("The result is never longer than `limit`.", frozenset({"limit"}))
    assert (one.left, one.relation, one.right) == ("len({result})", "<=", "limit")


@pytest.mark.parametrize(
    ("docstring", "name"),
    [
        ("The same as `slow_total`.", ["slow_total"]),
        ("Equivalent to :func:`total`.", ["total"]),
        ("A faster version of `shop.sums.total`.", ["total"]),
        ("The same result as `total`, but much faster.", ["total"]),
        ("The same as `total` but without tax.", []),
        ("This is not the same as `total`.", []),
        ("The total.", []),
    ],
)
def test_what_is_said_to_be_the_same(docstring, name):
    assert list(phrase.same_as(docstring)) == name


def test_symmetric_is_believed_where_it_is_not_denied():
    assert phrase.is_symmetric("The distance; symmetric.")
    assert not phrase.is_symmetric("The distance; not symmetric.")
    assert not phrase.is_symmetric("A non-commutative product.")
