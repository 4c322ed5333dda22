"""A file's text by the places of its nodes, as `ast` counts them."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable
from typing import TypeAlias

from pytest_enrich.data import Span

Edit: TypeAlias = tuple[Span, str]
"""What is replaced, and by what; nothing overlaps."""

OPERATORS = (b"=", b"<", b">", b"+", b",")
"""What brackets behind these only hold together."""


class Text:
    """A Python file.

    Raises:
        SyntaxError: It is none.
        ValueError: It holds a null character.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        # Columns count bytes, and only these end a line for Python.
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "surrogatepass").split(b"\n")

    def source(self, node: ast.AST) -> str:
        """The source of an expression, on one line."""
        first, start, last, end = span(node)
        if first != last:
            return ast.unparse(node)
        return _decoded(self._lines[first - 1][start:end])

    def rewritten(self, place: Span, edits: Iterable[Edit] = ()) -> str:
        """What is at `place`, whole lines of it without their indentation, with what lies in it replaced."""
        return textwrap.dedent(self.raw(place, edits))

    def opening(self, block: ast.With, edits: Iterable[Edit] = ()) -> str:
        """What a block begins with, without the colon, with what lies in it replaced."""
        first, start, *_ = span(block)
        last = max((one.optional_vars or one.context_expr for one in block.items), key=lambda node: span(node)[2:])
        return self.rewritten((first, start, *span(last)[2:]), edits).strip()

    def is_empty(self, line: int) -> bool:
        """Whether nothing is on a line."""
        return 0 < line <= len(self._lines) and not self._lines[line - 1].strip()

    def raw(self, place: Span, edits: Iterable[Edit] = ()) -> str:
        """The same with the indentation that it has in the file."""
        first, start, last, end = place
        lines = self._lines[first - 1 : last]
        lines[-1] = lines[-1][:end]
        for (line, begin, until, stop), new in sorted(edits, reverse=True):
            if not (place[:2] <= (line, begin) and (until, stop) <= place[2:]):
                continue
            head, tail = lines[line - first][:begin], lines[until - first][stop:]
            left = head + new.encode("utf-8", "surrogatepass") + tail
            lines[line - first : until - first + 1] = [left] * bool(new or left.strip())
            if new and line < until:
                _unwrap(lines, line - first)
        lines[0] = b" " * start + lines[0][start:]
        return _decoded(b"\n".join(lines))


def _unwrap(lines: list[bytes], at: int) -> None:
    """Take what several lines were in brackets for out of them, where it is alone in them on one line now."""
    above, own, below = (lines[one].rstrip() if 0 <= one < len(lines) else b"" for one in (at - 1, at, at + 1))
    opened = above.removesuffix(b"(").rstrip()
    if opened != above and below.strip() == b")" and not own.endswith(b",") and opened[-1:] in OPERATORS:
        lines[at - 1 : at + 2] = [opened + b" " + own.lstrip()]


def span(node: ast.AST) -> Span:
    """Where a node that has a place is, with its decorators."""
    first = min(one.lineno for one in (node, *getattr(node, "decorator_list", ())))
    return first, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


def is_within(place: Span, whole: Span) -> bool:
    """Whether a place lies in another one, or is it."""
    return whole[:2] <= place[:2] and place[2:] <= whole[2:]


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
