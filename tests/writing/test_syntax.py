"""A file's text, with other values in the place of some."""

from __future__ import annotations

import ast

import pytest

from pytest_enrich.writing.syntax import Text, span


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('data = (\n    "a "\n    "b"\n)\n', "data = 'x'\n"),
        ('show(1, (\n    "a "\n    "b"\n))\n', "show(1, (\n    'x'\n))\n"),
        ('show(\n    "a "\n    "b"\n)\n', "show(\n    'x'\n)\n"),
        ('assert f() == (\n    "a "\n    "b"\n)\n', "assert f() == 'x'\n"),
        ('data = (\n    "a "\n    "b",\n)\n', "data = (\n    'x',\n)\n"),
        ('data = (\n    "ab"\n)\n', "data = (\n    'x'\n)\n"),
    ],
)
def test_brackets_go_that_held_a_text_of_several_lines_together(before, after):
    text = Text(before)
    node = next(one for one in ast.walk(text.tree) if isinstance(one, ast.Constant) and isinstance(one.value, str))
    assert text.raw((1, 0, before.count("\n") + 1, 0), [(span(node), "'x'")]) == after
