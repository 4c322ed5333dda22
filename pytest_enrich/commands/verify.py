"""`pytest-enrich verify ID|--all`: is it still true on today's tree?"""

from __future__ import annotations

import click

from pytest_enrich.commands import pytest_run
from pytest_enrich.commands.output import answer, json_option, say
from pytest_enrich.commands.project import project_option
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters.words import visible_lines
from pytest_enrich.store import Store, rebuild, staleness

_FOUND = 1


@click.command("verify")
@click.argument("identities", metavar="ID...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that are pending.")
@json_option
@project_option
def command(store: Store, identities: tuple[str, ...], *, every: bool, as_json: bool) -> int:
    """Run suggestions on today's tree; 1 when one is stale or fails."""
    if every == bool(identities):
        raise UsageError("verify needs an ID, or --all\nNothing was run.\nSee:  pytest-enrich list")
    chosen = store.pending() if every else tuple({one.id: one for one in map(store.find, identities)}.values())
    answers = []
    for one in chosen:
        state, output = verify(store, one)
        answers.append({"id": one.id, "state": state})
        say(f"{one.id}  {state}", as_json=as_json)
        say(visible_lines(output), as_json=as_json) if state == "fails" else None
    if as_json:
        answer({"verified": answers})
    return _FOUND if any(each["state"] != "ok" for each in answers) else 0


def verify(store: Store, one: Suggestion) -> tuple[str, str]:
    """`ok`, `stale` or `fails`, and the end of what pytest printed."""
    if staleness.is_stale(store, one):
        return "stale", ""
    rebuild.module(store, one)
    outcome = pytest_run.suggestion(store, one.id)
    return ("ok" if outcome.passed else "fails"), outcome.end
