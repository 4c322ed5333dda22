"""A process that is ready for jobs, as users see it: what it is made of, one job in a fork, who still uses it."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from pytest_enrich.data import Execution, Job, World
from pytest_enrich.sandboxes import child, environment, excess, reply, scratch
from pytest_enrich.sandboxes.forkserver import forker, stamp
from pytest_enrich.sandboxes.process import ProcessSandbox


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
        self._base = stamp.surroundings(os.environ, fresh.env)
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False
        self._open = contextlib.ExitStack()
        since = time.time_ns()
        try:
            self._place = self._open.enter_context(scratch.directory(home=world.home))
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
        wanted = {*ready.files, *stamp.configuring(fresh.rootdir, argument)}
        self._stamps = stamp.take(wanted, since)

    @property
    def number(self) -> int:
        """Of the process."""
        return self._forker.number

    def is_current(self) -> bool:
        """Whether it lives (or had a reason not to), and is made of what there is now."""
        alive = bool(self.unfit) or self._forker.is_alive()
        surroundings = stamp.surroundings(os.environ, self._fresh.env)
        return alive and surroundings == self._base and stamp.holds(self._stamps)

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
        with scratch.directory(self._place, self._world.home) as place:
            answer_file = place / reply.answer_name()
            ended = self._run(job, answer_file, timeout)
            return None if ended is None else reply.judge(job, ended, answer_file)

    def _run(self, job: Job, answer_file: Path, timeout: float) -> child.Ended | None:
        place = answer_file.parent
        environ = environment.clean(os.environ, place, allowed=self._fresh.env, world=self._world)
        own = {name: value for name, value in environ.items() if self._environ.get(name) != value}
        job_file = place / "job.json"
        job_file.write_bytes(msgspec.json.encode(self._fresh.work(job, answer_file, timeout, own)))
        before = excess.start(place)
        with tempfile.TemporaryFile(buffering=0) as output, self._forker.asked(job_file, output) as reader:
            watch = child.Watch(time.monotonic() + timeout, functools.partial(excess.found, place, before))
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
