"""The fewest of several sets that hold together what all of them hold."""

from __future__ import annotations

from collections.abc import Sequence


def smallest(whole: frozenset[str], parts: Sequence[frozenset[str]]) -> tuple[int, ...] | None:
    """Which parts to keep, by their place, ascending, so that nothing of `whole` is lost.

    Greedy: the one that holds the most of what is left first, of equals the earlier; what the others then hold as
    well goes again, the later first.

    Returns:
        None when the parts do not hold all of `whole`.
    """
    kept: list[int] = []
    left = whole
    while left:
        best = max(range(len(parts)), key=lambda at: (len(parts[at] & left), -at), default=-1)
        if best < 0 or not parts[best] & left:
            return None
        kept.append(best)
        left -= parts[best]
    for at in sorted(kept, reverse=True):
        others = frozenset().union(*(parts[other] for other in kept if other != at))
        if whole <= others:
            kept.remove(at)
    return tuple(sorted(kept))
