"""Correct a model's test that failed at one value, with the value that was seen.

The question to the reviewer says that they disagree. Where the docstring has the model's value nothing is
corrected: the code may be wrong, and a test that states what it does would only hide that.
"""

from __future__ import annotations

import ast
import re

from msgspec.structs import replace

from pytest_enrich.data import Attempt, Dropped, NewTest, Oracle
from pytest_enrich.imports import parsed
from pytest_enrich.writing.syntax import Text, literal_value, span

LONGEST_SEEN = 80
_FAILED = re.compile(r"^>? +(assert .+)\n(?: +[~^ ]+\n)?E ", re.MULTILINE)
_SEEN = re.compile(r"^E +(?:AssertionError: )?assert (.+)$", re.MULTILINE)
_TELLING = 3
"""A value that is no longer than this stands in any docstring."""


def corrected(attempt: Attempt, docstring: str) -> NewTest | None:
    """The test of an attempt with the value that the code gives; None where it failed at something else."""
    disagreement = _disagreement(attempt)
    if disagreement is None:
        return None
    test, place, seen = disagreement
    expected = ast.unparse(place.comparators[0])
    if len(expected) > _TELLING and expected in docstring:
        return None
    return replace(
        test,
        code=Text(test.code).replaced([(span(place.comparators[0]), seen)]),
        look=f"the model expected {expected}, {seen} was seen when the code ran: which one is right?",
        oracle=tuple(_oracle(oracle, place, seen) for oracle in test.oracle),
    )


def disagrees(attempt: Attempt) -> bool:
    """Whether a test failed at a literal: the code may be wrong there, so no model is told what it gives."""
    return _disagreement(attempt) is not None


def _disagreement(attempt: Attempt) -> tuple[NewTest, ast.Compare, str] | None:
    """A test that states another value than the one seen, the comparison, and the value seen."""
    test, verdict = attempt.candidate, attempt.verdict
    if not isinstance(test, NewTest) or not isinstance(verdict, Dropped) or verdict.rung != "passes":
        return None
    place = _place(ast.parse(test.code), verdict.detail)
    seen = _seen(verdict.detail, place.comparators[0]) if place else None
    return (test, place, seen) if place and seen else None


def _place(tree: ast.Module, detail: str) -> ast.Compare | None:
    """The `==` comparison that failed, None when it was something else."""
    failed = _FAILED.search(detail)
    line = _plain(failed[1]) if failed else ""
    for node in ast.walk(tree):
        match node:
            case ast.Assert(test=ast.Compare(ops=[ast.Eq()]) as compared) if ast.unparse(node) == line:
                return compared
    return None


def _plain(line: str) -> str:
    """A statement as `ast` writes it: the test file may have quotes of another kind."""
    tree = parsed(line.strip())
    return ast.unparse(tree) if tree else ""


def _seen(detail: str, expected: ast.expr) -> str | None:
    """The literal on the left, read back from what pytest shows; None when it is no literal, or was cut."""
    shown = _SEEN.search(detail)
    wanted = literal_value(expected)
    if shown is None or wanted is None:
        return None
    left, compared, right = shown[1].rpartition(f" == {wanted[0]!r}")
    value = literal_value(left)
    is_whole = compared and not right and value is not None and repr(value[0]) == left
    return left if is_whole and len(left) <= LONGEST_SEEN else None


def _oracle(oracle: Oracle, place: ast.Compare, seen: str) -> Oracle:
    is_there = oracle.line == place.lineno
    return replace(oracle, what=seen, source="observed", look=True) if is_there else replace(oracle, look=False)
