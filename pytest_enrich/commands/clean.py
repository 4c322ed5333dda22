"""`pytest-enrich clean`: remove what was decided and what is stale; never what waits."""

from __future__ import annotations

import sys

import click

from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.commands.taking import settle_interrupted
from pytest_enrich.data import Decision, Suggestion
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters.words import counted
from pytest_enrich.store import Store, disk, rebuild
from pytest_enrich.store.python_file import is_stale


@click.command("clean")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@project_option
def command(store: Store, *, yes: bool, as_json: bool) -> int:
    """Remove decided and stale suggestions (their undo with them); never those that wait."""
    settle_interrupted(store)
    stale = [one for one in store.pending() if is_stale(store, one)]
    decided = store.decided_names()
    if not stale and not decided:
        say("Nothing to clean.", as_json=as_json)
    elif not yes:
        _ask(len(decided), len(stale))
    if stale or decided:
        _remove(store, stale)
        say(f"Removed {len(decided)} decided and {len(stale)} stale.\nNext:  pytest-enrich list", as_json=as_json)
    if as_json:
        answer({"decided": decided, "stale": [one.id for one in stale]})
    return 0


def _ask(decided: int, stale: int) -> None:
    """Ask on a terminal.

    Raises:
        UsageError: There is none.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            "clean asks before it removes\nNothing was removed.\nWithout asking:  pytest-enrich clean --yes"
        )
    what = f"{counted(decided, 'decided suggestion')} and {counted(stale, 'stale one')}"
    click.confirm(f"Remove {what}? They can no longer be undone", abort=True, err=True)


def _remove(store: Store, stale: list[Suggestion]) -> None:
    for one in stale:
        store.decide(Decision(id=one.id, verb="stale", body=one.test.body_sha256, at=disk.now()))
    store.clean()
    rebuild.texts(store)
