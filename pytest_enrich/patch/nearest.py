"""Which existing test or case is most like a new one, and how much: what a reviewer looks for first."""

from __future__ import annotations

import ast
import contextlib
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TypeAlias

from pytest_enrich.data import NewRow, NewTest
from pytest_enrich.data.suggestion import NearestPart
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports.text import BOM, split
from pytest_enrich.patch import row
from pytest_enrich.patch.body import tokens

_Pairs: TypeAlias = Counter[tuple[str, str]]
_LONGEST = 200
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def test(new: NewTest, text: str) -> NearestPart | None:
    """The test in the file's text whose body is most like that of `new`; None when there is none."""
    wanted = _pairs(_body(new.code))
    found = [
        NearestPart(nodeid="::".join([new.placement.path, *name]), similarity=_alike(wanted, _pairs(body)))
        for name, body in _tests(text.removeprefix(BOM))
    ]
    return max(found, key=lambda one: one.similarity, default=None)


def case(new: NewRow, text: str) -> NearestPart | None:
    """The case that `new` is most like, among those of its test; None when there is none, or no such test.

    Cases are short, and mostly values: their characters are compared, not their tokens.
    """
    try:
        codes, nodeid = row.codes(text, new), row.carriers(text, new)[0]
    except RefusedError:
        return None
    found = [NearestPart(nodeid=nodeid, similarity=_spelled_alike(new.code, one), code=one) for one in codes]
    return max(found, key=lambda one: one.similarity, default=None)


def _alike(one: _Pairs, other: _Pairs) -> float:
    """The share of neighbouring tokens that both have (Dice's coefficient), 0 to 1, to two digits."""
    both = 2 * sum((one & other).values())
    return round(both / max(sum(one.values()) + sum(other.values()), 1), 2)


def _spelled_alike(one: str, other: str) -> float:
    """The share of characters that both have in the same order, 0 to 1, to two digits."""
    matcher = SequenceMatcher(None, one[:_LONGEST], other[:_LONGEST], autojunk=False)
    return round(matcher.ratio(), 2)


def _pairs(body: Iterable[str]) -> _Pairs:
    return Counter(pairwise(["", *body, ""]))


def _tests(text: str) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The test functions of a file: their names after those of their classes, and their tokens."""
    lines = split(text)
    stack: list[tuple[tuple[str, ...], ast.AST]] = [((), _tree(text))]
    while stack:
        names, node = stack.pop(0)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _Function):
                if child.name.startswith("test"):
                    yield (*names, child.name), _body("".join(lines[child.lineno - 1 : child.end_lineno]))
            elif not isinstance(child, ast.expr):
                inner = (*names, child.name) if isinstance(child, ast.ClassDef) else names
                stack.append((inner, child))


def _tree(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _body(code: str) -> list[str]:
    """The tokens of a function after its name."""
    found = _tokens(code)
    return found[found.index("def") + 2 :] if "def" in found else found


def _tokens(code: str) -> list[str]:
    found: list[str] = []
    with contextlib.suppress(tokenize.TokenError, SyntaxError):  # what comes before it counts
        found.extend(tokens(code))
    return found
