"""The user's own pytest, run on a file or a suggestion."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from pytest_enrich.commands.project import DEFAULT
from pytest_enrich.store import Store

_USAGE = 4
_LAST = 40


class Outcome(Struct, frozen=True):
    """How a pytest process ended, and what it printed."""

    status: int
    output: str

    @property
    def passed(self) -> bool:
        """Whether tests ran and none failed."""
        return self.status == 0

    @property
    def last_line(self) -> str:
        """Pytest's own summary (`25 passed in 0.40s`)."""
        lines = [line for line in self.output.splitlines() if line.strip()]
        return lines[-1].strip("= ") if lines else f"pytest ended with {self.status}"

    @property
    def end(self) -> str:
        """The end of what it printed."""
        return "\n".join(self.output.rstrip().splitlines()[-_LAST:])


def file(store: Store, path: str) -> Outcome:
    """Run one test file the way the user would, without touching caches or the user's coverage data.

    Coverage is off: a `fail_under` of the whole suite says nothing about one file.
    """
    return _without_coverage(store, [f"--rootdir={store.rootdir}", path], inert=True)


def suggestion(store: Store, identity: str) -> Outcome:
    """Run one suggestion with the fixtures of the file that it would go into, and keep the output."""
    return _without_coverage(store, selecting(store, identity), inert=False)


def selecting(store: Store, identity: str) -> list[str]:
    """The options by which our plugin collects this suggestion and nothing else."""
    elsewhere = store.directory != store.rootdir / DEFAULT
    return [f"--enrich-run={identity}", *([f"--enrich-dir={store.directory}"] if elsewhere else [])]


def reproof(store: Store, file: Path) -> Outcome:
    """Prove the suggestion in `file`, with the options of this project; the answer comes beside it."""
    return _captured(store, [f"--rootdir={store.rootdir}", f"--enrich-prove={file}"], inert=False)


def _without_coverage(store: Store, arguments: Sequence[str], *, inert: bool) -> Outcome:
    """Switch pytest-cov off, where the project has not done so itself in a way that hides the option."""
    quiet = ["-q", "-p", "no:cacheprovider", *arguments]
    outcome = _captured(store, [*quiet, "--no-cov"], inert=inert)
    if outcome.status == _USAGE and "--no-cov" in outcome.output:
        return _captured(store, quiet, inert=inert)
    return outcome


def _captured(store: Store, arguments: Sequence[str], *, inert: bool) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=store.rootdir,
            env=_environment(Path(scratch), inert=inert),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return Outcome(done.returncode, done.stdout.decode("utf-8", "replace"))


def _environment(scratch: Path, *, inert: bool) -> dict[str, str]:
    """The caller's, with our plugin inert if asked, and nothing left beside the tests.

    A file that is written twice in a second must not be answered from its compiled form.
    """
    ours = {"COVERAGE_FILE": str(scratch / "coverage"), "PYTHONDONTWRITEBYTECODE": "1"}
    return {**os.environ, **ours, **({"PYTEST_ENRICH": "1"} if inert else {})}
