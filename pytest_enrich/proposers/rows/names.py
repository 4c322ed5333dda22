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


def nodes(function: Function) -> Iterator[ast.AST]:
    """All of a function's body."""
    return _inside(function.body)


def calls(function: Function) -> Iterator[ast.Call]:
    """All calls in it."""
    return (node for node in nodes(function) if isinstance(node, ast.Call))


def arguments(call: ast.Call) -> list[ast.expr]:
    """What a call passes."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def aliases(tree: ast.Module, names: Collection[str]) -> Iterator[str]:
    """What a module calls these besides: `ip_address = IPAddress`."""
    for one in tree.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name) and one.value.id in names:
            yield from (target.id for target in one.targets if isinstance(target, ast.Name))


def _inside(trees: Iterable[ast.AST]) -> Iterator[ast.AST]:
    return (one for tree in trees for one in ast.walk(tree))
