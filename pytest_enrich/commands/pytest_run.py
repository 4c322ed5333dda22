"""The user's own pytest, run on a file or a suggestion."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.commands.project import tell
from pytest_enrich.data import Suggestion
from pytest_enrich.reporters.words import duration, visible
from pytest_enrich.store import Store, rebuild

_T = TypeVar("_T")
_USAGE = 4
_AUTOLOAD = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
_CACHE = "cacheprovider"
_LAST = 40
_GRACE = 20.0
LIMIT = 600.0
"""Seconds that a test file, or one suggestion, may take."""
SILENCE = 5.0
"""Seconds after which a person is told what is waited for."""


class Outcome(Struct, frozen=True):
    """How a pytest process ended, and what it printed; `late` if it was ended because it took too long.

    `failed` are the node ids of the tests of `files` that did not pass.
    """

    status: int
    output: str
    late: bool = False
    failed: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether tests ran and none failed."""
        return self.status == 0 and not self.late

    @property
    def last_line(self) -> str:
        """Pytest's own summary (`25 passed in 0.40s`)."""
        if self.late:
            return f"it did not come to its end within {duration(LIMIT)}"
        lines = [line for line in self.output.splitlines() if line.strip()]
        return lines[-1].strip("= ") if lines else f"pytest ended with {self.status}"

    @property
    def end(self) -> str:
        """The last lines of the output."""
        return "\n".join(self.output.rstrip().splitlines()[-_LAST:])


def files(store: Store, paths: Sequence[str], words: Sequence[str] = ()) -> Outcome:
    """Run test files together the way the user would, without touching caches or the user's coverage data.

    Coverage is off: a `fail_under` of the whole suite says nothing about a few files. `words` are options of
    pytest's command line with which the files' tests are run.
    """
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        cached = (word.replace(f"no:{_CACHE}", _CACHE) for word in words)
        arguments = ["-o", f"cache_dir={scratch}", f"--rootdir={store.rootdir}", *cached, *paths]
        outcome = _without_coverage(store, arguments, ", ".join(paths), inert=True)
        return replace(outcome, failed=_failed(Path(scratch)))


def _failed(cache: Path) -> tuple[str, ...]:
    """The tests that failed as pytest's own cache remembers them; none where it is switched off."""
    try:
        remembered = (cache / "v/cache/lastfailed").read_bytes()
        return tuple(msgspec.json.decode(remembered, type=dict[str, bool]))
    except (OSError, msgspec.MsgspecError):
        return ()


def suggestion(store: Store, wanted: Suggestion, words: Sequence[str] = ()) -> Outcome:
    """Run one suggestion with the fixtures of the file that it would go into, and keep the output."""
    with selecting(store, wanted) as chosen:
        return _without_coverage(store, ["-p", "no:cacheprovider", *chosen, *words], wanted.id, inert=False)


def shown(store: Store, wanted: Suggestion, words: Sequence[str], seconds: float | None) -> Outcome:
    """Like `suggestion`, but the output goes where ours goes; the status is the one that pytest ends with."""
    with selecting(store, wanted) as chosen:
        arguments = [f"--rootdir={store.rootdir}", *chosen, *words]
        with _started(store, arguments, {}, inert=False) as process:
            late = _waited(process, seconds)
    return Outcome(process.returncode, "", late)


def _waited(process: subprocess.Popen[bytes], seconds: float | None) -> bool:
    """Whether the process had to be ended; Ctrl-C reaches it, too, and then it has a moment to end by itself."""
    try:
        return _ended_late(process, seconds)
    except KeyboardInterrupt:
        _ended_late(process, _GRACE)
        raise


def _ended_late(process: subprocess.Popen[bytes], seconds: float | None) -> bool:
    if _ends_within(process, seconds):
        return False
    ignores = signal.getsignal(signal.SIGINT) == signal.SIG_IGN  # its children inherit that
    process.send_signal(signal.SIGTERM if ignores else signal.SIGINT)
    if not _ends_within(process, _GRACE):
        process.kill()
        process.wait()
    return True


def _ends_within(process: subprocess.Popen[bytes], seconds: float | None) -> bool:
    """Whether the process ends within so many seconds; with None, wait as long as it takes."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return True
    return False


@contextlib.contextmanager
def selecting(store: Store, wanted: Suggestion) -> Iterator[list[str]]:
    """The options by which our plugin collects this suggestion and nothing else.

    What is run is written anew: the file in the folder may hold more than the test, and compiled files may lie
    beside it.

    Raises:
        RefusedError: The test cannot be written as a file of its own.
    """
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        Store(Path(scratch), store.rootdir).save(wanted, "", rebuild.module_text(store, wanted))
        yield [*plugins(), f"--enrich-run={wanted.id}", f"--enrich-dir={scratch}"]


def plugins() -> list[str]:
    """The options that load our plugin and the one that it needs, where plugins are not autoloaded."""
    return ["-p", "pytest_enrich.pytest_hooks.autoload"] if os.environ.get(_AUTOLOAD) else []


def asked(
    store: Store, question: object, answer: type[_T], words: Sequence[str] = (), limit: float | None = None
) -> tuple[_T | None, Outcome]:
    """The answer of a pytest with this project's options to the question, and how it ended.

    The answer is None if it gave none; see `--enrich-prove`.
    """
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        file = Path(scratch) / "question.json"
        file.write_bytes(msgspec.json.encode(question))
        arguments = [*plugins(), f"--rootdir={store.rootdir}", *words, f"--enrich-prove={file}"]
        outcome = _captured(store, arguments, "", inert=False, limit=limit)
        try:
            return msgspec.json.decode(file.with_suffix(".answer").read_bytes(), type=answer), outcome
        except (OSError, msgspec.MsgspecError):
            return None, outcome


def _without_coverage(store: Store, arguments: Sequence[str], what: str, *, inert: bool) -> Outcome:
    """Run pytest with pytest-cov off, unless the project has disabled it so that the option is unknown."""
    quiet = ["-q", *arguments]
    outcome = _captured(store, [*quiet, "--no-cov"], what, inert=inert)
    if outcome.status == _USAGE and "--no-cov" in outcome.output:
        return _captured(store, quiet, what, inert=inert)
    return outcome


def _captured(
    store: Store, arguments: Sequence[str], what: str, *, inert: bool, limit: float | None = None
) -> Outcome:
    """What pytest prints, and how it ends: after the `limit` (or `LIMIT`) it is killed, with all it started.

    A person is told that they wait for `what`; "" where they were told before.
    """
    limit = LIMIT if limit is None else limit
    apart = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "start_new_session": True}
    with (
        tempfile.TemporaryFile() as output,
        _started(store, arguments, {"stdout": output, **apart}, inert=inert) as process,
    ):
        try:
            late = not _ends_within(process, min(SILENCE, limit))
            if late:
                tell(f"still running {visible(what)} ...") if what else None
                late = not _ends_within(process, max(limit - SILENCE, 0.0))
        finally:
            _end(process)
        output.seek(0)
        return Outcome(process.returncode, output.read().decode("utf-8", "replace"), late)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all that it started; one that has ended is left alone: its id may be another's now."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def _started(
    store: Store, arguments: Sequence[str], streams: Mapping[str, Any], *, inert: bool
) -> Iterator[subprocess.Popen[bytes]]:
    """A pytest process in the caller's environment, our plugin inert if asked; nothing stays beside the tests.

    A file that is written twice within a second must not be run from its outdated compiled form.
    """
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        ours = {"COVERAGE_FILE": f"{scratch}/coverage", "PYTHONDONTWRITEBYTECODE": "1"}
        env = {**os.environ, **ours, **({"PYTEST_ENRICH": "1"} if inert else {})}
        words = [sys.executable, "-m", "pytest", *arguments]
        with subprocess.Popen(words, cwd=store.rootdir, env=env, **streams) as process:
            yield process
