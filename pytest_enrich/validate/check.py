"""The rungs that only read: what can be said of a candidate before anything runs."""

from __future__ import annotations

import ast
import contextlib
import textwrap

from pytest_enrich import patch
from pytest_enrich.data import Candidate, Dropped, NewRow, NewTest
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports import parsed
from pytest_enrich.protocols import Task
from pytest_enrich.refine.asserting import is_telling
from pytest_enrich.validate import allowed, falsifiable

Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_row(row: NewRow) -> ast.AST:
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


def row_asserts(task: Task, row: NewRow) -> bool:
    """Whether the test, or a function of its file that it calls by name, asserts something about the code."""
    tree = parsed(task.test_text)
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)] if tree else []
    tests = [node for node in functions if node.name == row.name]
    calls = (node.func for test in tests for node in ast.walk(test) if isinstance(node, ast.Call))
    called = {getattr(function, "attr", getattr(function, "id", "")) for function in calls}
    asked = [*tests, *(node for node in functions if node.name in called)]
    return any(_tells(node) for function in asked for node in ast.walk(function))


def is_known_row(task: Task, row: NewRow) -> bool:
    """Whether the test has this case already, or it was thought of before."""
    if _is_tried(task, row):
        return True
    with contextlib.suppress(RefusedError):  # what cannot be put in says so when it is
        return patch.is_there(task.test_text, row)
    return False


def _is_tried(task: Task, candidate: Candidate) -> bool:
    """Whether the same was thought of before, whatever it is called."""
    body = patch.body_of(candidate)
    tried = (attempt.candidate for attempt in task.attempts)
    return any(type(one) is type(candidate) and patch.body_of(one) == body for one in tried)


def text(task: Task, candidate: Candidate) -> Dropped | None:
    """The first of the reading rungs that the candidate misses, or None."""
    return _row(task, candidate) if isinstance(candidate, NewRow) else _test(task, candidate)


def refusal(task: Task, candidate: Candidate) -> Dropped | None:
    """The rung `allowed` by itself, of what need not be one test: a person's version, perhaps."""
    try:
        code = read_row(candidate) if isinstance(candidate, NewRow) else ast.parse(textwrap.dedent(candidate.code))
        trees = [code, *(ast.parse(statement) for statement in candidate.imports)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Dropped(rung="parses", reason="is no test", detail=str(error))
    forbidden = next(allowed.refused(task, trees), "")
    return Dropped(rung="allowed", reason=f"uses {forbidden}") if forbidden else None


def _row(task: Task, candidate: NewRow) -> Dropped | None:
    """A row asserts what its test asserts."""
    try:
        trees = [read_row(candidate), *(ast.parse(statement) for statement in candidate.imports)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Dropped(rung="parses", reason="is no case of a test", detail=str(error))
    if forbidden := next(allowed.refused(task, trees), ""):
        return Dropped(rung="allowed", reason=f"uses {forbidden}")
    if not row_asserts(task, candidate):
        return Dropped(rung="asserts", reason="its test asserts nothing about the code")
    if is_known_row(task, candidate):
        return Dropped(rung="new", reason="repeats an existing case")
    return None


def _test(task: Task, candidate: NewTest) -> Dropped | None:
    try:
        function = _function(candidate.code)
        trees = [function, *(ast.parse(statement) for statement in candidate.imports)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Dropped(rung="parses", reason="is no test function", detail=str(error))
    if function.name != candidate.name or not function.name.startswith("test"):
        return Dropped(rung="parses", reason="is not the test that it says it is", detail=function.name)
    if forbidden := next(allowed.refused(task, trees), ""):
        return Dropped(rung="allowed", reason=f"uses {forbidden}")
    if not falsifiable.asserts(function):
        return Dropped(rung="asserts", reason="asserts nothing about the code")
    if _is_tried(task, candidate) or patch.body_of(candidate) in patch.bodies(task.test_text):
        return Dropped(rung="new", reason="repeats an existing test")
    return None


def _function(code: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    body = ast.parse(textwrap.dedent(code)).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef):
        raise ValueError("not exactly one function")
    return body[0]


def _tells(node: ast.AST) -> bool:
    """Whether it is an assertion that could fail: on a name or a call, or an expected exception."""
    if isinstance(node, ast.Assert):
        return any(isinstance(part, ast.Call | ast.Name) for part in ast.walk(node.test))
    return is_telling(node)
