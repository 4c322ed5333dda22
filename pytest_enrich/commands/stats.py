"""`pytest-enrich stats`: what was offered and what people made of it. Read from this folder, sent nowhere."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import click
from msgspec import Struct
from msgspec.structs import asdict

from pytest_enrich.commands.project import answer, json_option, project_option, say, tell_problems
from pytest_enrich.data import Suggestion, Tally
from pytest_enrich.reporters.words import duration, fit, percent, visible
from pytest_enrich.store import Store
from pytest_enrich.store.experience import Fate, by_period, fates, tally

UNKNOWN = "not known"
"""The group of suggestions that were decided on and have been cleaned away since."""
NO_MODEL = "without a model"
_NAME = 28


class Stats(Struct, frozen=True, kw_only=True):
    """All figures that the command shows.

    Attributes:
        total: For all suggestions.
        reasons: How many were turned down for which reason.
        by: By proposer, model, kind and grade.
        over_time: The same for each week, or month: in all, and grouped as in `by`.
        seconds: How long each decision in review took.
    """

    total: Tally
    reasons: dict[str, int]
    by: dict[str, dict[str, Tally]]
    over_time: dict[str, tuple[Tally, dict[str, dict[str, Tally]]]]
    seconds: tuple[float, ...]


@click.command("stats")
@json_option
@project_option
def command(store: Store) -> int:
    """Say what was offered, accepted, edited and rejected, by whom it was made, and how long a decision took."""
    tell_problems(store)
    stats = collect(fates(store.decisions(), (*store.lying("decided"), *store.lying("pending"))))
    nothing = "Nothing was offered so far.\nNext:  pytest --enrich"
    if not answer(_json(stats)):
        say("\n".join(_lines(stats)) if stats.total.offered else nothing)
    return 0


def collect(some: Sequence[Fate]) -> Stats:
    """The figures of all suggestions, from what became of each."""
    decisions = [fate.decision for fate in some if fate.decision]
    reasons = Counter(decision.reason for decision in decisions if decision.verb == "reject")
    return Stats(
        total=tally(some),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        by=_groups(some),
        over_time={period: (tally(group), _groups(group)) for period, group in by_period(some).items()},
        seconds=tuple(decision.seconds for decision in decisions if decision.seconds is not None),
    )


def _groups(some: Sequence[Fate]) -> dict[str, dict[str, Tally]]:
    """The tallies by who thought of a test, which model had a part in it, its kind and its grade."""
    return {
        "proposer": _grouped(some, lambda suggestion: suggestion.origin.proposer),
        "model": _grouped(some, lambda suggestion: suggestion.origin.model or NO_MODEL),
        "kind": _grouped(some, lambda suggestion: suggestion.kind),
        "grade": _grouped(some, lambda suggestion: suggestion.grade),
    }


def _grouped(some: Sequence[Fate], key: Callable[[Suggestion], str]) -> dict[str, Tally]:
    groups: dict[str, list[Fate]] = {}
    for fate in some:
        groups.setdefault(key(fate.suggestion) if fate.suggestion else UNKNOWN, []).append(fate)
    return {name: tally(groups[name]) for name in sorted(groups)}


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
    periods = {period: whole for period, (whole, _) in stats.over_time.items()}
    for name, groups in {**stats.by, "time": periods}.items():
        lines += ["", _row(f"by {name}", ("offered", "accepted", "edited", "rejected", "rate"))]
        lines += [_row(visible(group), _figures(counts)) for group, counts in groups.items()]
    return lines


def _row(name: str, cells: tuple[str, ...]) -> str:
    return f"{fit(name, _NAME):<{_NAME}}" + "".join(f"{cell:>10}" for cell in cells)


def _figures(counts: Tally) -> tuple[str, ...]:
    rate = "-" if counts.rate is None else percent(counts.rate * 100)
    return (*map(str, asdict(counts).values()), rate)


def _json(stats: Stats) -> Mapping[str, object]:
    median = statistics.median(stats.seconds) if stats.seconds else None
    return {
        "total": _with_rates(stats.total),
        "rejected": stats.reasons,
        "by": _with_rates(stats.by),
        "over_time": {
            period: _with_rates({"total": whole, "by": groups})
            for period, (whole, groups) in stats.over_time.items()
        },
        "seconds": {"median": median, "decisions": len(stats.seconds)},
    }


def _with_rates(told: object) -> object:
    """A tally, or tallies by name at any depth, each with its rate."""
    if isinstance(told, Tally):
        return {**asdict(told), "rate": told.rate}
    assert isinstance(told, dict)
    return {name: _with_rates(part) for name, part in told.items()}
