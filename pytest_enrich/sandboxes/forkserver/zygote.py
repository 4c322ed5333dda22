"""The process that forks, seen from outside: started, asked, watched, ended."""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from pytest_enrich.data import Execution, Job, World
from pytest_enrich.sandboxes import child, environment, excess, limits, process, scratch
from pytest_enrich.sandboxes.forkserver import stamp
from pytest_enrich.sandboxes.isolation import Confinement
from pytest_enrich.sandboxes.process import ProcessSandbox

READY_SECONDS = 60.0
"""For importing the project: its own tests need as long."""


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What the payload is told, as JSON; see its `zygote`."""

    rootdir: str
    scratch: str
    pytest_args: tuple[str, ...]
    path: tuple[str, ...]
    limits: dict[str, int]
    confinement: Confinement | None
    argument: str
    world: World


class Ready(msgspec.Struct, frozen=True):
    """What the payload says when it is ready; what project code can write is only a reason for caution."""

    unfit: str
    files: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


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
            self._output = self._open.enter_context(output)
            self._process, self._socket = self._started(argument)
            ready = self._ready()
        except BaseException:
            self.close()
            raise
        self.unfit = ready.unfit
        self._files = {os.path.realpath(file) for file in ready.files}
        self._held = {os.path.realpath(file) for file in ready.held}
        wanted = {*ready.files, *stamp.configuring(fresh.rootdir, argument)}
        self._stamps = stamp.take(wanted, since)

    def _started(self, argument: Path | None) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        self._open.callback(ours.close)
        with theirs:
            place, fresh = self._place, self._fresh
            start_file = place / "start.json"
            start_file.write_bytes(msgspec.json.encode(self._start(argument)))
            inner = (fresh.python, str(process.PAYLOAD), str(start_file), "zygote", str(theirs.fileno()))
            started = subprocess.Popen(
                fresh.layers.command(inner, place, fresh.rootdir),
                cwd=fresh.rootdir,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._open.callback(self._end, started, ours)
        return started, ours

    def _start(self, argument: Path | None) -> Start:
        """All limits but the processor time's, which it would use up for all its jobs."""
        kept = msgspec.to_builtins(limits.within(READY_SECONDS))
        return Start(
            rootdir=str(self._fresh.rootdir),
            scratch=str(self._place),
            pytest_args=self._fresh.pytest_args,
            path=self._fresh.import_path(),
            limits={name: most for name, most in kept.items() if name != "cpu_seconds"},
            confinement=self._fresh.layers.confinement(forks=True),
            argument="" if argument is None else str(argument),
            world=self._world,
        )

    def _ready(self) -> Ready:
        self._socket.settimeout(READY_SECONDS)
        try:
            said = self._socket.recv(64)
        except TimeoutError:
            return Ready(f"the project was not imported within {READY_SECONDS:.0f} s")
        except OSError:
            said = b""
        finally:
            self._socket.settimeout(None)
        if not said:
            return Ready(f"the process that imports the project ended: {child.tail(self._output)[-500:].strip()}")
        try:
            return msgspec.json.decode(process.read(self._place / "ready.json") or b"", type=Ready)
        except msgspec.MsgspecError as error:
            return Ready(f"the process that imports the project did not say what it loaded: {error}")

    @property
    def number(self) -> int:
        """Of the process."""
        return self._process.pid

    def is_current(self) -> bool:
        """Whether it lives (or had a reason not to), and is made of what there is now."""
        alive = bool(self.unfit) or self._process.poll() is None
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
            answer_file = place / process.answer_name()
            ended = self._run(job, answer_file, timeout)
            return None if ended is None else process.judge(job, ended, answer_file)

    def _run(self, job: Job, answer_file: Path, timeout: float) -> child.Ended | None:
        place = answer_file.parent
        environ = environment.clean(os.environ, place, allowed=self._fresh.env, world=self._world)
        own = {name: value for name, value in environ.items() if self._environ.get(name) != value}
        job_file = place / "job.json"
        job_file.write_bytes(msgspec.json.encode(self._fresh.work(job, answer_file, timeout, own)))
        before = excess.processes()
        with tempfile.TemporaryFile(buffering=0) as output, self._asked(job_file, output) as reader:
            watch = child.Watch(time.monotonic() + timeout, functools.partial(excess.found, place, before))
            said, stopped = self._attend(reader, job_file, watch)
            how = child.how(said)
            if not stopped and how in {"", "stopped"} and self._is_gone():
                # With it and the job's supervisor gone, nobody has ended the job.
                child.end_strays(self._place.name)
                child.end_strays(place.name)
                return None
            return child.Ended(how=how, stopped=stopped, output=child.tail(output))

    @contextlib.contextmanager
    def _asked(self, job_file: Path, output: IO[bytes]) -> Iterator[int]:
        """Ask for a job; gives the descriptor to read its status from."""
        reader, writer = os.pipe()
        try:
            try:
                # A process that is gone is found out by the end of the status.
                with self._lock, contextlib.suppress(OSError):
                    message = f"job {job_file}\n".encode()
                    socket.send_fds(self._socket, [message], [writer, output.fileno()])
            finally:
                os.close(writer)
            yield reader
        finally:
            os.close(reader)

    def _attend(self, reader: int, job_file: Path, watch: child.Watch) -> tuple[bytes, str]:
        said, stopped = bytearray(), "interrupted"
        try:
            stopped = child.read(reader, said, watch)
        finally:
            if stopped:
                self._stop(reader, said, job_file)
        return bytes(said), stopped

    def _stop(self, reader: int, said: bytearray, job_file: Path) -> None:
        """End a job before its time, or all of this if it does not listen."""
        with self._lock, contextlib.suppress(OSError):
            self._socket.sendall(f"stop {job_file}\n".encode())
        if child.read(reader, said, child.Watch(time.monotonic() + child.PATIENCE, str)):
            self._kill(self._process)
            child.end_strays(job_file.parent.name)

    def _is_gone(self) -> bool:
        """Its files are closed shortly before its end can be seen."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.1)
        return self._process.poll() is not None

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

    def _end(self, started: subprocess.Popen[bytes], ours: socket.socket) -> None:
        ours.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(child.PATIENCE)
        if started.poll() != 0:
            self._kill(started)

    def _kill(self, started: subprocess.Popen[bytes]) -> None:
        started.kill()
        started.wait()
        child.end_strays(self._place.name)
