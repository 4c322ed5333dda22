"""The rung `gains`: which gaps a measured run closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_enrich.data import Branch, Gap, Proved


def gained(
    proved: Proved, path: str, gaps: Sequence[Gap]
) -> tuple[tuple[str, ...], tuple[int, ...], tuple[Branch, ...]]:
    """The gaps that a run closed, at least partly, and the missing lines and branches of them that it executed."""
    ran, took = set(proved.lines.get(path, ())), set(proved.branches.get(path, ()))
    # A gap with branches is closed by taking one: lines alone can be run by other ways (`exec`).
    closed = [gap for gap in gaps if (took & set(gap.branches) if gap.branches else ran & set(gap.lines))]
    lines = sorted(_each(ran & set(gap.lines) for gap in closed))
    branches = sorted(_each(took & set(gap.branches) for gap in closed))
    return tuple(gap.id for gap in closed), tuple(lines), tuple(branches)


def _each(parts: Iterator[set[int]] | Iterator[set[Branch]]) -> set:  # type: ignore[type-arg]
    return set().union(*parts)
