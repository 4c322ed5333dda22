"""What a test says of the calls of a stand-in: `load.assert_called_once_with("eur")`."""

from __future__ import annotations

import ast

from pytest_enrich.data import Span, Template
from pytest_enrich.proposers.rows.literal import is_literal
from pytest_enrich.proposers.rows.text import Edit, span

WITH = {"assert_called_with", "assert_called_once_with", "assert_awaited_with", "assert_awaited_once_with"}
"""Assertions that say with what."""
AT_ALL = {"assert_called", "assert_called_once", "assert_not_called", "assert_awaited", "assert_not_awaited"}
NEVER = "None"
"""What is seen of a stand-in that nobody calls; else `call("eur", by=2)`."""


def subject(node: ast.AST) -> ast.expr | None:
    """The stand-in that a statement says something of; None for all other statements."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    is_open = any(isinstance(one, ast.Starred) for one in call.args) or any(
        one.arg is None for one in call.keywords
    )
    return call.func.value if call.func.attr in WITH | AT_ALL and not is_open else None


def arguments(node: ast.AST) -> Span:
    """The place of what it is said to be called with, an empty one where that is nothing."""
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    places = sorted(span(one) for one in (*node.value.args, *node.value.keywords))
    if places:
        return *places[0][:2], *places[-1][2:]
    _, _, line, column = span(node)
    return line, column - 1, line, column - 1


def is_usual(value: Template) -> bool:
    """Whether somebody would write that it is never called, or called with these: plain literals."""
    try:
        node = ast.parse(value, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    if not isinstance(node, ast.Call):
        return value == NEVER
    return all(map(is_literal, (*node.args, *(one.value for one in node.keywords))))


def told(value: Template) -> str:
    """What was seen, for people."""
    return "no call" if value == NEVER else value


def edit(node: ast.stmt, code: str, subject_code: str) -> Edit | None:
    """What says of the stand-in what was seen; None where that stands there already."""
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    assert isinstance(node.value.func, ast.Attribute)
    name = node.value.func.attr
    word = "awaited" if "awaited" in name else "called"
    if code == NEVER:
        return None if "_not_" in name else (span(node), f"{subject_code}.assert_not_{word}()")
    inside = code.partition("(")[2][:-1]
    if name in WITH:
        return arguments(node), inside
    return (span(node), f"{subject_code}.assert_{word}_once_with({inside})") if "_not_" in name else None
