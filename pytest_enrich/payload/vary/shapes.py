"""Values with less in them: an inner list, or a text, that is empty, a key that is not there."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from .. import express

MOST = 12


def emptied(template: str) -> list[str]:
    """The template of a value made of parts, each time with one of them empty, or without one of its keys.

    None of what is no literal, or names something.
    """
    if express.NAME.search(template):
        return []
    try:
        tree = ast.parse(template.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []
    return list(dict.fromkeys(map(ast.unparse, _less(tree))))[:MOST]


def _less(tree: ast.expr) -> Iterator[ast.expr]:
    places = [at for at, node in enumerate(ast.walk(tree)) if at and _is_full(node)]
    for at in places:
        other = copy.deepcopy(tree)
        _empty([*ast.walk(other)][at])
        yield other
    for at in range(len(tree.keys) if isinstance(tree, ast.Dict) else 0):
        shorter = copy.deepcopy(tree)
        assert isinstance(shorter, ast.Dict)
        del shorter.keys[at], shorter.values[at]
        yield shorter


def _is_full(node: ast.AST) -> bool:
    """Whether it is a container of something."""
    return isinstance(node, ast.List | ast.Dict | ast.Tuple) and bool(
        getattr(node, "elts", getattr(node, "keys", ()))
    )


def _empty(node: ast.AST) -> None:
    for name in ("elts", "keys", "values"):
        if hasattr(node, name):
            setattr(node, name, [])
