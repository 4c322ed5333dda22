"""Whether what a process has loaded is still what lies on the disk."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from pytest_enrich.data import Execution, Job, World
from pytest_enrich.sandboxes import child, environment, reply
from pytest_enrich.sandboxes.environment import scratch_directory
from pytest_enrich.sandboxes.forkserver import forker
from pytest_enrich.sandboxes.limits import excess, start
from pytest_enrich.sandboxes.process import ProcessSandbox

Stamp: TypeAlias = tuple[int, int] | None
"""Time of change in nanoseconds, and size; None for a file that is not there."""

CONFIGURATION = (
    "conftest.py",
    "__init__.py",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)
GRAIN = 20_000_000
"""Nanoseconds by which a file's time may lie before the clock's."""
UNSURE = (-1, -1)


def take_stamp(files: Iterable[str], since: int) -> dict[str, Stamp]:
    """Stamps of files read after `since` (nanoseconds); one that changed since may have been read before."""
    stamps = {file: of(file) for file in files}
    return {file: UNSURE if stamp and stamp[0] >= since - GRAIN else stamp for file, stamp in stamps.items()}


def of(file: str) -> Stamp:
    """The stamp of a file as it is now."""
    try:
        found = os.stat(file)  # noqa: PTH116 - many files for each job
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def holds(stamps: Mapping[str, Stamp]) -> bool:
    """Whether all files are as they were."""
    return all(of(file) == stamp for file, stamp in stamps.items())


def configuring(rootdir: Path, argument: Path | None) -> set[str]:
    """Files that would count for tests at `argument`, whether they are there or not."""
    place = rootdir if argument is None else argument
    above = [folder for folder in (place, *place.parents) if folder.is_relative_to(rootdir)]
    return {str(folder / name) for folder in (*above, rootdir) for name in CONFIGURATION}


def take_surroundings(environ: Mapping[str, str], allowed: Iterable[str]) -> dict[str, str]:
    """What of the environment reaches every job."""
    return environment.clean(environ, Path(os.sep), allowed=tuple(allowed))


class Zygote:
    """A process that has pytest configured for tests at `argument` (None: without tests), in a world.

    Attributes:
        unfit: Why it does no jobs; "" when it does.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, fresh: ProcessSandbox, argument: Path | None, world: World = environment.HERE) -> None:
        self._fresh = fresh
        self._world = world
        self._base = take_surroundings(os.environ, fresh.env)
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False
        self._open = contextlib.ExitStack()
        since = time.time_ns()
        try:
            self._place = self._open.enter_context(scratch_directory(home=world.home))
            self._environ = environment.clean(os.environ, self._place, allowed=fresh.env, world=world)
            output = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it is closed with all the rest
            self._open.enter_context(output)
            told = forker.start(fresh, self._place, argument, world)
            self._forker = forker.Forker(fresh, told, self._environ, output)
            self._open.callback(self._forker.close)
            ready = self._forker.ready()
        except BaseException:
            self.close()
            raise
        self.unfit = ready.unfit
        self._files = {os.path.realpath(file) for file in ready.files}
        self._held = {os.path.realpath(file) for file in ready.held}
        wanted = {*ready.files, *configuring(fresh.rootdir, argument)}
        self._stamps = take_stamp(wanted, since)

    @property
    def number(self) -> int:
        """Of the process."""
        return self._forker.number

    def is_current(self) -> bool:
        """Whether it lives (or had a reason not to), and is made of what there is now."""
        alive = bool(self.unfit) or self._forker.is_alive()
        surroundings = take_surroundings(os.environ, self._fresh.env)
        return alive and surroundings == self._base and holds(self._stamps)

    def has_loaded(self, path: str) -> bool:
        """Whether a file (relative to the project) is loaded already, so that no other text can take its place."""
        return os.path.realpath(self._fresh.rootdir / path) in self._files

    def holds(self, path: str) -> bool:
        """Whether a file is loaded in a way that it cannot be imported anew, as if nothing had been."""
        return os.path.realpath(self._fresh.rootdir / path) in self._held

    def execute(self, job: Job, timeout: float) -> Execution | None:
        """Do `job` in a fork; None when this process ended, and the job with it.

        Raises:
            OSError: The job's files cannot be made.
        """
        with scratch_directory(self._place, self._world.home) as place:
            answer_file = place / reply.answer_name()
            ended = self._run(job, answer_file, timeout)
            return None if ended is None else reply.judge(job, ended, answer_file)

    def _run(self, job: Job, answer_file: Path, timeout: float) -> child.Ended | None:
        place = answer_file.parent
        environ = environment.clean(os.environ, place, allowed=self._fresh.env, world=self._world)
        own = {name: value for name, value in environ.items() if self._environ.get(name) != value}
        job_file = place / "job.json"
        job_file.write_bytes(msgspec.json.encode(self._fresh.work(job, answer_file, timeout, own)))
        before = start(place)
        with tempfile.TemporaryFile(buffering=0) as output, self._forker.asked(job_file, output) as reader:
            watch = child.Watch(time.monotonic() + timeout, functools.partial(excess, place, before))
            said, stopped = self._forker.attend(reader, job_file, watch)
            if not stopped and child.how(said) in {"", "stopped"} and self._forker.is_gone():
                # With it and the job's supervisor gone, nobody has ended the job.
                child.end_strays(self._place.name)
                child.end_strays(place.name)
                return None
            return child.ended(said, stopped, watch.excess, output)

    def take(self) -> None:
        """Somebody is about to ask for a job."""
        with self._lock:
            self._users += 1

    def release(self) -> None:
        """The job is done."""
        with self._lock:
            self._users -= 1
            last = self._retired and not self._users
        if last:
            self.close()

    def retire(self) -> None:
        """Close it when nobody uses it any more."""
        with self._lock:
            self._retired = True
            idle = not self._users
        if idle:
            self.close()

    def close(self) -> None:
        """End it, its jobs, and all that they started; remove what it wrote."""
        self._open.close()
