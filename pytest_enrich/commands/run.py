"""`pytest-enrich run ID`: run one suggestion where it lies, with its target's fixtures."""

from __future__ import annotations

import sys
from functools import partial

import click

from pytest_enrich.commands import pytest_run, verify
from pytest_enrich.commands.project import project_option, say
from pytest_enrich.store import Store
from pytest_enrich.store.seal import options_of


@click.command("run", context_settings={"ignore_unknown_options": True})
@click.argument("identity", metavar="ID")
@click.argument("arguments", metavar="[-- PYTEST_ARGS]", nargs=-1, type=click.UNPROCESSED)
@project_option
def command(store: Store, identity: str, arguments: tuple[str, ...]) -> int:
    """Run one suggestion, or the test of a possible bug, with the fixtures of its target file.

    It answers what pytest answers: the test of a possible bug fails.
    """
    tell = partial(say, as_json=True)
    found = verify.runnable(store, store.find(identity), tell)
    words = (*options_of(store.rootdir, found).words, *arguments)
    # Somebody at a terminal may be in a debugger, and has Ctrl-C.
    outcome = pytest_run.shown(store, found, words, None if sys.stdin.isatty() else pytest_run.LIMIT)
    if outcome.late:
        tell(f"{found.id}: {outcome.last_line}")
    return outcome.status
