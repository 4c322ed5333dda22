"""A test's docstring: whether those round it have one, whether a model's is fit to be one, and where it goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from pytest_enrich.data import NewTest
from pytest_enrich.proposers.ollama import excerpt
from pytest_enrich.protocols import Task
from pytest_enrich.writing import words

SHORTEST, LONGEST = 8, 76


def is_usual(task: Task) -> bool:
    """Whether the nearest test of the file that the new one goes into has a docstring."""
    path = task.target.placement.path
    near = (one.nodeid for one in task.target.nearest if one.nodeid.partition("::")[0] == path)
    nearest = next((found for nodeid in near if (found := excerpt.find_test(task.test_text, nodeid))), None)
    return nearest is not None and ast.get_docstring(nearest) is not None


def docstring(code: str) -> str:
    """Of the function that a test is, "" for none."""
    try:
        (function,) = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return ast.get_docstring(function) or "" if isinstance(function, ast.FunctionDef) else ""


def with_docstring(test: NewTest, said: object, known: AbstractSet[str]) -> NewTest:
    """The test with a model's sentence, as it is when that is none or has nothing to do with it.

    `known` are the words that tell of the test.
    """
    sentence = _sentence(said)
    if not sentence or not set(words.snake(sentence).split("_")) & known:
        return test
    (function,) = ast.parse(test.code).body
    assert isinstance(function, ast.FunctionDef)
    first = function.body[0].lineno
    lines = test.code.splitlines(keepends=True)
    indent = re.match(r"\s*", lines[first - 1])
    lines.insert(first - 1, f'{indent[0] if indent else ""}"""{sentence}"""\n')
    moved = [replace(one, line=one.line + (one.line >= first)) for one in test.oracle]
    return replace(test, code="".join(lines), oracle=tuple(moved))


def _sentence(said: object) -> str:
    """One line that can stand between quotes, "" for anything else."""
    plain = said.strip() if isinstance(said, str) else ""
    is_plain = plain.isprintable() and not set(plain) & set('\\"`<>{}') and "::" not in plain
    is_sentence = " " in plain and plain[:1].isalnum() and SHORTEST <= len(plain) <= LONGEST
    return f"{plain[0].upper()}{plain[1:].rstrip('.')}." if is_plain and is_sentence else ""
