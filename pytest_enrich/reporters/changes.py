"""A unified diff of one file as changes of ranges of lines: what editors and review tools apply."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_HUNK = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+")


class Change(Struct, frozen=True, kw_only=True):
    """Lines of the old file become others.

    Attributes:
        line: The first line that changes (1-based); of an insertion the one that it comes before.
        removed: The old lines, without their ends; empty for an insertion.
        added: The new lines, the same.
        before: The old line above, None when there is none that is known.
    """

    line: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    before: str | None = None


def read(difference: str) -> tuple[Change, ...]:
    """The changes in order; empty for no diff."""
    found: list[Change] = []
    for line, marked in _hunks(difference):
        found += _changes(line, marked)
    return tuple(found)


def _hunks(difference: str) -> Iterator[tuple[int, list[str]]]:
    """The first old line of each hunk, and its lines with their signs."""
    first, left = 0, 0
    lines: list[str] = []
    for text in difference.split("\n"):
        match = _HUNK.match(text) if not left else None
        if match:
            if lines:
                yield first, lines
            lines, left = [], _length(text)
            # An empty range is named by the line before it.
            first = int(match[1]) + (match[2] == "0")
        elif left and not text.startswith("\\"):
            lines.append(text)
            left -= 2 if text[:1] not in {"+", "-"} else 1
    if lines:
        yield first, lines


def _length(header: str) -> int:
    """How many old and new lines the hunk has together: text that looks like a header ends none."""
    ranges = re.findall(r"[-+][0-9]{1,9}(?:,([0-9]{1,9}))?", header.partition(" @@")[0])
    return sum(int(count) if count else 1 for count in ranges[:2])


def _changes(line: int, marked: list[str]) -> Iterator[Change]:
    before: str | None = None
    removed: list[str] = []
    added: list[str] = []
    start = line
    for text in [*marked, " "]:
        sign, content = text[:1], text[1:]
        if sign == "-":
            removed.append(content)
            line += 1
        elif sign == "+":
            added.append(content)
        else:
            if removed or added:
                yield Change(line=start, removed=tuple(removed), added=tuple(added), before=before)
            removed, added, before = [], [], content
            line += 1
            start = line
