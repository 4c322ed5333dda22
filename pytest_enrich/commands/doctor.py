"""`pytest-enrich doctor`: is everything there? If not, with the commands that fix it."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct

from pytest_enrich import __version__
from pytest_enrich.commands import reproof
from pytest_enrich.commands.project import FOUND, answer, json_option, project_option, say
from pytest_enrich.config import Settings
from pytest_enrich.reporters.words import counted, visible
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.isolation import RLIMITS_ONLY
from pytest_enrich.store import Store, targets
from pytest_enrich.store.evidence import Answers

_MODEL = 60.0
"""Seconds for a model to load and to show what it can do."""


class Check(Struct, frozen=True):
    """One thing that was looked at; `fix` is a command, "" when all is well."""

    name: str
    ok: bool
    found: str
    fix: str = ""


@click.command("doctor")
@json_option
@project_option
def command(store: Store) -> int:
    """Say whether everything that a run needs is there; 1 when something is not."""
    checks = tuple(_checks(store))
    wrong = [check for check in checks if not check.ok]
    answer({"pytest_enrich": __version__, "checks": checks})
    for check in checks:
        say(f"  {'ok ' if check.ok else 'NO '} {check.name:<12} {visible(check.found)}")
        say(f"      fix:  {check.fix}") if check.fix else None
    good = "Everything is there.\nNext:  pytest --enrich"
    say(f"\n{counted(len(wrong), 'problem')}; each has its fix above." if wrong else f"\n{good}")
    return FOUND if wrong else 0


def _checks(store: Store) -> Iterator[Check]:
    yield _folder(store)
    yield _limits()
    yield from _isolation(store.rootdir)
    yield from _model(store)
    yield from _inside(store)


def _model(store: Store) -> Iterator[Check]:
    """Which local model a run would ask, and what it can do; none is needed."""
    from pytest_enrich.proposers.ollama import abilities, connect
    from pytest_enrich.proposers.ollama.asking import Asker
    from pytest_enrich.proposers.ollama.gate import Refusal
    from pytest_enrich.proposers.ollama.naming import FIRST

    rules = targets.policy_of(store.rootdir)
    connection = connect.connect(Settings(rootdir=store.rootdir, directory=store.directory, policy=rules))
    if isinstance(connection, Refusal):
        remedy = f" ({connection.remedy.partition(':')[2].strip()})" * bool(connection.remedy)
        yield Check("model", ok=True, found=f"none: {connection.reason}{remedy}: not needed")
        return
    yield Check("model", ok=True, found=f"{connection.heading}; {connection.reason}")
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        kept = Answers(store.directory if store.exists() else Path(scratch), store.rootdir)
        end = time.monotonic() + _MODEL
        asker = Asker(connection.client, connection.model, kept, lambda: end - time.monotonic())
        asker.warm(FIRST)
        yield Check("  good for", ok=True, found=abilities.told(abilities.look(asker)))
    connection.client.close()


def _folder(store: Store) -> Check:
    """Whether the suggestions folder, or the one it would be made in, can be written; nothing stays behind."""
    place = store.directory
    if os.path.lexists(place) and not store.exists():
        return Check("folder", ok=False, found=f"{place} is not ours", fix="pytest --enrich --enrich-dir=OTHER")
    writable = next(folder for folder in (place, *place.parents) if folder.is_dir())
    try:
        with tempfile.TemporaryFile(dir=writable):
            return Check("folder", ok=True, found=f"{place} can be written")
    except OSError as error:
        fix = "pytest --enrich --enrich-dir=/tmp/enrich-suggestions"
        return Check("folder", ok=False, found=f"{place}: {error.strerror}", fix=fix)


def _limits() -> Check:
    """Whether candidate code can be held to limits here."""
    try:
        import resource

        for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):
            resource.setrlimit(limit, resource.getrlimit(limit))
    except (ImportError, OSError, ValueError) as error:
        fix = "docker run --rm -it -v .:/code -w /code python:3.12 bash"
        return Check("limits", ok=False, found=f"cannot be set: {error}", fix=fix)
    return Check("limits", ok=True, found="memory, time and file size can be limited")


def _isolation(rootdir: Path) -> Iterator[Check]:
    """The isolation that generated code would run in, and each of its layers; with less, less may be run."""
    name, layers = isolation.survey(rootdir)
    note = ": code that a model writes is not run here" if name == RLIMITS_ONLY.name else ""
    yield Check("isolation", ok=True, found=f"{name}{note}")
    yield from (Check(f"  {layer.name}", ok=True, found=layer.found) for layer in layers)


def _inside(store: Store) -> Iterator[Check]:
    """Whether existing tests pass where candidates run: they may not, even with all libraries there."""
    rehearsal = reproof.rehearse(store)
    name = f"in {rehearsal.isolation}: " if rehearsal.isolation else ""
    if rehearsal.trouble:
        # What lets tests do more inside; if there is nothing, what shows if they pass outside.
        is_less = rehearsal.isolation == "landlock+seccomp"
        fix = "apt-get install bubblewrap" if is_less else f"{sys.executable} -m pytest -x"
        yield Check("inside", ok=False, found=f"{name}{rehearsal.trouble}", fix=fix)
        return
    passed, of = len(rehearsal.passed), len(rehearsal.passed) + len(rehearsal.fallen)
    tests = f"{counted(len(rehearsal.tests), 'existing test')} passed in {passed} of {of} ways of running them"
    yield Check("inside", ok=True, found=f"{name}{tests if rehearsal.tests else 'there is no test to try'}")
    yield from (Check("  left out", ok=True, found=way) for way in rehearsal.fallen)
