"""What can be said of a candidate by reading it."""

from __future__ import annotations

import ast
import textwrap
from functools import lru_cache

from pytest_enrich import gaps
from pytest_enrich.data import Candidate, Dropped, NewRow, NewTest
from pytest_enrich.imports.text import split
from pytest_enrich.protocols import Task
from pytest_enrich.validate import allowed, falsifiable, row
from pytest_enrich.validate.telling import is_telling


def text(task: Task, candidate: Candidate) -> Dropped | None:
    """The first of the reading rungs that the candidate misses, or None."""
    return _row(task, candidate) if isinstance(candidate, NewRow) else _test(task, candidate)


def refusal(task: Task, candidate: Candidate) -> Dropped | None:
    """The rung `allowed` by itself, of what need not be one test: a person's version, perhaps."""
    try:
        code = row.read(candidate) if isinstance(candidate, NewRow) else ast.parse(textwrap.dedent(candidate.code))
        trees = [code, *(ast.parse(statement) for statement in candidate.imports)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Dropped(rung="parses", reason="is no test", detail=str(error))
    forbidden = next(allowed.refused(task, trees), "")
    return Dropped(rung="allowed", reason=f"uses {forbidden}") if forbidden else None


def _row(task: Task, candidate: NewRow) -> Dropped | None:
    """A row asserts what its test asserts."""
    try:
        trees = [row.read(candidate), *(ast.parse(statement) for statement in candidate.imports)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Dropped(rung="parses", reason="is no case of a test", detail=str(error))
    if forbidden := next(allowed.refused(task, trees), ""):
        return Dropped(rung="allowed", reason=f"uses {forbidden}")
    if not row.asserts(task, candidate, _tells):
        return Dropped(rung="asserts", reason="its test asserts nothing about the code")
    if row.is_known(task, candidate):
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
    if _is_known(task, candidate):
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


def _is_known(task: Task, candidate: NewTest) -> bool:
    """Whether a test with the same body, whatever its name, is in the file or was thought of before."""
    body = gaps.body_digest(candidate.code)
    if any(gaps.body_digest(attempt.candidate.code) == body for attempt in task.attempts):
        return True
    return body in _bodies(task.test_text)


@lru_cache(maxsize=8)  # a few files are asked about, each for many candidates
def _bodies(text: str) -> frozenset[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    lines = split(text)
    tests = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    sources = ("".join(lines[node.lineno - 1 : node.end_lineno]) for node in tests)
    return frozenset(gaps.body_digest(textwrap.dedent(source)) for source in sources)
