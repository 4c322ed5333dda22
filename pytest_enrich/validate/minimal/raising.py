"""What stands behind the call that raises is never reached: of `parse(text).fields[0]` only `parse(text)` is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_enrich.data import NewTest
from pytest_enrich.mutants.edit import Source
from pytest_enrich.validate.minimal.rewrite import replaced_node
from pytest_enrich.validate.minimal.statement import read

_RAISING = ("raises", "pytest.raises", "self.assertRaises")


def cut_short(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate with only the beginning of an expression that is said to raise, the shortest first."""
    for one in read(candidate.code):
        if (done := _raising(one.node)) is not None:
            # Read here: most tests raise nothing, and each step of making one smaller comes this way.
            source = Source(candidate.code)
            yield from (replaced_node(candidate, source, done, source.cut(begun)) for begun in _beginnings(done))


def _raising(node: ast.stmt) -> ast.expr | None:
    """The only expression in a block that is to raise."""
    if not isinstance(node, ast.With | ast.AsyncWith) or len(node.body) != 1 or len(node.items) != 1:
        return None
    told, done = node.items[0].context_expr, node.body[0]
    if not isinstance(told, ast.Call) or not ast.unparse(told.func).startswith(_RAISING):
        return None
    return done.value if isinstance(done, ast.Expr | ast.Assign) else None


def _beginnings(node: ast.expr) -> list[ast.expr]:
    """The calls that an expression begins with, from the innermost to the last but one."""
    found: list[ast.expr] = []
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
        found += [node] if isinstance(node, ast.Call) else []
    return found[::-1]
