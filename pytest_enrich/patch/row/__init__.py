"""One more case of a test that exists: an element of its `parametrize` list.

Nothing else in the file changes: a case gets lines of its own, and the one before it a comma, or it goes to the
end of the line that holds them all. A line that gets too long is split into one for each case.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from pytest_enrich.data import NewRow
from pytest_enrich.imports import merge
from pytest_enrich.imports.elements import Elements, spliced
from pytest_enrich.imports.text import BOM, limit, split_bom
from pytest_enrich.patch.row import place
from pytest_enrich.patch.row.case import UNREADABLE, derive_id, new_case, parsed_row, read_case, styled
from pytest_enrich.patch.row.place import Spans, uses
from pytest_enrich.patch.scope import Scope, below, enter, parse, quotes, requote, unit


class Cases:
    """The list of cases that `row` belongs to, in the text of its file.

    Raises:
        RefusedError: The file is not Python, the test or a literal list for these names is not there, or the row
            is not one case.
    """

    def __init__(self, text: str, row: NewRow) -> None:
        self._text, self._row = text.removeprefix(BOM), row
        self._scope = enter(parse(self._text, row.placement.path), row.placement)
        self._place = place.find(self._scope, row)
        self._spans = Spans(self._scope)
        self._cases = self._spans.elements(self._place.cases)
        self._ids = self._spans.elements(self._place.ids) if self._place.ids is not None else None
        self._case = new_case(row, bare=self._place.bare)
        self._others = [read_case(element.value, bare=self._place.bare) for element in self._place.cases.elements]
        self.at = next((at for at, other in enumerate(self._others) if other.key == self._case.key), None)
        """Which of the cases has the same values; None when none has."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The cases as they are written."""
        return tuple(case.code for case in self._others)

    @property
    def carrier(self) -> str:
        """The node id of what gets the new case: the test, or the class that has the decorator."""
        return f"{self._row.placement.path}::{self._place.carrier}"

    @property
    def written(self) -> str:
        """The code of the new case in the style of the others."""
        return requote(styled(self._case, self._others, self._row.title), quotes(self._text))

    @property
    def code(self) -> str:
        """The code of the case as it stands in the text, "" when it is not there."""
        return "" if self.at is None else self._cases.codes[self.at]

    @property
    def line(self) -> int:
        """The line (1-based) on which the case begins, 0 when it is not there."""
        return 0 if self.at is None else self._spans.line(self._cases.spans[self.at][0])

    def inserted(self) -> str:
        """The text with the case at the end of its list, and an id at the end of the list of ids."""
        ids = [self._ids.inserted(len(self._ids.spans), self._new_id(self._ids))] if self._ids is not None else []
        whole = spliced(self._text, [self._cases.inserted(len(self._others), self.written), *ids])
        exploded = self._cases.exploded(self.written, unit(self._scope))
        if exploded is None or _fits(whole, self._text):
            return whole
        return spliced(self._text, [exploded, *ids])

    def alone(self, begin: str, end: str) -> str:
        """The text, which has the case, with the case between two comments and without other cases and tests."""
        assert self.at is not None, "the case is put in before it is shown alone"
        edits = [self._cases.only(self.at, begin, end)]
        number = self._place.id_of(self.at)
        if self._ids is not None and number is not None:
            edits.append((self._ids.start, self._ids.end, f"{self._ids.codes[number]},"))
        others = _other_tests(self._scope, self._row)
        return spliced(self._text, [*edits, *((*self._spans.of(other), "") for other in others)])

    def _new_id(self, ids: Elements) -> str:
        return requote(self._case.id or derive_id(self._row.title, ids.codes), quotes(self._text))


def _fits(new: str, old: str) -> bool:
    """Whether no new line is longer than lines may be in this file."""
    known, longest = {*old.splitlines()}, limit(old)
    return all(len(line.expandtabs(8)) <= longest for line in new.splitlines() if line not in known)


def insert(text: str, row: NewRow) -> str:
    """The file's text with `row` in it, and the imports that were missing; unchanged if the row is there.

    Raises:
        RefusedError: As `Cases`.
    """
    cases = Cases(text, row)
    if cases.at is not None:
        return text
    return split_bom(text)[0] + merge(cases.inserted(), row.imports, path=row.placement.path)


def is_there(text: str, row: NewRow) -> bool:
    """Whether the test has this case already, however it is written.

    Raises:
        RefusedError: As `Cases`.
    """
    return Cases(text, row).at is not None


def line(text: str, row: NewRow) -> int:
    """The line (1-based) on which the case begins, 0 when it is not there.

    Raises:
        RefusedError: As `Cases`.
    """
    return Cases(text, row).line


def _other_tests(scope: Scope, row: NewRow) -> Iterator[cst.CSTNode]:
    """The tests beside the one with the case, and beside its classes, except those used elsewhere by name."""
    bodies = [scope.module.body, *(owner.body.body for owner in scope.owners)]
    ours = [*(owner.name.value for owner in scope.owners), row.name]
    for body, own in zip(bodies, ours, strict=True):
        for node in body:
            if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.name.value != own:
                name = node.name.value
                if name.lower().startswith("test") and not _mentions(scope, name):
                    yield node


def _mentions(scope: Scope, name: str) -> int:
    """How often the name is used where it is not defined."""
    nodes = (node for node in below(scope.module) if isinstance(node, cst.FunctionDef | cst.ClassDef))
    return uses(scope.module, name) - sum(node.name.value == name for node in nodes)


__all__ = ["UNREADABLE", "Cases", "insert", "is_there", "line", "parsed_row"]
