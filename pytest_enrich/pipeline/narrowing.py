"""Targets with fewer gaps: those that somebody has closed already are left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pytest_enrich.data import Branch, Gap, Target


def narrowed(target: Target, done: Sequence[Gap]) -> Target:
    """The target without these gaps."""
    identities = {gap.id for gap in done}
    return target.without(lambda gap: gap.id in identities)


def still_open(target: Target, covered: Collection[tuple[str, int | Branch]]) -> Target:
    """The target without the gaps of which a line or a branch was covered meanwhile."""
    return target.without(lambda gap: any((gap.path, part) in covered for part in (*gap.lines, *gap.branches)))
