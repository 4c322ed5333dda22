"""A Python text as tokens: what stays equal when only comments, spacing and positions change."""

from __future__ import annotations

import base64
import bisect
import hashlib
import io
import tokenize
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from pytest_enrich.imports.text import column, tree_of

Place = tuple[int, int]
"""A row (1-based) and a column (0-based, in characters)."""

_F_STRING_STARTS = {getattr(tokenize, name, -1) for name in ("FSTRING_START", "TSTRING_START")}
_F_STRING_ENDS = {getattr(tokenize, name, -1) for name in ("FSTRING_END", "TSTRING_END")}
_LENGTH = 8


class Token(Struct, frozen=True):
    """One token that matters, and where it starts and ends."""

    text: str
    start: Place
    end: Place


class Text:
    """A text that parses, its syntax tree and its tokens.

    Raises:
        SyntaxError: It is not Python, or too deeply nested to be read.
    """

    def __init__(self, text: str) -> None:
        unix = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
        self.lines = unix.split("\n")
        self.tree = tree_of(unix)
        self.first_line: dict[int, int] = {}
        self.tokens = list(self._read(unix))
        self._starts = [token.start for token in self.tokens]

    def _read(self, unix: str) -> Iterator[Token]:
        logical: list[Token] = []
        for token in whole_strings(unix):
            if token.text.strip():
                logical.append(token)
                yield token
            elif logical:
                self._join(logical)
                logical = []

    def _join(self, logical: Sequence[Token]) -> None:
        """Remember the first line of a statement that takes several (what coverage counts it as)."""
        first, last = logical[0].start[0], logical[-1].end[0]
        for line in range(first + 1, last + 1):
            self.first_line.setdefault(line, first)

    def place(self, row: int, offset: int) -> Place:
        """The place of a node: `ast` counts columns in bytes, `tokenize` in characters."""
        line = self.lines[row - 1] if row <= len(self.lines) else ""
        return (row, column(line, offset))

    def between(self, start: Place, end: Place) -> list[Token]:
        """The tokens that start in the half-open range."""
        return self.tokens[bisect.bisect_left(self._starts, start) : bisect.bisect_left(self._starts, end)]

    def first(self, line: int) -> int:
        """The line that coverage counts `line` as."""
        return self.first_line.get(line, line)


def whole_strings(text: str) -> Iterator[Token]:
    """The tokens of `text`, an f-string as one (as before Python 3.12), a logical line's end as an empty one.

    Raises:
        SyntaxError: It cannot be tokenised.
    """
    lines = text.split("\n")
    depth, start = 0, (0, 0)
    for token in _tokens(text):
        if token.type in _F_STRING_STARTS:
            start = start if depth else token.start
            depth += 1
        elif token.type in _F_STRING_ENDS:
            depth -= 1
            if not depth:
                yield Token(_cut(lines, start, token.end), start, token.end)
        elif token.type == tokenize.NEWLINE and not depth:
            yield Token("", token.start, token.end)
        elif token.type != tokenize.COMMENT and token.string.strip() and not depth:
            yield Token(token.string, token.start, token.end)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except tokenize.TokenError as error:
        raise SyntaxError(str(error)) from error


def _cut(lines: Sequence[str], start: Place, end: Place) -> str:
    (row, column), (last, stop) = start, end
    if row == last:
        return lines[row - 1][column:stop]
    return "\n".join([lines[row - 1][column:], *lines[row : last - 1], lines[last - 1][:stop]])


def one_line(tokens: Sequence[Token]) -> str:
    """The tokens as a reader sees them, without comments, on one line."""
    parts: list[str] = []
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        if before and before.end[0] == token.start[0]:
            parts.append(" " if token.start[1] > before.end[1] else "")
        elif before and before.text not in "([{" and token.text not in ")]}":
            parts.append(" ")
        parts.append(" ".join(token.text.split()) if "\n" in token.text else token.text)
    return "".join(parts)


def digest(parts: Iterable[str]) -> str:
    """Eight letters and digits (40 bits) that stand for `parts`."""
    hashed = hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).digest()
    return base64.b32encode(hashed).decode()[:_LENGTH].lower()


def tokens_digest(text: str) -> str:
    """Hash of a text's tokens: comments, spacing and indentation do not change it.

    Returns:
        64 hexadecimal digits. A text that cannot be tokenised counts as it stands.
    """
    try:
        normalized = " ".join(token.text for token in whole_strings(text.replace("\r\n", "\n")) if token.text)
    except SyntaxError:
        normalized = text
    return hashlib.sha256(normalized.encode(errors="surrogatepass")).hexdigest()
