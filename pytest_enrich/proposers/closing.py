"""Which gaps of a target something closes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pytest_enrich.data import Gap
from pytest_enrich.data.code import Branch


def closed(gaps: Iterable[Gap], lines: Collection[int], branches: Collection[Branch]) -> list[Gap]:
    """Those that are closed at least partly by these: decisions first, then what is closed as a whole."""
    reached, took = set(lines), set(branches)
    found = [gap for gap in gaps if reached & set(gap.lines) or took & set(gap.branches)]
    return sorted(found, key=lambda gap: (not took & set(gap.branches), not reached.issuperset(gap.lines)))
