"""A source text as something to change: its statements, its expressions, and edits of them."""

from __future__ import annotations

import ast
import bisect
from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.code import Mutant, Operator
from pytest_enrich.gaps.outline import children, first_row, is_docstring
from pytest_enrich.imports.text import column as characters
from pytest_enrich.imports.text import tree_of

SHOWN = 40
BEFORE_IT = 12
Span = tuple[int, int]
"""Start and end as offsets in characters."""
Role: TypeAlias = Literal["", "test", "default", "annotation"]
"""What an expression is to its parent."""

_BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)
# What is inside strings has no place of its own before Python 3.12, and annotations and decorators run once.
_CLOSED = (ast.JoinedStr, getattr(ast, "TemplateStr", ast.JoinedStr))
_PASSED_OVER = {"annotation", "returns", "decorator_list", "type_params", "type_comment"}
_DEFAULTS = {"defaults", "kw_defaults"}


class Source:
    """A source text and its syntax tree.

    Raises:
        SyntaxError: It is not Python.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = tree_of(text)
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, row: int, column: int) -> int:
        """Of a place as `ast` counts it: columns in bytes."""
        line = self._lines[row - 1]
        return self._starts[row - 1] + characters(line, column)

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

    def edit(self, operator: Operator, statement: int, context: ast.AST, span: Span, replacement: str) -> Mutant:
        """A replacement as part of `context`, the piece of code that people see."""
        start, end = span
        first, last = self.span(context)
        before = self.text[first:last]
        after = self.text[first:start] + replacement + self.text[end:last]
        shown, instead = _shown(before, after)
        return Mutant(
            line=self.line(start),
            statement=statement,
            operator=operator,
            before=shown,
            after=instead,
            start=start,
            end=end,
            replacement=replacement,
        )

    def swap(self, operator: Operator, statement: int, node: ast.AST, replacement: str) -> Mutant:
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


class Site(Struct, frozen=True, eq=False):
    """A statement, handler or case, and the line that coverage counts it as."""

    node: ast.AST
    line: int


def sites(tree: ast.Module) -> Iterator[Site]:
    """All statements in the order of the text, docstrings left out."""
    waiting = list(children(tree))[::-1]
    while waiting:
        node = waiting.pop()
        if not is_docstring(node):
            line = node.lineno if isinstance(node, (ast.stmt, ast.excepthandler)) else first_row(node)
            yield Site(node, line)
        waiting += list(children(node))[::-1]


def expressions(node: ast.AST) -> Iterator[tuple[ast.AST, Role]]:
    """The expressions of a statement's own header or line, outer ones first."""
    for name, value in ast.iter_fields(node):
        if name in _PASSED_OVER:
            continue
        role: Role = "test" if name in {"test", "ifs", "guard"} else "default" if name in _DEFAULTS else ""
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, _BLOCKS):
                yield child, role
                if not isinstance(child, _CLOSED):
                    yield from expressions(child)
