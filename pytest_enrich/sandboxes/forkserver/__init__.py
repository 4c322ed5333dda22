"""A process that is ready for jobs and forks for each: like `process`, without repeating what all jobs share.

If the result of a fork could differ from that of a fresh process, a fresh process is used: for jobs that must see
what importing the project does, for mutants of code that cannot be reimported, and for projects that are not fit
for forking.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import TypeAlias

import msgspec

from pytest_enrich.data import (
    Answered,
    Collect,
    Execution,
    Explore,
    Job,
    Mutate,
    Mutated,
    Prove,
    Record,
    Vary,
    World,
)
from pytest_enrich.sandboxes import process, reply
from pytest_enrich.sandboxes.forkserver.zygote import Zygote
from pytest_enrich.sandboxes.process import ProcessSandbox

MOST_ZYGOTES = 6
TRIES = 2
Key: TypeAlias = tuple[str, World, tuple[str, ...], int]
"""Where its tests are, the world, what jobs may write, and a number for processes that are otherwise alike."""


class ForkserverSandbox:
    """A `protocols.Sandbox` that starts a process when it is first needed, and forks it for each job.

    Pytest's configuration depends on where the tests are, so there is a process for each directory of tests in
    each world that jobs ask for, for each concurrent job that writes in the project, and for jobs without tests.
    The last `MOST_ZYGOTES` are kept; `close` ends them. Several threads may use it.

    Args:
        fresh: Does the jobs that are not forked, and defines the project for both.
    """

    def __init__(self, fresh: ProcessSandbox) -> None:
        self._fresh = fresh
        self._zygotes: OrderedDict[Key, Zygote] = OrderedDict()
        self._lock = threading.Lock()
        self._notes: dict[str, None] = {}
        self._closed = False

    @property
    def isolation(self) -> str:
        """The layers around each process that forks, and so around all its forks."""
        return self._fresh.isolation

    @property
    def notes(self) -> tuple[str, ...]:
        """Why jobs that could have been forked were done in fresh processes; each reason once."""
        return tuple(self._notes)

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """Do `job` in a fork, or in a fresh interpreter; see `protocols.Sandbox`."""
        job, _ = self._fresh.allowed(job)
        if not forkable(job) or self._is_unfit(unsupported()):
            return self._fresh.execute(job, timeout=timeout)
        started = time.monotonic()
        for _ in range(TRIES):
            try:
                execution = self._try(job, timeout)
            except OSError as error:
                execution = reply.failed("refused", f"the job could not be started: {error}")
            if execution is not None:
                return msgspec.structs.replace(execution, seconds=time.monotonic() - started)
        detail = f"the process that forks for jobs was ended {TRIES} times while it ran"
        return msgspec.structs.replace(reply.failed("crash", detail), seconds=time.monotonic() - started)

    def close(self) -> None:
        """End all processes and their running jobs; from now on jobs are refused."""
        with self._lock:
            self._closed = True
            zygotes = [self._zygotes.popitem()[1] for _ in range(len(self._zygotes))]
        for zygote in zygotes:
            zygote.close()

    def _is_unfit(self, reason: str) -> bool:
        """Whether there is a reason not to fork; it is noted."""
        if reason:
            self._notes.setdefault(f"jobs run in fresh processes, which is slower: {reason}")
        return bool(reason)

    def _try(self, job: Job, timeout: float) -> Execution | None:
        """The execution; None if the process that forks did not survive it."""
        zygote = self._zygote(self._argument(job), process.world(job), process.writes(job))
        try:
            if self._is_unfit(zygote.unfit) or not _can(zygote, job):
                return self._fresh.execute(job, timeout=timeout)
            execution = zygote.execute(job, timeout)
            return self._fresh.execute(job, timeout=timeout) if _is_unable(execution) else execution
        finally:
            zygote.release()

    def _argument(self, job: Job) -> Path | None:
        """What to start pytest with: the test file, or its nearest existing parent directory."""
        if isinstance(job, Explore):
            return None
        path = self._fresh.rootdir / _test_path(job)
        return next(place for place in (path, *path.parents) if place.exists())

    def _zygote(self, argument: Path | None, world: World, writes: tuple[str, ...]) -> Zygote:
        """Take a process that is ready for such tests, replacing one that is gone or out of date.

        Jobs that write would share the directories of a process, so each has one to itself.
        """
        with self._lock:
            if self._closed:
                raise OSError("the sandbox is closed")  # a thread may not know that yet
            keys = ((_place(argument), world, writes, number) for number in count())
            key = next(key for key in keys if not writes or not self._is_busy(key))
            zygote = self._zygotes.pop(key, None)
            if zygote is not None and not zygote.is_current():
                zygote.retire()
                zygote = None
            if zygote is None:
                zygote = Zygote(self._fresh, argument, world, writes)
            self._zygotes[key] = zygote
            zygote.take()
            while len(self._zygotes) > MOST_ZYGOTES:
                self._zygotes.popitem(last=False)[1].retire()
        return zygote

    def _is_busy(self, key: Key) -> bool:
        return key in self._zygotes and self._zygotes[key].is_busy


def _place(argument: Path | None) -> str:
    """What pytest starts with, as a key: all files of a directory are alike, but not the directory itself."""
    if argument is None:
        return ""
    return f"files in {argument.parent}" if argument.is_file() else f"the directory {argument}"


def _test_path(job: Job) -> str:
    """The test file of a job; the first one if there are several in its directory."""
    if isinstance(job, Record | Collect):
        return next(iter(_files(job.tests)), "")
    return job.test_path if isinstance(job, Vary) else job.path


def _can(zygote: Zygote, job: Job) -> bool:
    """Whether a fork of this process can do the job: no other text can replace a file that it has loaded."""
    if isinstance(job, Mutate):
        return zygote.can_change(job.source) and not zygote.has_loaded(job.path)
    if isinstance(job, Vary):
        return not zygote.has_loaded(job.test_path)
    return not isinstance(job, Prove) or not zygote.has_loaded(job.path)


def _is_unable(execution: Execution | None) -> bool:
    """Whether a fork could not put every mutant in place, while a fresh process might."""
    answer = execution.answer if isinstance(execution, Answered) else None
    return isinstance(answer, Mutated) and bool(answer.unable)


def _files(tests: Iterable[str]) -> tuple[str, ...]:
    """The files that these node ids are in, each once."""
    return tuple(dict.fromkeys(test.partition("::")[0] for test in tests))


def forkable(job: Job) -> bool:
    """Whether a fork can do it: not if imports must be observed, or if the tests are in several directories."""
    if isinstance(job, Mutate):
        return {Path(file).parent for file in _files(job.others)} <= {Path(job.path).parent}
    if isinstance(job, Record):
        return len({Path(file).parent for file in _files(job.tests)}) == 1
    return isinstance(job, Explore | Vary) or (isinstance(job, Prove) and not job.fresh and not job.workers)


def unsupported() -> str:
    """Why this system does not support forking, "" if it does."""
    if not hasattr(os, "fork"):
        return "this system cannot fork"
    if not sys.platform.startswith("linux"):
        return "forking is not safe with the system libraries of this platform"
    return ""
