"""What a test says, whatever its name and layout: the hash by which an idea is known again.

And which existing test or case is most like a new one, and how much: what a reviewer looks for first.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import hashlib
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from pytest_enrich.data import Candidate, NewRow, NewTest
from pytest_enrich.data.suggestion import NearestPart
from pytest_enrich.errors import RefusedError
from pytest_enrich.gaps.text import whole_strings
from pytest_enrich.imports.text import BOM, parsed, split, tree_of
from pytest_enrich.patch import row

_Pairs: TypeAlias = Counter[tuple[str, str]]
_LONGEST = 200
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def row_of(owner: str | None, name: str, argnames: Sequence[str]) -> tuple[str, ...]:
    """What a row's hash begins with: the same values are another idea in another list."""
    return (f"{owner or ''}.{name}", *argnames)


def body_sha256(code: str, before: tuple[str, ...] = ()) -> str:
    """The hash of a test without its name, docstring and layout: the same idea has the same hash.

    Formatters change quotes, parentheses and commas, so that it is what Python makes of the test. Of a row, that
    comes after what `row_of` it says.

    Raises:
        SyntaxError: The code is not Python.
    """
    source = textwrap.dedent(code).strip()
    return _hashed(tree_of(source if parsed(source) else source.removeprefix("@")).body, before)


def body_of(candidate: Candidate) -> str:
    """The hash of a candidate, "" of what cannot be read."""
    place = candidate.placement
    before = row_of(place.owner, candidate.name, candidate.argnames) if isinstance(candidate, NewRow) else ()
    try:
        return body_sha256(candidate.code, before)
    except (SyntaxError, ValueError, RecursionError):
        return ""


@lru_cache(maxsize=8)  # a few files are asked about, each for many candidates
def bodies(text: str) -> frozenset[str]:
    """The hashes of all test functions of a file."""
    return frozenset(_hashed([node]) for _, node in _functions(text.removeprefix(BOM)))


def nearest_test(new: NewTest, text: str) -> NearestPart | None:
    """The test in the file's text whose body is most like that of `new`; None when there is none."""
    wanted = _pairs(_body(new.code))
    found = [
        NearestPart(nodeid="::".join([new.placement.path, *name]), similarity=_alike(wanted, _pairs(_body(code))))
        for name, code in _tests(text.removeprefix(BOM))
    ]
    return max(found, key=lambda one: one.similarity, default=None)


def nearest_case(new: NewRow, text: str) -> NearestPart | None:
    """The case that `new` is most like, among those of its test; None when there is none, or no such test.

    Cases are short, and mostly values: their characters are compared, not their tokens.
    """
    try:
        codes, nodeid = row.codes(text, new), row.carriers(text, new)[0]
    except RefusedError:
        return None
    found = [NearestPart(nodeid=nodeid, similarity=_spelled_alike(new.code, code), code=code) for code in codes]
    return max(found, key=lambda one: one.similarity, default=None)


def _hashed(body: Iterable[ast.stmt], before: Iterable[str] = ()) -> str:
    kept = [*before, *(ast.unparse(_anonymous(node)) for node in body)]
    return hashlib.sha256("\0".join(kept).encode()).hexdigest()


def _anonymous(node: ast.stmt) -> ast.stmt:
    """A function without its name and docstring; any other statement as it is."""
    if not isinstance(node, _Function):
        return node
    new = copy.copy(node)
    new.name = "test"
    if len(node.body) > 1 and ast.get_docstring(node) is not None:
        new.body = node.body[1:]
    return new


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


def _tests(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The test functions of a file: their names after those of their classes, and their code."""
    lines = split(text)
    for names, node in _functions(text):
        yield names, textwrap.dedent("".join(lines[node.lineno - 1 : node.end_lineno]))


def _functions(text: str) -> Iterator[tuple[tuple[str, ...], ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The test functions of a file, with their names after those of their classes."""
    tree = parsed(text)
    stack: list[tuple[tuple[str, ...], ast.AST]] = [((), tree)] if tree else []
    while stack:
        names, node = stack.pop(0)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _Function):
                if child.name.startswith("test"):
                    yield (*names, child.name), child
            elif not isinstance(child, ast.expr):
                inner = (*names, child.name) if isinstance(child, ast.ClassDef) else names
                stack.append((inner, child))


def _body(code: str) -> list[str]:
    """The tokens of a function after its name."""
    found: list[str] = []
    with contextlib.suppress(SyntaxError):  # what comes before it counts
        found.extend(token.text for token in whole_strings(code) if token.text)
    return found[found.index("def") + 2 :] if "def" in found else found
