"""Messages as the source writes them: which of their words are the code's, and what was put in between."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
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
    found = (_filled(pieces, message) for pieces in _patterns(source))
    told = next(filter(None, found), None)
    return (
        message
        if told is None
        else "".join(one if is_own or WORDS.fullmatch(one) else " " for one, is_own in told)
    )


def _filled(pieces: Sequence[str | None], message: str) -> list[tuple[str, bool]]:
    """The parts of a message, and whether each is the code's own; none where these pieces do not make it.

    Each hole ends where what comes behind it is first: a message may be anything, and is gone through once.
    """
    parts: list[tuple[str, bool]] = []
    own = [at for at, piece in enumerate(pieces) if piece]
    begun, is_open = 0, False
    for at, piece in enumerate(pieces):
        if not piece:
            is_open = is_open or piece is None
            continue
        is_last = is_open and at == own[-1] and at == len(pieces) - 1
        start = message.find(piece, begun + is_open) if not is_last else len(message) - len(piece)
        if start < begun + is_open or not message.startswith(piece, start) or (start > begun and not is_open):
            return []
        parts += [(message[begun:start], False)] if is_open else []
        parts.append((piece, True))
        begun, is_open = start + len(piece), False
    rest = message[begun:]
    return [] if bool(rest) != is_open else [*parts, (rest, False)] if rest else parts


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
