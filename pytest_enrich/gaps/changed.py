"""Gaps and coverage of the changed lines alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from pytest_enrich.data.code import Gap
from pytest_enrich.gaps.measured import FileCoverage
from pytest_enrich.gaps.text import Text


class Counted(Struct, frozen=True, kw_only=True):
    """Changed statements: how many `lines` in how many `files`; by file those that no test runs (`open`)."""

    files: int = 0
    lines: int = 0
    open: dict[str, tuple[int, ...]] = {}


def statements(lines: Mapping[str, Sequence[int]], texts: Mapping[str, str]) -> dict[str, set[int]]:
    """For each changed file the lines that coverage counts its changed lines as; files in `texts` only."""
    return {path: _firsts(texts[path], changed) for path, changed in lines.items() if path in texts}


def within(gaps: Iterable[Gap], changed: Mapping[str, Collection[int]]) -> tuple[Gap, ...]:
    """The gaps in which a changed line is missing, is the decision, or is where a missing branch starts."""
    return tuple(gap for gap in gaps if not _places(gap).isdisjoint(changed.get(gap.path, ())))


def count(files: Iterable[FileCoverage], changed: Mapping[str, Collection[int]]) -> Counted:
    """What coverage says about the changed lines."""
    found = [(one, set(one.statements) & set(changed.get(one.path, ()))) for one in files]
    touched = [(one, lines) for one, lines in found if lines]
    missing = {one.path: tuple(sorted(lines & set(one.missing_lines))) for one, lines in touched}
    return Counted(
        files=len(touched),
        lines=sum(len(lines) for _, lines in touched),
        open={path: lines for path, lines in missing.items() if lines},
    )


def _firsts(text: str, lines: Iterable[int]) -> set[int]:
    try:
        known = Text(text)
    except (SyntaxError, ValueError, RecursionError):
        return set(lines)
    return {known.first(line) for line in lines}


def _places(gap: Gap) -> set[int]:
    return {gap.line, *gap.lines, *(abs(start) for start, _ in gap.branches)}
