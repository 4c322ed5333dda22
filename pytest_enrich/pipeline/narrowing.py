"""Targets with fewer gaps: those that somebody has closed already are left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Branch, Gap, Target


def narrowed(target: Target, done: Sequence[Gap]) -> Target:
    """The target without these gaps."""
    identities = {gap.id for gap in done}
    return without(target, lambda gap: gap.id in identities)


def still_open(target: Target, covered: Collection[tuple[str, int | Branch]]) -> Target:
    """The target without the gaps of which a line or a branch was covered meanwhile."""
    return without(target, lambda gap: any((gap.path, part) in covered for part in (*gap.lines, *gap.branches)))


def without(target: Target, closed: Callable[[Gap], bool]) -> Target:
    """The target with the gaps that are not closed, and the way to each."""
    pairs = list(zip(target.gaps, target.conditions, strict=True))
    left = [(gap, way) for gap, way in pairs if not closed(gap)]
    return replace(target, gaps=tuple(gap for gap, _ in left), conditions=tuple(way for _, way in left))
