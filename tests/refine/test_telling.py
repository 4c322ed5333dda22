"""Calls that can fail because of what they look at."""

from __future__ import annotations

import ast

import pytest

from pytest_enrich.refine.asserting import is_telling, states_all


@pytest.mark.parametrize(
    ("source", "whether"),
    [
        ("pytest.raises(ValueError)", True),
        ("raises(ValueError)", True),
        ("pytest.deprecated_call()", True),
        ("warns(UserWarning)", True),
        ("self.assertEqual(a, b)", True),
        ("helpers.assert_same(a, b)", True),
        ("raises", False),
        ("box.raises(3)", False),
        ("raises_nothing()", False),
        ("print(a)", False),
    ],
)
def test_a_call_tells_by_its_name(source, whether):
    assert is_telling(ast.parse(source, mode="eval").body) is whether


@pytest.mark.parametrize(
    ("code", "whether"),
    [
        ("def test_it():\n    assert f(1) == 'abc'\n", True),
        ("def test_it():\n    result = f(1)\n    assert result == [1, 2]\n", True),
        ("async def test_it():\n    assert await f(1) == [1, 2]\n", True),
        ("    def test_it(self):\n        self.assertEqual(f(1), {'a': 1})\n", True),
        ("def test_it():\n    entry = Entry(1)\n    assert entry != 'abc'\n", True),
        ("def test_it():\n    result = f(1)\n    assert result.name == 'abc'\n", False),
        ("def test_it():\n    assert f(1)[0] == 'abc'\n", False),
        ("def test_it():\n    assert f(1) is None\n", False),
        ("def test_it():\n    assert f(1) == []\n", False),
        ("def test_it():\n    assert f(1) == 3\n", False),
        ("def test_it():\n    f(1)\n    assert given == [1, 2]\n", False),
        ("def test_it():\n    text = str(1)\n    f(text)\n    assert text == 'abc'\n", False),
        ("def test_it(:", False),
    ],
)
def test_all_is_stated_where_what_a_call_gives_is_equal_to_a_value_that_says_something(code, whether):
    assert states_all(code, {"f", "Entry"}) is whether
