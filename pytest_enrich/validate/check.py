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
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


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


def row_asserts(task: Task, row: Candidate) -> bool:
    """Whether the test, or a function of its file that it calls by name, asserts something about the code."""
    functions = _functions(task.test_text)
    tests = [node for node in functions if node.name == row.name]
    asked = [*tests, *(function for test in tests for function in _called(test, functions))]
    return any(_tells(node) for function in asked for node in ast.walk(function))


def _asserts(task: Task, test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether an assertion of a test could fail: its own, or one of a function of its file that it calls."""
    helpers = _called(test, _functions(task.test_text))
    return falsifiable.asserts(test) or any(_tells(node) for helper in helpers for node in ast.walk(helper))


def _functions(text: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = parsed(text)
    return [node for node in ast.walk(tree) if isinstance(node, Function)] if tree else []


def _called(
    test: ast.AST, functions: list[ast.FunctionDef | ast.AsyncFunctionDef]
) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a file that a test of it calls by name."""
    calls = (node.func for node in ast.walk(test) if isinstance(node, ast.Call))
    called = {getattr(function, "attr", getattr(function, "id", "")) for function in calls}
    return [node for node in functions if node.name in called]


def _is_there(task: Task, candidate: Candidate) -> bool:
    """Whether its file has this test, or its test this case."""
    if isinstance(candidate, NewTest):
        return patch.body_of(candidate) in patch.bodies(task.test_text)
    with contextlib.suppress(RefusedError):  # what cannot be put in says so when it is
        return patch.is_there(task.test_text, candidate)
    return False


def _is_tried(task: Task, candidate: Candidate) -> bool:
    """Whether the same was thought of before for the same place, whatever it is called."""
    body, place = patch.body_of(candidate), (candidate.placement.path, candidate.placement.owner)
    tried = (attempt.candidate for attempt in task.attempts if type(attempt.candidate) is type(candidate))
    there = (each for each in tried if (each.placement.path, each.placement.owner) == place)
    return any(patch.body_of(each) == body for each in there)


def text(task: Task, candidate: Candidate) -> Dropped | None:
    """The first of the reading rungs that the candidate misses, or None."""
    is_row = isinstance(candidate, NewRow)
    try:
        code = read_row(candidate) if isinstance(candidate, NewRow) else _function(candidate)
        trees = [code, *map(ast.parse, candidate.imports)]
    except _UNREADABLE as error:
        reason = "is no case of a test" if is_row else "is no test function"
        return Dropped(rung="parses", reason=reason, detail=str(error))
    if forbidden := next(allowed.refused(task, trees), ""):
        return Dropped(rung="allowed", reason=f"uses {forbidden}")
    # A row asserts what its test asserts.
    asserts = _asserts(task, code) if isinstance(code, Function) else row_asserts(task, candidate)
    if not asserts:
        return Dropped(rung="asserts", reason=f"{'its test ' if is_row else ''}asserts nothing about the code")
    if _is_tried(task, candidate) or _is_there(task, candidate):
        return Dropped(rung="new", reason=f"repeats an existing {'case' if is_row else 'test'}")
    return None


def refusal(task: Task, candidate: Candidate) -> Dropped | None:
    """The rung `allowed` by itself, of what need not be one test: a person's version, perhaps."""
    try:
        code = read_row(candidate) if isinstance(candidate, NewRow) else ast.parse(textwrap.dedent(candidate.code))
        trees = [code, *map(ast.parse, candidate.imports)]
    except _UNREADABLE as error:
        return Dropped(rung="parses", reason="is no test", detail=str(error))
    forbidden = next(allowed.refused(task, trees), "")
    return Dropped(rung="allowed", reason=f"uses {forbidden}") if forbidden else None


def _function(candidate: NewTest) -> ast.FunctionDef | ast.AsyncFunctionDef:
    body = ast.parse(textwrap.dedent(candidate.code)).body
    if len(body) != 1 or not isinstance(body[0], Function):
        raise ValueError("not exactly one function")
    if body[0].name != candidate.name or not candidate.name.startswith("test"):
        raise ValueError(f"{body[0].name} is not the test that it says it is")
    return body[0]


def _tells(node: ast.AST) -> bool:
    """Whether it is an assertion that could fail: on a name or a call, or an expected exception."""
    if isinstance(node, ast.Assert):
        return any(isinstance(part, ast.Call | ast.Name) for part in ast.walk(node.test))
    return is_telling(node)
