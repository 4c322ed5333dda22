"""Decisions, folded into what they come to. Values in, values out."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from pytest_enrich.data import Decision, Suggestion

UNKNOWN = "not known"
"""The group of what was decided and cleaned away since, or made by what has no such part."""

_DAY = 10  # of an ISO date


class Tally(Struct, frozen=True, kw_only=True):
    """What became of some suggestions.

    Attributes:
        offered: How many there were in all.
        accepted: How many were accepted, the edited ones among them.
        edited: How many of these a person had changed before.
        rejected: How many were turned down.
        rate: Of those decided the share that was accepted, None when none was.
    """

    offered: int = 0
    accepted: int = 0
    edited: int = 0
    rejected: int = 0

    @property
    def rate(self) -> float | None:
        """Accepted of decided, 0 to 1."""
        decided = self.accepted + self.rejected
        return self.accepted / decided if decided else None


class Ledger(Struct, frozen=True, kw_only=True):
    """All figures. `by` holds a tally a group: of proposers, models, strategies, grades, and days of deciding."""

    total: Tally
    reasons: dict[str, int]
    by: dict[str, dict[str, Tally]]
    seconds: float | None
    measured: int


class _Fate(Struct, frozen=True):
    """One suggestion and the decision that stands, None while it waits."""

    suggestion: Suggestion | None
    decision: Decision | None


def fold(decisions: Iterable[Decision], suggestions: Iterable[Suggestion]) -> Ledger:
    """The figures from all decisions, oldest first, and the suggestions that are still there."""
    standing = _standing(decisions)
    known = {(one.id, one.test.body_sha256): one for one in suggestions}
    fates = [_Fate(known.get(key), standing.get(key)) for key in {**known, **standing}]
    seconds = [one.seconds for one in standing.values() if one.seconds is not None]
    reasons = Counter(one.reason for one in standing.values() if one.verb == "reject")
    return Ledger(
        total=_tally(fates),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        by={name: _grouped(fates, key) for name, key in _KEYS.items()},
        seconds=statistics.median(seconds) if seconds else None,
        measured=len(seconds),
    )


def _standing(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """A person's decisions that were not taken back, by id and body."""
    found: dict[tuple[str, str], Decision] = {}
    for one in decisions:
        found.pop((one.id, one.body), None)
        if one.verb in {"accept", "reject"}:
            found[one.id, one.body] = one
    return found


def _grouped(fates: Sequence[_Fate], key: Callable[[_Fate], str]) -> dict[str, Tally]:
    groups: dict[str, list[_Fate]] = {}
    for fate in fates:
        groups.setdefault(key(fate), []).append(fate)
    groups.pop("", None)
    return {name: _tally(groups[name]) for name in sorted(groups)}


def _tally(fates: Sequence[_Fate]) -> Tally:
    decided = [fate.decision for fate in fates if fate.decision]
    return Tally(
        offered=len(fates),
        accepted=sum(one.verb == "accept" for one in decided),
        edited=sum(one.verb == "accept" and one.edited for one in decided),
        rejected=sum(one.verb == "reject" for one in decided),
    )


def _origin(name: str) -> Callable[[_Fate], str]:
    """A part of who thought of it, "" where there is no such part."""
    return lambda fate: str(getattr(fate.suggestion.origin, name)) if fate.suggestion else UNKNOWN


_KEYS: Mapping[str, Callable[[_Fate], str]] = {
    "proposer": _origin("proposer"),
    "model": _origin("model"),
    "strategy": _origin("strategy"),
    "grade": lambda fate: fate.suggestion.grade if fate.suggestion else UNKNOWN,
    "day": lambda fate: fate.decision.at[:_DAY] if fate.decision else "",
}
