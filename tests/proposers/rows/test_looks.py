"""Variables that hold what a test expects, and tests with another value in them."""

from __future__ import annotations

import ast

import pytest

from pytest_enrich.data import Vary
from pytest_enrich.proposers.rows import looks
from tests.proposers.rows.conftest import variant


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("expected = 3; assert f(1) == expected", ["expected"]),
        ("expected = g(1); assert f(1) == expected", []),
        ("expected = 3; assert f(expected) == expected", []),
        ("expected = 3; expected = 4; assert f(1) == expected", []),
        ("expected = other = 3; assert f(1) == expected", []),
    ],
)
def test_what_is_written_out_and_read_once_is_expected(body, names):
    assert list(looks.expected_variables(ast.parse(body))) == names


HELD = """
    from shop.cart import discount


    def test_discount():
        expected = "ab"

        result = discount(3)
        {asserted}
    """


@pytest.mark.parametrize("asserted", ["assert result == expected", "assert_equal(expected, result)"])
def test_a_sibling_expects_something_else_in_its_variable(rows, asserted):
    (made,), sandbox = rows(HELD.format(asserted=asserted), variant("-1", seen=("'c'",)))
    assert [one.values for one in sandbox.asked(Vary)[0].patterns[0].holes] == [("3",)]
    assert made.code.splitlines() == [
        "def test_discount_with_negative_total():",
        "    expected = 'c'",
        "",
        "    result = discount(-1)",
        f"    {asserted}",
    ]
