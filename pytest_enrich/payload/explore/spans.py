"""Where the parts of a template are: offsets in its text."""

from __future__ import annotations

import ast
import re

NAME = re.compile(r"⟨[^⟩]*⟩")
Span = tuple[int, int]
"""Start and end as offsets in characters."""


def parse(template: str) -> tuple[ast.Expression, Places]:
    """The syntax tree of a template, and what says where its nodes are.

    Raises:
        SyntaxError, ValueError, RecursionError: It is no expression that can be read.
    """
    # Of the same length, so that what stands where is the same in both.
    readable = NAME.sub(lambda match: "_" * len(match[0]), template)
    return ast.parse(readable, mode="eval"), Places(readable)


class Places:
    """Where a node's text is; the parser counts bytes of UTF-8 in a line."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)
        self._starts = [sum(map(len, self._lines[:at])) for at in range(len(self._lines))]

    def of(self, part: tuple[ast.expr | ast.keyword, ast.expr]) -> Span:
        """From the start of the first node to the end of the second."""
        first, last = part
        return self._at(first.lineno, first.col_offset), self._at(last.end_lineno or 1, last.end_col_offset or 0)

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())
