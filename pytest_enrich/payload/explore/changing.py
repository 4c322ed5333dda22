"""Methods that leave their object in another state, and need nothing to be called with."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from .body import nodes

SELF = "self"


def methods(owner: type) -> Iterator[str]:
    """The names of the public ones that a class of the project has, those of classes above it included."""
    held = {name: one for cls in reversed(owner.__mro__) for name, one in vars(cls).items()}
    for name, function in sorted(held.items()):
        is_plain = not name.startswith("_") and _is_done_at_once(function)
        if is_plain and _needs_nothing(function) and _changes(function):
            yield name


def _is_done_at_once(function: object) -> bool:
    """Whether it is a function that does what it does when it is called, or awaited: no generator."""
    later = (inspect.isasyncgenfunction, inspect.isgeneratorfunction)
    return inspect.isfunction(function) and not any(asked(function) for asked in later)


def _needs_nothing(function: object) -> bool:
    """Whether it takes nothing, or has a default for all that it takes."""
    try:
        _, *others = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):  # it takes nothing at all, or nobody says what
        return False
    return all(one.default is not one.empty or one.kind in {one.VAR_POSITIONAL, one.VAR_KEYWORD} for one in others)


def _changes(function: object) -> bool:
    """Whether it sets what its object keeps, or has something done by it and does nothing with the answer."""
    for node in nodes(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            if _is_own(node):
                return True
        elif isinstance(node, ast.Expr):
            done = node.value.value if isinstance(node.value, ast.Await) else node.value
            if isinstance(done, ast.Call) and _is_own(done.func):
                return True
    return False


def _is_own(node: ast.expr) -> bool:
    """Whether it is of the object: `self.a`, `self.a.b`, `self.a[0]`."""
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute | ast.Subscript):
        inner = inner.value
    return inner is not node and isinstance(inner, ast.Name) and inner.id == SELF
