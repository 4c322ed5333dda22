"""Where the nodes of a test file stand in its text, and the elements of its literal lists."""

from __future__ import annotations

import bisect
from itertools import accumulate

import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider

from pytest_enrich.imports.elements import Elements
from pytest_enrich.imports.text import newline, split, unreadable
from pytest_enrich.patch.row.place import Listing
from pytest_enrich.patch.scope import Scope


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
        """Start and end of a node, as offsets in characters."""
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

    def elements(self, listing: Listing) -> Elements:
        """The elements of a literal list."""
        is_list = isinstance(listing, cst.List)
        opening, closing = (
            (listing.lbracket, listing.rbracket)
            if isinstance(listing, cst.List)
            else (listing.lpar[-1], listing.rpar[0])
        )
        inside = self.of(opening)[0] + 1, self.of(closing)[1] - 1
        return Elements(self.text, inside, [*map(self._without_comma, listing.elements)], is_tuple=not is_list)

    def _without_comma(self, element: cst.BaseElement) -> tuple[int, int]:
        start, end = self.of(element)
        return start, self.of(element.comma)[0] if isinstance(element.comma, cst.Comma) else end
