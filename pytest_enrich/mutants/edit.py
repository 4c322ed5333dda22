"""A source text whose nodes know their place in it, and edits of it."""

from __future__ import annotations

import ast
import bisect

from msgspec import Struct

from pytest_enrich.data.mutants import Operator
from pytest_enrich.gaps.text import parse
from pytest_enrich.mutants.bound import again

SHOWN = 40
BEFORE_IT = 12
Span = tuple[int, int]
"""Start and end as offsets in characters."""


class Edit(Struct, frozen=True):
    """One change: what is replaced by what, the statement it is in, and how people read it."""

    operator: Operator
    statement: int
    start: int
    end: int
    replacement: str
    before: str
    after: str


class Source:
    """A source text and its syntax tree; `again` are the assignments to names that have a value before.

    Raises:
        SyntaxError: It is not Python.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = parse(text)
        self.again = again(self.tree)
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, row: int, column: int) -> int:
        """Of a place as `ast` counts it: columns in bytes."""
        line = self._lines[row - 1]
        return self._starts[row - 1] + (column if line.isascii() else len(line.encode()[:column].decode()))

    def span(self, node: ast.AST) -> Span:
        """Of a node, without parentheses round it."""
        assert isinstance(node, (ast.expr, ast.stmt, ast.excepthandler, ast.pattern))
        end = self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return self.offset(node.lineno, node.col_offset), end

    def line(self, offset: int) -> int:
        """The line (1-based) that an offset is in."""
        return bisect.bisect_right(self._starts, offset)

    def cut(self, node: ast.AST) -> str:
        """A node's text."""
        start, end = self.span(node)
        return self.text[start:end]

    def edit(self, operator: Operator, statement: int, context: ast.AST, span: Span, replacement: str) -> Edit:
        """A replacement as part of `context`, the piece of code that people see."""
        start, end = span
        first, last = self.span(context)
        before = self.text[first:last]
        after = self.text[first:start] + replacement + self.text[end:last]
        return Edit(operator, statement, start, end, replacement, *_shown(before, after))

    def swap(self, operator: Operator, statement: int, node: ast.AST, replacement: str) -> Edit:
        """A replacement of all of a node."""
        return self.edit(operator, statement, node, self.span(node), replacement)


def _shown(before: str, after: str) -> tuple[str, str]:
    """Both on one line, and of long ones what is about the difference."""
    one, other = " ".join(before.split()), " ".join(after.split())
    if max(len(one), len(other)) <= SHOWN:
        return one, other
    pairs = zip(one, other, strict=False)
    same = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    start = max(0, same - BEFORE_IT) if same > SHOWN - BEFORE_IT else 0
    return _cut(one, start), _cut(other, start)


def _cut(line: str, start: int) -> str:
    rest = f"...{line[start:]}" if start else line
    return rest if len(rest) <= SHOWN else f"{rest[: SHOWN - 3]}..."
