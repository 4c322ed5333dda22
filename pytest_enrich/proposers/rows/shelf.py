"""The existing tests near a target, each file of them read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from pytest_enrich.data import Target
from pytest_enrich.proposers.rows import reading
from pytest_enrich.proposers.rows.addable import Addable
from pytest_enrich.proposers.rows.sheet import KINDS, Sheet
from pytest_enrich.proposers.rows.text import Text

REPORT = r"(?i)(?:issue|bug|ticket|gh|pr)_?\d+"


class Shelf:
    """Gives tests as sheets.

    Args:
        target: What they are near to.
        read: Gives the text of a test file, "" for none.
        known: What they may be given besides.
    """

    def __init__(self, target: Target, read: Callable[[str], str], known: Addable) -> None:
        self._target = target
        self._read = read
        self._known = known
        self._texts: dict[str, Text | None] = {}

    def sheets(
        self, nodeids: Iterable[str], wanted: Callable[[Sheet], bool], most: int, *, apart: bool = False
    ) -> list[Sheet]:
        """So many of the tests that are wanted and in which something can vary, those with cases first.

        With `apart` they are there to make tests beside them of.
        """
        found = (one for one in map(self._sheet(apart=apart), nodeids) if one is not None and wanted(one))
        added = (one.with_added(self._known) for one in sorted(found, key=_worth))
        return list(islice((one for one in added if one.pattern.holes), most))

    def _sheet(self, *, apart: bool) -> Callable[[str], Sheet | None]:
        def sheet(nodeid: str) -> Sheet | None:
            text, style = self._text(nodeid.partition("::")[0]), self._target.placement.style
            if text is None:
                return None
            return reading.read(text, nodeid, style, self._target.fixtures, apart=apart)

        return sheet

    def _text(self, path: str) -> Text | None:
        if path not in self._texts:
            self._texts[path] = parsed(self._read(path))
        return self._texts[path]


def parsed(text: str) -> Text | None:
    """A file's text with its nodes; None where it is no Python."""
    try:
        return Text(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def by_file(sheets: Iterable[Sheet]) -> Iterator[list[Sheet]]:
    """Those of each file, in the order of the files."""
    files: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        files.setdefault(sheet.placement.path, []).append(sheet)
    yield from files.values()


def _worth(sheet: Sheet) -> tuple[bool, bool, int]:
    """Rows first; last what is about one report, where cases of anything else are out of place."""
    is_report = bool(re.search(REPORT, sheet.function.name))
    return is_report, not sheet.takes_rows, KINDS.index(sheet.kind)
