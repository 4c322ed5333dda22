"""Long literals of a test, and smaller ones to put in their place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain

from pytest_enrich.data import NewTest
from pytest_enrich.mutants.edit import Source
from pytest_enrich.validate.minimal.rewrite import replaced_node
from pytest_enrich.validate.minimal.statement import Statement, read
from pytest_enrich.validate.telling import is_telling

LONG_TEXT = 16
LONG_NUMBER = 999
LONG_DISPLAY = 2
DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


def smaller(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate with one of its long literals smaller, longest steps first; expected values stay."""
    source = Source(candidate.code)
    for one in read(candidate.code):
        for node in _inputs(one):
            for text in _smaller(source, node):
                yield replaced_node(candidate, source, node, text)


def _inputs(one: Statement) -> Iterator[ast.expr]:
    """The long literals of a statement that are no expected values."""
    for part in _parts(one.node):
        yield from (
            node for node in ast.walk(part) if isinstance(node, (ast.Constant, *DISPLAYS)) and _is_long(node)
        )


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What a statement does, without what it compares with."""
    if isinstance(node, ast.Assert):
        yield from _done(node.test)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and is_telling(node.value):
        yield from chain.from_iterable(map(_done, node.value.args))
    elif isinstance(node, ast.With):
        yield from (item.context_expr for item in node.items if not is_telling(item.context_expr))
        yield from chain.from_iterable(map(_parts, node.body))
    elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node


def _done(node: ast.expr) -> Iterator[ast.expr]:
    """Of a condition the operands that call something other than what compares."""
    operands = [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node]
    calls = (one for one in operands if any(isinstance(part, ast.Call) for part in ast.walk(one)))
    yield from (
        one for one in calls if not (isinstance(one, ast.Call) and ast.unparse(one.func).endswith("approx"))
    )


def _is_long(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, str | bytes):
            return len(value) > LONG_TEXT
        return isinstance(value, int | float) and abs(value) > LONG_NUMBER
    return len(_elements(node)) > LONG_DISPLAY


def _elements(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return [] if None in node.keys else list(node.values)
    assert isinstance(node, ast.List | ast.Tuple | ast.Set)
    return node.elts


def _smaller(source: Source, node: ast.expr) -> Iterator[str]:
    if not isinstance(node, ast.Constant):
        yield from _shorter(source, node)
    elif isinstance(node.value, str | bytes):
        half = _middle(node.value)
        yield from (repr(node.value[:1]), repr(node.value[:half].rstrip()), repr(node.value[half:]))
    elif isinstance(node.value, int | float):
        yield from (repr(type(node.value)(one)) for one in (10, node.value // 10))


def _middle(value: str | bytes) -> int:
    """Where a text has two halves; of several words none is cut."""
    text = value if isinstance(value, str) else value.decode("latin-1")
    words = [match.end() for match in re.finditer(r"\s(?=\S)", text)]
    return min(words or [len(text) // 2], key=lambda at: abs(at - len(text) // 2))


def _shorter(source: Source, node: ast.expr) -> Iterator[str]:
    """A display with one half of its elements, or the other."""
    if isinstance(node, ast.Dict):
        keys = [source.cut(key) for key in node.keys if key is not None]
        pairs = zip(keys, map(source.cut, node.values), strict=True)
        elements = [f"{key}: {value}" for key, value in pairs]
    else:
        elements = list(map(source.cut, _elements(node)))
    opening, closing = {ast.List: ("[", "]"), ast.Tuple: ("(", ")")}.get(type(node), ("{", "}"))
    half = (len(elements) + 1) // 2
    for kept in (elements[:half], elements[half:]):
        comma = "," if opening == "(" and len(kept) == 1 else ""
        yield f"{opening}{', '.join(kept)}{comma}{closing}"
