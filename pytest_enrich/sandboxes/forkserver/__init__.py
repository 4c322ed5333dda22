"""A process that is ready for jobs and forks for each: as `process`, less what all jobs have in common.

Where a fork could say something else than a fresh process, a fresh process is asked: for jobs that must see what
importing the project does, for another hash seed, and where the project is not fit to be forked.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import OrderedDict
from pathlib import Path

import msgspec

from pytest_enrich.data import Execution, Explore, Job, Prove
from pytest_enrich.sandboxes import process
from pytest_enrich.sandboxes.forkserver.zygote import Zygote
from pytest_enrich.sandboxes.process import ProcessSandbox

MOST_ZYGOTES = 4
TRIES = 2


class ForkserverSandbox:
    """A `protocols.Sandbox` that starts a process when it is first needed, and forks it for each job.

    Pytest's configuration depends on where the tests are: there is a process for each directory of tests (the
    last `MOST_ZYGOTES` are kept), and one for jobs without tests; `close` ends them. Several threads may use it.

    Args:
        fresh: Does what is not done in forks, and says for both what the project is.
    """

    def __init__(self, fresh: ProcessSandbox) -> None:
        self._fresh = fresh
        self._zygotes: OrderedDict[str, Zygote] = OrderedDict()
        self._lock = threading.Lock()
        self._notes: dict[str, None] = {}
        self._closed = False

    @property
    def isolation(self) -> str:
        """The layers round each process that forks, and so round all its forks."""
        return self._fresh.isolation

    @property
    def notes(self) -> tuple[str, ...]:
        """Why jobs that could have been forked were done in fresh processes, each reason once."""
        return tuple(self._notes)

    @property
    def processes(self) -> tuple[int, ...]:
        """The numbers of the processes that fork."""
        with self._lock:
            return tuple(zygote.number for zygote in self._zygotes.values())

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """Do `job` in a fork, or in a fresh interpreter; see `protocols.Sandbox`."""
        if not forkable(job) or self._is_unsupported():
            return self._fresh.execute(job, timeout=timeout)
        started = time.monotonic()
        for _ in range(TRIES):
            try:
                execution = self._try(job, timeout)
            except OSError as error:
                execution = process.failed("refused", f"the job could not be started: {error}")
            if execution is not None:
                return msgspec.structs.replace(execution, seconds=time.monotonic() - started)
        detail = f"the process that forks for jobs was ended {TRIES} times while it ran"
        return msgspec.structs.replace(process.failed("crash", detail), seconds=time.monotonic() - started)

    def close(self) -> None:
        """End all processes, with the jobs that are underway; from now on jobs are refused."""
        with self._lock:
            self._closed = True
            zygotes = [self._zygotes.popitem()[1] for _ in range(len(self._zygotes))]
        for zygote in zygotes:
            zygote.close()

    def _is_unsupported(self) -> bool:
        reason = unsupported()
        if reason:
            self._note(reason)
        return bool(reason)

    def _note(self, reason: str) -> None:
        self._notes.setdefault(f"jobs run in fresh processes, which is slower: {reason}")

    def _try(self, job: Job, timeout: float) -> Execution | None:
        """The execution; None when the process that forks did not outlive it."""
        zygote = self._zygote(self._argument(job))
        try:
            if zygote.unfit:
                self._note(zygote.unfit)
            if zygote.unfit or (isinstance(job, Prove) and zygote.has_loaded(job.path)):
                return self._fresh.execute(job, timeout=timeout)
            return zygote.execute(job, timeout)
        finally:
            zygote.release()

    def _argument(self, job: Job) -> Path | None:
        """What pytest is to be started with: the test file, or the nearest directory if it does not exist."""
        if not isinstance(job, Prove):
            return None
        path = self._fresh.rootdir / job.path
        return next(place for place in (path, *path.parents) if place.exists())

    def _zygote(self, argument: Path | None) -> Zygote:
        """One that is ready for such tests, taken; one that is gone or out of date is replaced."""
        key = _key(argument)
        with self._lock:
            if self._closed:
                raise OSError("the sandbox is closed")  # a thread was not told yet
            zygote = self._zygotes.pop(key, None)
            if zygote is not None and not zygote.is_current():
                zygote.retire()
                zygote = None
            if zygote is None:
                zygote = Zygote(self._fresh, argument)
            self._zygotes[key] = zygote
            zygote.take()
            while len(self._zygotes) > MOST_ZYGOTES:
                self._zygotes.popitem(last=False)[1].retire()
        return zygote


def _key(argument: Path | None) -> str:
    """Pytest starts in the same way with all files of a directory, and in another with the directory itself."""
    if argument is None:
        return ""
    return f"files in {argument.parent}" if argument.is_file() else f"the directory {argument}"


def forkable(job: Job) -> bool:
    """Whether a fork can do the job: not when what imports do must be seen, or the hash seed is another."""
    return isinstance(job, Explore) or (isinstance(job, Prove) and job.hash_seed == 0)


def unsupported() -> str:
    """Why forking is not done on this system, "" where it is."""
    if not hasattr(os, "fork"):
        return "this system cannot fork"
    if not sys.platform.startswith("linux"):
        return "forking is not safe with the system libraries of this platform"
    return ""
