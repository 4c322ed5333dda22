"""The names that a piece of a test uses, and those that it binds."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef


def used(*nodes: ast.AST) -> set[str]:
    """All names in these nodes."""
    return {one.id for one in _inside(nodes) if isinstance(one, ast.Name)}


def loaded(*nodes: ast.AST) -> set[str]:
    """Those that are read."""
    return {one.id for one in _inside(nodes) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def stored(*nodes: ast.AST) -> set[str]:
    """Those that are bound."""
    named = {one.id for one in _inside(nodes) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return named | {one.name for one in nodes if isinstance(one, Function | ast.ClassDef)}


def last(node: ast.expr) -> str:
    """The last name of what is called, or passed: `invoke` for `runner.invoke`; "" where it has none."""
    return str(getattr(node, "attr", getattr(node, "id", "")))


def aliases(tree: ast.Module, names: Collection[str]) -> Iterator[str]:
    """What a module calls these besides: `ip_address = IPAddress`."""
    for one in tree.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name) and one.value.id in names:
            yield from (target.id for target in one.targets if isinstance(target, ast.Name))


def _inside(nodes: Iterable[ast.AST]) -> Iterable[ast.AST]:
    return (one for node in nodes for one in ast.walk(node))
