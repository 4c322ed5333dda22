"""Decisions of several folders, joined into one log that is only appended to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_enrich.data import Decision


def missing(ours: Sequence[Decision], others: Iterable[Sequence[Decision]]) -> tuple[Decision, ...]:
    """The decisions of `others` that `ours` does not have and that are later than its last on the same test.

    Older ones would change nothing but the state, and wrongly: it is what the last line says. Oldest first.
    """
    latest: dict[tuple[str, str], str] = {}
    for one in ours:
        latest[one.id, one.body] = max(one.at, latest.get((one.id, one.body), ""))
    known = set(ours)
    every = dict.fromkeys(one for decisions in others for one in decisions if one not in known)
    later = [one for one in every if one.at > latest.get((one.id, one.body), "")]
    return tuple(sorted(later, key=lambda one: one.at))
