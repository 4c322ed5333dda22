"""Messages as the source writes them: which words are the code's own, and which values were put in between."""

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
"""At least so many letters must be the code's own: fewer occur in any message."""
WORDS = re.compile(r"[a-z][a-z_ ]*|[A-Z][a-z]+")
"""What reads like part of the sentence although it was put in: the name of a parameter or a class."""


def unfilled(source: str, message: str) -> str:
    """The message without the values that the code put into it; unchanged if no text in `source` produces it.

    Args:
        source: The function that raises.
        message: What it said (`Can't multiply Bound(2)` from `f"Can't multiply {self!r}"`).
    """
    matches = (_filled(pieces, message) for pieces in _patterns(source))
    parts = next(filter(None, matches), None)
    return (
        message
        if parts is None
        else "".join(part if is_own or WORDS.fullmatch(part) else " " for part, is_own in parts)
    )


def _filled(pieces: Sequence[str | None], message: str) -> list[tuple[str, bool]]:
    """The parts of a message, and whether each is the code's own; none if these pieces do not produce it.

    Each hole ends at the first occurrence of the next piece: a message may be anything, and is scanned only once.
    """
    parts: list[tuple[str, bool]] = []
    own = [at for at, piece in enumerate(pieces) if piece]
    part_start, is_open = 0, False
    for at, piece in enumerate(pieces):
        if not piece:
            is_open = is_open or piece is None
            continue
        is_last = is_open and at == own[-1] and at == len(pieces) - 1
        start = message.find(piece, part_start + is_open) if not is_last else len(message) - len(piece)
        if (
            start < part_start + is_open
            or not message.startswith(piece, start)
            or (start > part_start and not is_open)
        ):
            return []
        parts += [(message[part_start:start], False)] if is_open else []
        parts.append((piece, True))
        part_start, is_open = start + len(piece), False
    rest = message[part_start:]
    return [] if bool(rest) != is_open else [*parts, (rest, False)] if rest else parts


@lru_cache(maxsize=64)
def _patterns(source: str) -> tuple[tuple[str | None, ...], ...]:
    """The texts of a function into which something is put, those with most letters first; None marks a hole."""
    function = only_statement(source)
    texts = (tuple(_pieces(node)) for node in nodes_of(ast.expr, function)) if function else ()
    letters = {pieces: sum(map(str.isalpha, "".join(filter(None, pieces)))) for pieces in texts if None in pieces}
    return tuple(
        sorted(
            (text for text, count in letters.items() if count >= FEWEST_LETTERS), key=lambda text: -letters[text]
        )
    )


def _pieces(node: ast.expr) -> Iterator[str | None]:
    match node:
        case ast.JoinedStr(values):
            yield from (str(value.value) if isinstance(value, ast.Constant) else None for value in values)
        case ast.BinOp(ast.Constant(str(text)), ast.Mod()):
            yield from _parted(text, PERCENT)
        case ast.Call(ast.Attribute(ast.Constant(str(text)), "format")):
            yield from _parted(text, BRACES)
        case ast.BinOp(left, ast.Add(), right):
            yield from chain(_added(left), _added(right))


def _added(node: ast.expr) -> Iterator[str | None]:
    """The pieces of one side of a sum: a text, or a hole for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        yield from [*_pieces(node)] or [None]


def _parted(text: str, hole: re.Pattern[str]) -> Iterator[str | None]:
    """The pieces between the holes; a sign that is written twice stands for itself."""
    at = 0
    for match in hole.finditer(text):
        yield text[at : match.start()] + (match[1] or "")[:1]
        at = match.end()
        if not match[1]:
            yield None
    yield text[at:]
