"""A literal list in the text of its file: edits that add an element or take one out, and touch nothing else."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from itertools import accumulate
from typing import TypeAlias

import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider

from pytest_enrich.imports.text import newline, split, unreadable
from pytest_enrich.patch.row.place import Listing
from pytest_enrich.patch.scope import Scope

Edit: TypeAlias = tuple[int, int, str]
"""Where a text is replaced, as offsets in characters, and by what."""
_COMMENT = re.compile(r"#[^\r\n]*")
_BREAK = re.compile(r"[\r\n]")


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits in it, of which no two overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


class Spans:
    """Where the nodes of a module stand in its text, with the parentheses and white space that are theirs.

    Raises:
        RefusedError: The module is nested too deeply.
    """

    def __init__(self, scope: Scope) -> None:
        self.text = scope.module.code
        self.newline = newline(self.text)
        self._starts = [0, *accumulate(map(len, split(self.text)))]
        wrapper = MetadataWrapper(scope.module, unsafe_skip_copy=True)
        try:
            self._ranges = wrapper.resolve(WhitespaceInclusivePositionProvider)
        except RecursionError as error:
            raise unreadable(scope.path, "", error) from error

    def of(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end of a node."""
        found = self._ranges[node]
        start = self._starts[found.start.line - 1] + found.start.column
        return start, self._starts[found.end.line - 1] + found.end.column

    def line(self, offset: int) -> int:
        """The line (1-based) that an offset is in."""
        return bisect.bisect_right(self._starts, offset)

    def lines(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where the lines of a node begin and end."""
        start, end = self.of(node)
        return self._starts[self.line(start) - 1], self._starts[min(self.line(end), len(self._starts) - 1)]

    def indent(self, offset: int) -> str:
        """The white space that the line of an offset begins with."""
        line = self.text[self._starts[self.line(offset) - 1] : offset]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def lead(self, offset: int) -> str:
        """What stands before an offset on its line."""
        return self.text[self._starts[self.line(offset) - 1] : offset]


class Elements:
    """The elements of a list, `start` and `end` being those of what is inside of its brackets."""

    def __init__(self, spans: Spans, node: Listing) -> None:
        self._spans, self._text = spans, spans.text
        self._is_tuple = isinstance(node, cst.Tuple)
        opening, closing = (
            (node.lbracket, node.rbracket) if isinstance(node, cst.List) else (node.lpar[-1], node.rpar[0])
        )
        self.start, self.end = spans.of(opening)[0] + 1, spans.of(closing)[1] - 1
        self.spans = [self._without_comma(one) for one in node.elements]
        self._has_comma = bool(node.elements) and isinstance(node.elements[-1].comma, cst.Comma)

    def _without_comma(self, element: cst.BaseElement) -> tuple[int, int]:
        start, end = self._spans.of(element)
        return start, self._spans.of(element.comma)[0] if isinstance(element.comma, cst.Comma) else end

    @property
    def codes(self) -> list[str]:
        """The elements as they are written."""
        return [self._text[start:end] for start, end in self.spans]

    def appended(self, code: str) -> Edit:
        """With one more element at its end: on a line of its own where the last one has one."""
        if not self.spans:
            return self.start, self.end, self._in_line([code])
        start, end = self.spans[-1]
        if not self._begins_line(start):
            is_bare = self._is_tuple and len(self.spans) == 1 and self._text[end : self.end] == ","
            return end, self.end if is_bare else end, f", {code}"
        stop, lead = self._line_end(end), self._spans.lead(start)
        if "," in lead:  # lines begin with commas
            return stop, stop, f"{self._spans.newline}{lead}{code}"
        before, after = ("", ",") if self._has_comma else (",", "")
        return end, stop, f"{before}{self._text[end:stop]}{self._spans.newline}{lead}{code}{after}"

    def without(self, at: int) -> Edit:
        """Without one element: what `appended` made of it comes back as it was."""
        start, end = self.spans[at]
        if len(self.spans) == 1:
            return self.start, self.end, ""
        is_last = at == len(self.spans) - 1
        # A tuple of one cannot do without its comma.
        comma = "," if self._is_tuple and len(self.spans) == 2 and not self._has_comma else ""  # noqa: PLR2004
        if not is_last and not self._has_lines(at):
            following = self.spans[at + 1]
            return start, following[1], f"{self._text[slice(*following)]}{comma}"
        previous = self.spans[at - 1][1]
        if not self._has_lines(at):
            return previous, end, comma
        lead, stop = self._spans.lead(start), self._line_end(end)
        above = len(self._text[: start - len(lead)].removesuffix("\n").removesuffix("\r"))
        if not is_last or self._has_comma or comma or "," in lead:
            return above, stop, ""
        return previous, stop, _without_comma(self._text[previous:above])

    def exploded(self, code: str, step: str) -> Edit | None:
        """With one more element, all on lines of their own; None for what is not plainly on one line."""
        if self._text[self.start : self.end] != self._in_line(self.codes):
            return None
        indent = self._spans.newline + self._spans.indent(self.start)
        return self.start, self.end, "".join(f"{indent}{step}{one}," for one in [*self.codes, code]) + indent

    def collapsed(self, at: int) -> Edit | None:
        """Without one element, the others on one line; None for what is so already, or has comments."""
        inside = self._text[self.start : self.end]
        if not _BREAK.search(inside) or "#" in inside:
            return None
        return self.start, self.end, self._in_line([*self.codes[:at], *self.codes[at + 1 :]])

    def only(self, at: int, begin: str, end: str) -> Edit:
        """With one element alone, between two comments."""
        indent = self._spans.newline + self._spans.indent(self.start)
        lines = "".join(f"{indent}    {one}" for one in (begin, f"{self.codes[at]},", end))
        return self.start, self.end, lines + indent

    def _in_line(self, codes: list[str]) -> str:
        return ", ".join(codes) + ("," if self._is_tuple and len(codes) == 1 else "")

    def _begins_line(self, start: int) -> bool:
        """Whether only white space, or the comma before it, stands before an element on its line."""
        return not self._spans.lead(start).strip(" \t,")

    def _has_lines(self, at: int) -> bool:
        """Whether an element has its lines for itself, with its comma."""
        if not self._begins_line(self.spans[at][0]):
            return False
        following = self._spans.lead(self.spans[at + 1][0]) if at + 1 < len(self.spans) else ""
        return not following.strip(" \t,") and not (at == 0 and "," in following)

    def _line_end(self, end: int) -> int:
        """Where what belongs to an element ends on its line: its comma, and a comment."""
        found = _BREAK.search(self._text, end, self.end)
        return found.start() if found else end + (self._text[end] == ",")


def _without_comma(gap: str) -> str:
    """What is between two elements without the comma; comments may hold others."""
    at = _COMMENT.sub(lambda comment: " " * len(comment[0]), gap).index(",")
    return gap[:at] + gap[at + 1 :]
