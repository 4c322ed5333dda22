"""`pytest-enrich stats`: what was offered and what people made of it. Read from this folder, sent nowhere."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import click
from msgspec import Struct
from msgspec.structs import asdict

from pytest_enrich.commands.project import answer, json_option, project_option, say, tell_problems
from pytest_enrich.data import Decision, Suggestion
from pytest_enrich.reporters.words import duration, fit, percent, visible
from pytest_enrich.store import Store

UNKNOWN = "not known"
"""The group of what was decided and cleaned away since."""
_NAME = 28


class Tally(Struct, frozen=True, kw_only=True):
    """How many suggestions were offered, accepted (of these `edited` by a person before), and rejected."""

    offered: int = 0
    accepted: int = 0
    edited: int = 0
    rejected: int = 0

    @property
    def rate(self) -> float | None:
        """Accepted of decided, 0 to 1; None when nothing was decided."""
        decided = self.accepted + self.rejected
        return self.accepted / decided if decided else None


class Stats(Struct, frozen=True, kw_only=True):
    """All figures: `by` proposer and by grade; `seconds` are those that decisions in review took."""

    total: Tally
    reasons: dict[str, int]
    by: dict[str, dict[str, Tally]]
    seconds: tuple[float, ...]


class _Fate(Struct, frozen=True):
    """One suggestion and the decision that stands, None while it waits."""

    suggestion: Suggestion | None
    decision: Decision | None


@click.command("stats")
@json_option
@project_option
def command(store: Store, *, as_json: bool) -> int:
    """Say what was offered, accepted, edited and rejected, by whom it was made, and how long a decision took."""
    tell_problems(store)
    lying = (*store.lying("decided"), *store.lying("pending"))
    bugs = {one.id for one in lying if one.kind == "bug"}
    decisions = [one for one in store.decisions() if one.id not in bugs]
    stats = collect(decisions, [one for one in lying if one.kind != "bug"])
    if as_json:
        answer(_json(stats))
    elif not stats.total.offered:
        say("Nothing was offered so far.\nNext:  pytest --enrich")
    else:
        say("\n".join(_lines(stats)))
    return 0


def collect(decisions: Iterable[Decision], suggestions: Iterable[Suggestion]) -> Stats:
    """The figures from all decisions, oldest first, and the suggestions that are still there."""
    standing: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        standing.pop((decision.id, decision.body), None)
        if decision.verb in {"accept", "reject"}:
            standing[decision.id, decision.body] = decision
    known = {(one.id, one.test.body_sha256): one for one in suggestions}
    fates = [_Fate(known.get(key), standing.get(key)) for key in {**known, **standing}]
    reasons = Counter(one.reason for one in standing.values() if one.verb == "reject")
    return Stats(
        total=_tally(fates),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        by={
            "proposer": _grouped(fates, lambda one: one.origin.proposer),
            "grade": _grouped(fates, lambda one: one.grade),
        },
        seconds=tuple(one.seconds for one in standing.values() if one.seconds is not None),
    )


def _grouped(fates: Sequence[_Fate], key: Callable[[Suggestion], str]) -> dict[str, Tally]:
    groups: dict[str, list[_Fate]] = {}
    for fate in fates:
        groups.setdefault(key(fate.suggestion) if fate.suggestion else UNKNOWN, []).append(fate)
    return {name: _tally(groups[name]) for name in sorted(groups)}


def _tally(fates: Sequence[_Fate]) -> Tally:
    decided = [fate.decision for fate in fates if fate.decision]
    return Tally(
        offered=len(fates),
        accepted=sum(one.verb == "accept" for one in decided),
        edited=sum(one.verb == "accept" and one.edited for one in decided),
        rejected=sum(one.verb == "reject" for one in decided),
    )


def _lines(stats: Stats) -> list[str]:
    total = stats.total
    accepted = f"accepted {total.accepted} ({total.edited} of them edited)"
    waiting = total.offered - total.accepted - total.rejected
    lines = [f"offered {total.offered}: {accepted}, rejected {total.rejected}, {waiting} not decided"]
    if stats.reasons:
        named = ", ".join(f"{visible(name)} {count}" for name, count in stats.reasons.items())
        lines.append(f"rejected as  {named}")
    if stats.seconds:
        median = duration(statistics.median(stats.seconds))
        lines.append(f"a decision took {median} (median of {len(stats.seconds)} in review)")
    for name, groups in stats.by.items():
        lines += ["", _row(f"by {name}", ("offered", "accepted", "edited", "rejected", "rate"))]
        lines += [_row(visible(group), _figures(tally)) for group, tally in groups.items()]
    return lines


def _row(name: str, cells: tuple[str, ...]) -> str:
    return f"{fit(name, _NAME):<{_NAME}}" + "".join(f"{cell:>10}" for cell in cells)


def _figures(tally: Tally) -> tuple[str, ...]:
    rate = "-" if tally.rate is None else percent(tally.rate * 100)
    return (*map(str, asdict(tally).values()), rate)


def _json(stats: Stats) -> Mapping[str, object]:
    median = statistics.median(stats.seconds) if stats.seconds else None
    by = {name: {group: _with_rate(tally) for group, tally in groups.items()} for name, groups in stats.by.items()}
    return {
        "total": _with_rate(stats.total),
        "rejected": stats.reasons,
        "by": by,
        "seconds": {"median": median, "decisions": len(stats.seconds)},
    }


def _with_rate(tally: Tally) -> Mapping[str, object]:
    return {**asdict(tally), "rate": tally.rate}
