"""`pytest-enrich run ID`: run one suggestion where it lies, with its target's fixtures."""

from __future__ import annotations

import subprocess
import sys

import click

from pytest_enrich.commands import pytest_run
from pytest_enrich.commands.project import project_option
from pytest_enrich.store import Store, bugs, rebuild


@click.command("run", context_settings={"ignore_unknown_options": True})
@click.argument("identity", metavar="ID")
@click.argument("arguments", metavar="[-- PYTEST_ARGS]", nargs=-1, type=click.UNPROCESSED)
@project_option
def command(store: Store, identity: str, arguments: tuple[str, ...]) -> int:
    """Run one suggestion, or the test of a possible bug, with the fixtures of its target file.

    It answers what pytest answers: the test of a possible bug fails.
    """
    bug = bugs.find(store, identity)
    found = bug or store.find(identity)
    bugs.restore_module(store, bug) if bug else rebuild.module(store, store.find(identity))
    words = [sys.executable, "-m", "pytest", *pytest_run.selecting(store, found.id), *arguments]
    return subprocess.run(words, cwd=store.rootdir, check=False).returncode
