"""Calls that can fail because of what they look at."""

from __future__ import annotations

import ast

import pytest

from pytest_enrich.refine.asserting import is_telling


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
