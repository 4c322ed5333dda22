"""The user's own pytest, run on a file or a suggestion."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from pytest_enrich.commands.project import DEFAULT
from pytest_enrich.store import Store

_USAGE = 4
_AUTOLOAD = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
_LAST = 40
_GRACE = 20.0


class Outcome(Struct, frozen=True):
    """How a pytest process ended, and what it printed; `late` when it had to be ended."""

    status: int
    output: str
    late: bool = False

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


def within(
    store: Store, arguments: Sequence[str], seconds: float | None, environment: Mapping[str, str]
) -> Outcome:
    """Run the user's pytest for at most `seconds` (None: no limit); then it is asked to end, with what it has.

    A Ctrl-C at the terminal reaches both processes; this one waits for the other.
    """
    with (
        tempfile.TemporaryFile() as output,
        subprocess.Popen(
            [sys.executable, "-m", "pytest", *_plugins(), *_folder(store), *arguments],
            cwd=store.rootdir,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            late = _ended_late(process, seconds)
        except KeyboardInterrupt:
            _ended_late(process, _GRACE)
            raise
        output.seek(0)
        return Outcome(process.returncode, output.read().decode("utf-8", "replace"), late)


def _ended_late(process: subprocess.Popen[bytes], seconds: float | None) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return False
    ignores = signal.getsignal(signal.SIGINT) == signal.SIG_IGN  # as what it starts does then
    process.send_signal(signal.SIGTERM if ignores else signal.SIGINT)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return True


def selecting(store: Store, identity: str) -> list[str]:
    """The options by which our plugin collects this suggestion and nothing else."""
    return [*_plugins(), f"--enrich-run={identity}", *_folder(store)]


def _plugins() -> list[str]:
    """Where plugins are not loaded by themselves, ours and the one that it needs have to be."""
    return (
        ["-p", "pytest_enrich.pytest_hooks.autoload"] if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD") else []
    )


def _folder(store: Store) -> list[str]:
    elsewhere = store.directory != store.rootdir / DEFAULT
    return [f"--enrich-dir={store.directory}"] if elsewhere else []


def reproof(store: Store, file: Path) -> Outcome:
    """Prove the suggestion in `file`, with the options of this project; the answer comes beside it."""
    return _captured(store, [*_plugins(), f"--rootdir={store.rootdir}", f"--enrich-prove={file}"], inert=False)


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
