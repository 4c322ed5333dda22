"""Templates of values as people read them: what only a machine would write makes no test."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from .. import express

LARGEST: Mapping[type[ast.operator], int] = {ast.Pow: 400, ast.LShift: 400}
"""The largest right side of an operation that makes large numbers."""


def is_odd(template: str) -> bool:
    """Whether nobody writes it: the rest of a sum (`+ 30`, `365 + 0`), `float("inf")**2`, what fills memory."""
    try:
        tree = parsed(template)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return True
    return any(map(_is_left_over, ast.walk(tree)))


def parsed(template: str) -> ast.Expression:
    """The tree of a template, with names that can be compiled.

    Raises:
        SyntaxError: It is no expression; `ValueError`, `MemoryError` and `RecursionError` as `ast.parse` has them.
    """
    return ast.parse(express.compilable(template)[0].strip(), mode="eval")


def _is_left_over(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.UAdd)
    if not isinstance(node, ast.BinOp):
        return False
    sides = (node.left, node.right)
    if any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "float" for one in sides):
        return True
    numbers = [one.value for one in sides if isinstance(one, ast.Constant)]
    if isinstance(node.op, ast.Add | ast.Sub):
        return 0 in numbers
    limit = LARGEST.get(type(node.op))
    return limit is not None and any(isinstance(one, int) and abs(one) > limit for one in numbers[-1:])


def is_literal(template: str) -> bool:
    """Whether it says all by itself."""
    try:
        ast.literal_eval(template)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def keys(template: str) -> frozenset[object]:
    """The texts and numbers that are keys in a template."""
    nodes = ast.walk(parsed(template))
    found = (key for node in nodes if isinstance(node, ast.Dict) for key in node.keys)
    return frozenset(key.value for key in found if isinstance(key, ast.Constant))
