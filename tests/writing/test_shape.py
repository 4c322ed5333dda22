"""Variants of one statement have one shape."""

from __future__ import annotations

import pytest

from pytest_enrich.writing.shape import shapes


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("assert total(1) == 2", "assert total([3, 4]) == 'a'"),
        ("assert Cart(1).total(2) == 2", "assert Cart(size=3, name='a').total(4) == 4"),
        ("assert ⟨shop:Cart⟩(1) + ⟨shop:Cart⟩(2) == ⟨shop:Cart⟩(3)", "assert Cart() + Cart(a=2) == Cart(b=3)"),
        (
            "with pytest.raises(ValueError, match='a'):\n    f(1)",
            "with pytest.raises(ValueError, match='b'):\n    f(2)",
        ),
        ("def test_a():\n    assert f(1) == 2", "assert f(2) == 3"),
    ],
)
def test_other_values_are_no_other_statement(first, second):
    assert shapes(first) == shapes(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("assert total(1) == 2", "assert size(1) == 2"),
        ("assert Cart(1) * 2 == Cart(2)", "assert hash(Cart(1)) == hash(Cart(1))"),
        ("assert Cart(1) + Cart(2) == Cart(3)", "assert Cart(1) + date(2) == Cart(3)"),
        ("assert total(1) == 2", "assert total(1, sep=2) == 2"),
        ("assert total(1) == 2", "assert total(1) is None"),
        ("assert is_empty(1)", "assert not is_empty(1)"),
        ("assert total(1).a == 2", "assert total(1).b == 2"),
        ("with raises(ValueError):\n    f(1)", "with raises(KeyError):\n    f(1)"),
        ("with raises(ValueError):\n    f(1)", "assert f(1) == 2"),
        ("assert total(1) == 2", "assert await total(1) == 2"),
    ],
)
def test_other_calls_and_other_assertions_are_other_statements(first, second):
    assert shapes(first) != shapes(second)


def test_what_is_no_python_has_no_shape():
    assert shapes("assert (") == ()
