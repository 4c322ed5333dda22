"""`pytest-enrich clean`: remove what was decided, what is stale, and old evidence; never what waits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import click

from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.commands.taking import settle_interrupted
from pytest_enrich.config.policy import RetentionRules
from pytest_enrich.data import Decision, Suggestion
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters.words import counted
from pytest_enrich.store import Store, disk, rebuild, targets
from pytest_enrich.store.python_file import is_stale


@click.command("clean")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@project_option
def command(store: Store, *, yes: bool) -> int:
    """Remove decided and stale suggestions (their undo with them); never those that wait.

    A policy may have them kept for some days, and have evidence removed after some.
    """
    settle_interrupted(store)
    rules = targets.policy_of(store.rootdir)
    stale = [suggestion for suggestion in store.pending() if is_stale(store, suggestion)]
    decided = tuple(_decided(store, rules.policy.retention))
    days = rules.policy.retention.evidence_days
    old = _older(days) if days is not None and not store.evidence.check().faults else lambda _at: False
    runs = len(store.evidence.old(old))
    if not (stale or decided or runs):
        say("Nothing to clean.")
    elif not yes:
        _ask(len(decided), len(stale), runs)
    if stale or decided:
        _remove(store, stale, decided)
        say(f"Removed {len(decided)} decided and {len(stale)} stale.\nNext:  pytest-enrich list")
    lines = store.evidence.remove(old, f"{rules.name} {rules.sha256}") if runs else 0
    say(f"Removed {counted(lines, 'line')} of evidence.") if lines else None
    answer({"decided": decided, "stale": [suggestion.id for suggestion in stale], "evidence": lines})
    return 0


def _decided(store: Store, rules: RetentionRules) -> Iterator[str]:
    """The folders of what was decided long enough ago; older ones of the same id have a `~` in their name."""
    is_old = _older(rules.decided_days) if rules.decided_days is not None else lambda _at: True
    latest = {decision.id: decision.at for decision in store.decisions()}
    yield from (name for name in store.decided_names() if is_old(latest.get(name.partition("~")[0], disk.now())))


def _older(days: int) -> Callable[[str], bool]:
    limit = datetime.now(tz=timezone.utc) - timedelta(days=days)
    return lambda at: at <= f"{limit:%Y-%m-%dT%H:%M:%SZ}"


def _ask(decided: int, stale: int, runs: int) -> None:
    """Ask on a terminal.

    Raises:
        UsageError: There is no terminal.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            "clean asks before it removes\nNothing was removed.\nWithout asking:  pytest-enrich clean --yes"
        )
    parts = f"{counted(decided, 'decided suggestion')} and {counted(stale, 'stale one')}"
    parts += f", and the evidence of {counted(runs, 'run')}" if runs else ""
    click.confirm(f"Remove {parts}? They can no longer be undone", abort=True, err=True)


def _remove(store: Store, stale: list[Suggestion], decided: tuple[str, ...]) -> None:
    store.clean(decided)  # first: one that is stale may have the id of one that was decided
    for suggestion in stale:
        store.decide(Decision(id=suggestion.id, verb="stale", body=suggestion.test.body_sha256, at=disk.now()))
    store.clean(suggestion.id for suggestion in stale)
    rebuild.texts(store)
