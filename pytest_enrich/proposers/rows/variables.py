"""Variables of a test that hold what it expects: `expected = "..."`, and later `assert result == expected`."""

from __future__ import annotations

import ast
from collections import Counter

from pytest_enrich.proposers.rows.literal import is_literal
from pytest_enrich.proposers.rows.names import last

TEXTUAL = {"join", "strip", "lstrip", "rstrip", "format", "encode", "dedent", "cleandoc"}
"""Functions that only say how a text is written."""


def expected(function: ast.AST) -> dict[str, ast.expr]:
    """The values that are made of literals, by the variables that get them once and are read once."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    uses = Counter((one.id, isinstance(one.ctx, ast.Load)) for one in names)
    found: dict[str, ast.expr] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        if uses[name, True] == uses[name, False] == len(node.targets) == 1 and _is_written(node.value):
            found[name] = node.value
    return found


def _is_written(node: ast.expr) -> bool:
    """Whether it is a literal, or one of several lines as people write it."""
    if isinstance(node, ast.Call):
        held = [*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
        return last(node.func) in TEXTUAL and not node.keywords and all(map(_is_written, held))
    if isinstance(node, ast.BinOp):
        return _is_written(node.left) and _is_written(node.right)
    return is_literal(node)
