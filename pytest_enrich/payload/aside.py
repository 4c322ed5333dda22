"""Parts of a test file that need not be looked at, because they will not run."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Sequence
from typing import TypeGuard

from . import selection


@contextlib.contextmanager
def put(tree: ast.Module, wanted: Sequence[str]) -> Iterator[None]:
    """While this lasts, tests that no node id in `wanted` leads to have no body; with no node ids all have."""
    names = [one.partition("::")[2] for one in wanted]
    asleep = list(_asleep(tree.body, "", names)) if all(names) else []
    bodies = [one.body for one in asleep]
    for one in asleep:
        one.body = []
    try:
        yield
    finally:
        for one, body in zip(asleep, bodies, strict=True):
            one.body = body


def _asleep(
    body: Sequence[ast.stmt], prefix: str, names: Sequence[str]
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body if names else ():
        if isinstance(node, ast.ClassDef):
            yield from _asleep(node.body, f"{prefix}{node.name}::", names)
        elif _is_test(node) and not selection.leads(f"{prefix}{node.name}", names):
            yield node


def _is_test(node: ast.stmt) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions with other names may be called by those that run."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")
