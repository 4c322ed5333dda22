"""What can be said of a row by reading it and the test that it belongs to."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable

from pytest_enrich import gaps, patch
from pytest_enrich.data import NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Task

Function = ast.FunctionDef | ast.AsyncFunctionDef


def read(row: NewRow) -> ast.AST:
    """The element or the decorator.

    Raises:
        SyntaxError: It is no Python.
        ValueError: It is something else, or more.
    """
    if row.argnames:
        ast.parse(row.code.strip(), mode="eval")
        listed = ast.parse(f"[{row.code}\n]", mode="eval").body
        if not isinstance(listed, ast.List) or len(listed.elts) != 1 or isinstance(listed.elts[0], ast.Starred):
            raise ValueError("not exactly one case")
        return listed.elts[0]
    body = ast.parse(f"{row.code.strip()}\ndef test(): pass").body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef) or len(body[0].decorator_list) != 1:
        raise ValueError("not exactly one decorator")
    return body[0].decorator_list[0]


def asserts(task: Task, row: NewRow, tells: Callable[[ast.AST], bool]) -> bool:
    """Whether the test, or a function of its file that it calls by name, has something that `tells`."""
    try:
        tree = ast.parse(task.test_text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    tests = [node for node in functions if node.name == row.name]
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for test in tests
        for node in ast.walk(test)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    asked = [*tests, *(node for node in functions if node.name in called)]
    return any(tells(node) for function in asked for node in ast.walk(function))


def is_known(task: Task, row: NewRow) -> bool:
    """Whether the test has this case already, or it was thought of before."""
    tried = [one.candidate for one in task.attempts if isinstance(one.candidate, NewRow)]
    if _key(row) in map(_key, tried):
        return True
    with contextlib.suppress(RefusedError):  # what cannot be put in says so when it is
        return patch.is_there(task.test_text, row)
    return False


def _key(row: NewRow) -> tuple[object, ...]:
    return (row.placement.path, row.placement.owner, row.name, row.argnames, gaps.body_digest(row.code))
