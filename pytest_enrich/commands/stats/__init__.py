"""`pytest-enrich stats`: what was offered and what people made of it. Read from this folder, sent nowhere."""

from __future__ import annotations

from collections.abc import Mapping

import click
import msgspec

from pytest_enrich.commands.project import answer, json_option, project_option, say, tell_problems
from pytest_enrich.commands.stats import ledger
from pytest_enrich.commands.stats.ledger import Ledger, Tally
from pytest_enrich.reporters.words import duration, fit, percent, visible
from pytest_enrich.store import Store

_DAYS = 14
_NAME = 28
_UNSAID = ("model", "strategy")
"""Groups that say nothing when nobody is in them but those without one."""


@click.command("stats")
@json_option
@project_option
def command(store: Store, *, as_json: bool) -> int:
    """Say what was offered, accepted, edited and rejected, by whom it was made, and how long a decision took."""
    tell_problems(store)
    lying = (*store.lying("decided"), *store.lying("pending"))
    of_bugs = {one.id for one in lying if one.kind == "bug"}
    decisions = [one for one in store.decisions() if one.id not in of_bugs]
    found = ledger.fold(decisions, [one for one in lying if one.kind != "bug"])
    if as_json:
        answer(_json(found))
    elif not found.total.offered:
        say("Nothing was offered so far.\nNext:  pytest --enrich")
    else:
        say("\n".join(_lines(found)))
    return 0


def _lines(found: Ledger) -> list[str]:
    total = found.total
    accepted = f"accepted {total.accepted} ({total.edited} of them edited)"
    waiting = total.offered - total.accepted - total.rejected
    lines = [f"offered {total.offered}: {accepted}, rejected {total.rejected}, {waiting} not decided"]
    if found.reasons:
        named = ", ".join(f"{visible(name)} {count}" for name, count in found.reasons.items())
        lines.append(f"rejected as  {named}")
    if found.seconds is not None:
        lines.append(f"a decision took {duration(found.seconds)} (median of {found.measured} in review)")
    for name, groups in found.by.items():
        if groups and (name not in _UNSAID or set(groups) != {ledger.UNKNOWN}):
            lines += ["", _row(f"by {name}", ("offered", "accepted", "edited", "rejected", "rate"))]
            lines += [_row(visible(group), _figures(groups[group])) for group in _latest(name, groups)]
    return lines


def _latest(name: str, groups: Mapping[str, Tally]) -> list[str]:
    """All groups; of days the latest."""
    return list(groups)[-_DAYS:] if name == "day" else list(groups)


def _row(name: str, cells: tuple[str, ...]) -> str:
    text = fit(name, _NAME)
    return f"{text:<{_NAME}}" + "".join(f"{cell:>10}" for cell in cells)


def _figures(tally: Tally) -> tuple[str, ...]:
    rate = "-" if tally.rate is None else percent(tally.rate * 100)
    return (*map(str, (tally.offered, tally.accepted, tally.edited, tally.rejected)), rate)


def _json(found: Ledger) -> dict[str, object]:
    return {
        "total": _with_rate(found.total),
        "rejected": found.reasons,
        "by": {
            name: {group: _with_rate(one) for group, one in groups.items()} for name, groups in found.by.items()
        },
        "seconds": {"median": found.seconds, "decisions": found.measured},
    }


def _with_rate(tally: Tally) -> dict[str, object]:
    return {**msgspec.structs.asdict(tally), "rate": tally.rate}
