"""Which assignments can go: those of names that have a value before, so that the code goes on with the old one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

Assignment = (ast.Assign, ast.AnnAssign)


def again(tree: ast.Module) -> frozenset[ast.stmt]:
    """The assignments that bind names which certainly have a value when they run.

    Without any other one each test would fail at once, whatever it looks at.
    """
    return frozenset(_again(tree.body, set()))


def _again(block: Sequence[ast.stmt], before: set[str]) -> Iterator[ast.stmt]:
    bound = set(before)
    for one in block:
        names = _bound(one)
        if isinstance(one, Assignment) and names and names <= bound | _read(one):
            yield one
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _again(one.body, _parameters(one.args))
        elif isinstance(one, ast.ClassDef):
            yield from _again(one.body, set())
        else:
            bound |= names if isinstance(one, (ast.With, ast.AsyncWith)) else set()
            for inner in _blocks(one):
                yield from _again(inner, bound)
        bound |= names
        if isinstance(one, ast.Delete):
            bound -= {node.id for node in ast.walk(one) if isinstance(node, ast.Name)}


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        if inner := getattr(node, name, None):
            yield inner
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds whenever it runs to its end."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    targets: Sequence[ast.expr | None] = ()
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign) or (isinstance(node, ast.AnnAssign) and node.value is not None):
        targets = [node.target]
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in node.items]
    parts = [part for target in targets if target is not None for part in ast.walk(target)]
    return {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _read(node: ast.Assign | ast.AnnAssign) -> set[str]:
    """The names that the value reads, and that are not its own."""
    value = node.value
    parts = [] if value is None or isinstance(value, ast.Lambda) else [*ast.walk(value)]
    names = [part for part in parts if isinstance(part, ast.Name)]
    return {one.id for one in names} - {one.id for one in names if isinstance(one.ctx, ast.Store)}


def _parameters(arguments: ast.arguments) -> set[str]:
    given = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    return {one.arg for one in given if one is not None}
