"""`pytest-enrich run ID`: run one suggestion where it lies, with its target's fixtures."""

from __future__ import annotations

import subprocess
import sys

import click

from pytest_enrich.commands import pytest_run
from pytest_enrich.commands.project import project_option
from pytest_enrich.store import Store, rebuild


@click.command("run", context_settings={"ignore_unknown_options": True})
@click.argument("identity", metavar="ID")
@click.argument("arguments", metavar="[-- PYTEST_ARGS]", nargs=-1, type=click.UNPROCESSED)
@project_option
def command(store: Store, identity: str, arguments: tuple[str, ...]) -> int:
    """Run one suggestion with the fixtures of its target file; answers what pytest answers."""
    found = store.find(identity)
    rebuild.module(store, found)
    words = [sys.executable, "-m", "pytest", *pytest_run.selecting(store, found.id), *arguments]
    return subprocess.run(words, cwd=store.rootdir, check=False).returncode
