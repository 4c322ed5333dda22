"""Blocks that expect an exception of a class: what its message is now."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_enrich.data import Point
from pytest_enrich.proposers.rows import part
from pytest_enrich.proposers.rows.names import last
from pytest_enrich.proposers.rows.text import Edit, span
from pytest_enrich.proposers.search.asserting import pattern


def points(function: ast.AST) -> Iterator[Point]:
    """Where a test expects one, and does not look at it afterwards."""
    for call in _calls(function):
        yield Point(form="message", span=span(call), subject=span(call))


def kind(function: ast.AST, point: Point) -> str:
    """The class that is expected, as the test writes it."""
    return ast.unparse(_at(function, point).args[0])


def edit(function: ast.AST, point: Point, value: str) -> Edit:
    """What says the message, a text literal; nothing is said of one that says nothing."""
    text, name = str(ast.literal_eval(value)), ast.unparse(_at(function, point).func)
    expected, plain = kind(function, point), name.removesuffix("Regex")
    if not text.strip():
        return point.span, f"{plain}({expected})"
    if plain.endswith("assertRaises"):
        return point.span, f"{plain}Regex({expected}, {pattern(text)})"
    return point.span, f"{name}({expected}, match={pattern(text)})"


def _at(function: ast.AST, point: Point) -> ast.Call:
    return next(one for one in _calls(function) if span(one) == point.span)


def _calls(function: ast.AST) -> Iterator[ast.Call]:
    blocks = (one for one in ast.walk(function) if isinstance(one, ast.With | ast.AsyncWith))
    for item in (item for block in blocks for item in block.items if item.optional_vars is None):
        call = item.context_expr
        if part.tells_raised(item) and isinstance(call, ast.Call) and _is_plain(call):
            yield call


def _is_plain(call: ast.Call) -> bool:
    """Whether it names a class, and at most what the message has to match."""
    most = 2 if last(call.func) == "assertRaisesRegex" else 1
    named = bool(call.args) and isinstance(call.args[0], ast.Name | ast.Attribute)
    return named and len(call.args) <= most and all(one.arg == "match" for one in call.keywords)
