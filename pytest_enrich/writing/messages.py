"""Messages as the source writes them: which of their words are the code's, and what was put in between."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from pytest_enrich.imports.text import only_statement
from pytest_enrich.writing.syntax import nodes_of

PERCENT = re.compile(r"(%%)|%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")
BRACES = re.compile(r"(\{\{|\}\})|\{[^{}]*\}")
FEWEST_LETTERS = 6
"""So many must be the code's own: fewer are in any message."""
WORDS = re.compile(r"[a-z][a-z_ ]*|[A-Z][a-z]+")
"""What reads like a part of the sentence, whoever put it there: the name of a parameter, or of a class."""


def unfilled(source: str, message: str) -> str:
    """The message without values that the code put into it; as it is where no text of `source` makes it.

    Args:
        source: The function that raises.
        message: What it said (`Can't multiply Bound(2)` of `f"Can't multiply {self!r}"`).
    """
    for pieces in _patterns(source):
        body = "".join("(.+?)" if piece is None else re.escape(piece) for piece in pieces)
        if match := re.fullmatch(body, message, re.DOTALL):
            told = (match[at] if WORDS.fullmatch(match[at]) else " " for at in range(1, match.re.groups + 1))
            return "".join(next(told) if piece is None else piece for piece in pieces)
    return message


@lru_cache(maxsize=64)
def _patterns(source: str) -> tuple[tuple[str | None, ...], ...]:
    """The texts of a function into which something is put, the most telling first: None where that is."""
    function = only_statement(source)
    found = (tuple(_pieces(node)) for node in nodes_of(ast.expr, function)) if function else ()
    letters = {pieces: sum(map(str.isalpha, "".join(filter(None, pieces)))) for pieces in found if None in pieces}
    return tuple(
        sorted((one for one, many in letters.items() if many >= FEWEST_LETTERS), key=lambda one: -letters[one])
    )


def _pieces(node: ast.expr) -> Iterator[str | None]:
    match node:
        case ast.JoinedStr(values):
            yield from (str(one.value) if isinstance(one, ast.Constant) else None for one in values)
        case ast.BinOp(ast.Constant(str(text)), ast.Mod()):
            yield from _parted(text, PERCENT)
        case ast.Call(ast.Attribute(ast.Constant(str(text)), "format")):
            yield from _parted(text, BRACES)
        case ast.BinOp(left, ast.Add(), right):
            yield from chain(_added(left), _added(right))


def _added(node: ast.expr) -> Iterator[str | None]:
    """A part of a sum: a text, or what is made one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        yield from [*_pieces(node)] or [None]


def _parted(text: str, hole: re.Pattern[str]) -> Iterator[str | None]:
    """What is between the holes; a sign that is written twice stands for itself."""
    at = 0
    for match in hole.finditer(text):
        yield text[at : match.start()] + (match[1] or "")[:1]
        at = match.end()
        if not match[1]:
            yield None
    yield text[at:]
