"""`pytest-enrich verify`: is a suggestion still true today, and a run? `run ID`: one test, shown as it runs."""

from __future__ import annotations

import sys

import click

from pytest_enrich.commands import pytest_run, replay, reproof
from pytest_enrich.commands.edit import edited_version, is_edited_by_hand
from pytest_enrich.commands.project import FOUND, answer, json_option, project_option, say, tell
from pytest_enrich.commands.pytest_run import Outcome
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import RefusedError, UsageError
from pytest_enrich.reporters.words import visible, visible_lines
from pytest_enrich.store import Store
from pytest_enrich.store.python_file import is_stale
from pytest_enrich.store.seal import options_of

_FINE = frozenset({"ok", "there"})
OUTPUT = frozenset({"fails", "unclear"})
_OF_TEST, _OF_BUG = {0: "ok"}, {0: "mended", 1: "there"}
"""The states by the status that pytest ends with."""


@click.command("verify")
@click.argument("identities", metavar="ID...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that wait.")
@click.option(
    "--replay", "run", metavar="RUN", help="Judge a whole run again: its number in the evidence, or last."
)
@json_option
@project_option
def command(store: Store, identities: tuple[str, ...], *, every: bool, run: str | None) -> int:
    """Run suggestions and possible bugs on today's tree; 1 when one is stale, fails, or is mended.

    With --replay, have a run's candidates climb all rungs again; 1 when a verdict is another one.
    """
    if [every, bool(identities), run is not None].count(True) != 1:
        raise UsageError("verify needs an ID, --all or --replay\nNothing was run.\nSee:  pytest-enrich list")
    if run is not None:
        compared = replay.replayed(store, run)
        if not answer(compared):
            say(visible_lines("\n".join(replay.told(compared))))
        return FOUND if compared.differences else 0
    answers = []
    for suggestion in (*store.pending(), *store.bugs()) if every else store.find_all(identities):
        state, output = verify(store, suggestion)
        answers.append({"id": suggestion.id, "state": state})
        say(f"{suggestion.id}  {state}")
        say(visible_lines(output)) if state in OUTPUT else None
    if not answer({"verified": answers}) and not answers:
        say("Nothing is pending.\nNext:  pytest --enrich")
    return FOUND if any(each["state"] not in _FINE for each in answers) else 0


def verify(store: Store, suggestion: Suggestion) -> tuple[str, str]:
    """`ok`, `stale` or `fails`, and the end of what pytest printed.

    Of a possible bug: `there`, `mended`, `stale` (the words are gone) or `unclear` (its test was not run).
    """
    if is_stale(store, suggestion):
        return "stale", ""
    states, otherwise = (_OF_BUG, "unclear") if suggestion.kind == "bug" else (_OF_TEST, "fails")
    try:
        outcome = run(store, suggestion)
    except RefusedError as error:
        return otherwise, str(error)
    return otherwise if outcome.late else states.get(outcome.status, otherwise), outcome.end


def run(store: Store, suggestion: Suggestion) -> Outcome:
    """Run the suggestion as if it were in its file; see `runnable`."""
    proven = runnable(store, suggestion)
    return pytest_run.suggestion(store, proven, options_of(store.rootdir, proven).words)


def runnable(store: Store, suggestion: Suggestion) -> Suggestion:
    """What may run outside the sandbox: the suggestion, or a person's version, as proven on this machine.

    Raises:
        RefusedError: It does not hold in the sandbox.
    """
    if is_edited_by_hand(store, suggestion):
        return reproof.passing(store, suggestion, edited_version(store, suggestion))
    believed = reproof.believed(store, suggestion)
    if believed.note:
        reproof.keep(store, believed.one)
        tell(visible(believed.note))
    return believed.one


@click.command("run", context_settings={"ignore_unknown_options": True})
@click.argument("identity", metavar="ID")
@click.argument("arguments", metavar="[-- PYTEST_ARGS]", nargs=-1, type=click.UNPROCESSED)
@project_option
def run_command(store: Store, identity: str, arguments: tuple[str, ...]) -> int:
    """Run one suggestion, or the test of a possible bug, with the fixtures of its target file.

    It answers what pytest answers: the test of a possible bug fails.
    """
    suggestion = runnable(store, store.find(identity))
    words = (*options_of(store.rootdir, suggestion).words, *arguments)
    # Somebody at a terminal may be in a debugger, and has Ctrl-C.
    outcome = pytest_run.shown(store, suggestion, words, None if sys.stdin.isatty() else pytest_run.LIMIT)
    if outcome.late:
        tell(f"{suggestion.id}: {outcome.last_line}")
    return outcome.status
