"""The process that forks: starting it, asking it for jobs, ending it; and whether what it loaded is current."""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TypeAlias

import msgspec

from pytest_enrich.data import Execution, Job, World
from pytest_enrich.sandboxes import environment, limits, process, reply
from pytest_enrich.sandboxes.environment import scratch_directory
from pytest_enrich.sandboxes.isolation import Confinement
from pytest_enrich.sandboxes.limits import excess, start
from pytest_enrich.sandboxes.process import ProcessSandbox

READY_SECONDS = 60.0
"""For importing the project, which its own tests have to do as well."""
Stamp: TypeAlias = tuple[int, int] | None
"""Modification time in nanoseconds, and size; None for a file that does not exist."""

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
"""Nanoseconds by which the time of a file may lag behind the clock."""
UNSURE = (-1, -1)


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
    writes: tuple[str, ...]
    written: list[str]


class Ready(msgspec.Struct, frozen=True):
    """What the payload says when it is ready; project code can forge it, so it is only used for caution."""

    unfit: str
    files: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()


def instructions(
    fresh: ProcessSandbox, place: Path, argument: Path | None, world: World, writes: tuple[str, ...] = ()
) -> Start:
    """What the payload is told for tests at `argument`; no limit of processor time, since it serves many jobs."""
    written = fresh.layers.written(fresh.rootdir, writes)
    most_by_name = msgspec.to_builtins(limits.within(READY_SECONDS))
    return Start(
        rootdir=str(fresh.rootdir),
        scratch=str(place),
        pytest_args=fresh.pytest_args,
        path=fresh.import_path(),
        limits={name: most for name, most in most_by_name.items() if name != "cpu_seconds"},
        confinement=fresh.layers.confinement(forks=True, written=written),
        argument="" if argument is None else str(argument),
        world=world,
        writes=writes,
        written=written,
    )


class Forker:
    """A process that forks; several threads may ask it for jobs.

    Args:
        fresh: Provides the interpreter and the layers.
        told: What it should be ready for.
        environ: Its environment.
        output: Where its output goes.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, fresh: ProcessSandbox, told: Start, environ: Mapping[str, str], output: IO[bytes]) -> None:
        self._place = Path(told.scratch)
        self._output = output
        self._lock = threading.Lock()
        start_file = self._place / "start.json"
        start_file.write_bytes(msgspec.json.encode(told))
        self._socket, theirs = socket.socketpair()
        try:
            with theirs:
                inner = (fresh.python, str(process.PAYLOAD), str(start_file), "zygote", str(theirs.fileno()))
                command = fresh.layers.command(inner, self._place, fresh.rootdir, told.writes)
                self._process = process.start_apart(command, fresh.rootdir, environ, theirs.fileno(), output)
        except BaseException:
            self._socket.close()
            raise

    def ready(self) -> Ready:
        """Wait until it has imported the project; returns what it says then, or why it has not."""
        self._socket.settimeout(READY_SECONDS)
        try:
            message = self._socket.recv(64)
        except TimeoutError:
            return Ready(f"the project was not imported within {READY_SECONDS:.0f} s")
        except OSError:
            message = b""
        finally:
            self._socket.settimeout(None)
        if not message:
            return Ready(
                f"the process that imports the project ended: {process.tail(self._output)[-500:].strip()}"
            )
        try:
            return msgspec.json.decode(reply.read(self._place / "ready.json") or b"", type=Ready)
        except msgspec.MsgspecError as error:
            return Ready(f"the process that imports the project did not say what it loaded: {error}")

    def is_alive(self, patience: float = 0.0) -> bool:
        """Whether it still seems alive: its files are closed shortly before its end can be seen."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        return self._process.returncode is None

    @contextlib.contextmanager
    def asked(self, job_file: Path, output: IO[bytes]) -> Iterator[int]:
        """Ask for a job; yields the descriptor to read its status from."""
        reader, writer = os.pipe()
        try:
            try:
                # If the process is gone, the status simply ends.
                with self._lock, contextlib.suppress(OSError):
                    message = f"job {job_file}\n".encode()
                    socket.send_fds(self._socket, [message], [writer, output.fileno()])
            finally:
                os.close(writer)
            yield reader
        finally:
            os.close(reader)

    def attend(self, reader: int, job_file: Path, watch: process.Watch) -> tuple[bytes, str]:
        """The status of the job, and why it was stopped early, "" if it was not."""
        status, stopped = bytearray(), "interrupted"
        try:
            stopped = process.read(reader, status, watch)
        finally:
            if stopped:
                self._stop(reader, status, job_file)
        return bytes(status), stopped

    def _stop(self, reader: int, said: bytearray, job_file: Path) -> None:
        """End a job early, or this whole process if it does not react."""
        with self._lock, contextlib.suppress(OSError):
            self._socket.sendall(f"stop {job_file}\n".encode())
        if process.read(reader, said, process.Watch(time.monotonic() + process.PATIENCE, str)):
            self._kill()
            process.end_strays(job_file.parent.name)

    def close(self) -> None:
        """End it and everything it started: with the socket closed it should end by itself, and gets time to."""
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(process.PATIENCE)
        if self._process.poll() != 0:
            self._kill()

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()
        process.end_strays(self._place.name)


def take_stamp(files: Iterable[str], since: int) -> dict[str, Stamp]:
    """Stamps of files read after `since` (nanoseconds); `UNSURE` for those that may have changed since."""
    stamps = {file: stamp_of(file) for file in files}
    return {file: UNSURE if stamp and stamp[0] >= since - GRAIN else stamp for file, stamp in stamps.items()}


def stamp_of(file: str) -> Stamp:
    """The stamp of a file as it is now."""
    try:
        status = os.stat(file)  # noqa: PTH116 - many files for each job
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def configuring(rootdir: Path, argument: Path | None) -> set[str]:
    """The files that could configure tests at `argument`, whether they exist or not."""
    place = rootdir if argument is None else argument
    above = [folder for folder in (place, *place.parents) if folder.is_relative_to(rootdir)]
    return {str(folder / name) for folder in (*above, rootdir) for name in CONFIGURATION}


class Zygote:
    """A process with pytest configured for tests at `argument` (None: without tests), in a world.

    If its jobs may write in the project (`writes`), it does only one at a time.

    Attributes:
        unfit: Why it cannot do jobs; "" if it can.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(
        self,
        fresh: ProcessSandbox,
        argument: Path | None,
        world: World = environment.HERE,
        writes: tuple[str, ...] = (),
    ) -> None:
        self._fresh = fresh
        self._world = world
        self._surroundings = self._current_surroundings()
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False
        self._open = contextlib.ExitStack()
        since = time.time_ns()
        try:
            self._place = self._open.enter_context(scratch_directory(home=world.home))
            self._environ = environment.clean(os.environ, self._place, allowed=fresh.env, world=world)
            output = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it is closed with everything else
            self._open.enter_context(output)
            instruction = instructions(fresh, self._place, argument, world, writes)
            self.forker = Forker(fresh, instruction, self._environ, output)
            self._open.callback(self.forker.close)
            ready = self.forker.ready()
        except BaseException:
            self.close()
            raise
        self.unfit = ready.unfit
        self._files = {os.path.realpath(file) for file in ready.files}
        self._held = {os.path.realpath(file) for file in ready.held}
        self._loaded = {os.path.realpath(file) for file in ready.loaded}
        files = {*ready.files, *configuring(fresh.rootdir, argument)}
        self._stamps = take_stamp(files, since)

    def is_current(self) -> bool:
        """Whether it is alive (or has a reason not to be), and what it was made from has not changed."""
        alive = bool(self.unfit) or self.forker.is_alive()
        is_same = self._current_surroundings() == self._surroundings
        return alive and is_same and all(stamp_of(file) == stamp for file, stamp in self._stamps.items())

    def _current_surroundings(self) -> dict[str, str]:
        """The part of the environment that reaches every job."""
        return environment.clean(os.environ, Path(os.sep), allowed=self._fresh.env)

    def has_loaded(self, path: str) -> bool:
        """Whether a file (relative to the project) is loaded already, so that no other text can take its place."""
        return os.path.realpath(self._fresh.rootdir / path) in self._files

    def can_change(self, path: str) -> bool:
        """Whether a fork can try mutants of a file: by importing them, or by replacing the code of functions."""
        file = os.path.realpath(self._fresh.rootdir / path)
        return file not in self._held or file in self._loaded

    def execute(self, job: Job, timeout: float) -> Execution | None:
        """Do `job` in a fork; None if this process ended, and the job with it.

        Raises:
            OSError: The job's files cannot be made.
        """
        with scratch_directory(self._place, self._world.home) as place:
            answer_file = place / reply.answer_name()
            ended = self._run(job, answer_file, timeout)
            return None if ended is None else reply.judge(job, ended, answer_file)

    def _run(self, job: Job, answer_file: Path, timeout: float) -> process.Ended | None:
        place = answer_file.parent
        environ = environment.clean(os.environ, place, allowed=self._fresh.env, world=self._world)
        variables = {name: value for name, value in environ.items() if self._environ.get(name) != value}
        job_file = place / "job.json"
        job_file.write_bytes(msgspec.json.encode(self._fresh.work(job, answer_file, timeout, variables)))
        before = start(place)
        with tempfile.TemporaryFile(buffering=0) as output, self.forker.asked(job_file, output) as reader:
            watch = process.Watch(time.monotonic() + timeout, functools.partial(excess, place, before))
            status, stopped = self.forker.attend(reader, job_file, watch)
            if not stopped and process.how(status) in {"", "stopped"} and not self.forker.is_alive(0.1):
                # Both it and the job's supervisor are gone, so nobody has ended the job.
                process.end_strays(self._place.name)
                process.end_strays(place.name)
                return None
            return process.ended(status, stopped, watch.excess, output)

    def take(self) -> None:
        """Note that somebody is about to ask for a job."""
        with self._lock:
            self._users += 1

    @property
    def is_busy(self) -> bool:
        """Whether a job that was asked for is not done yet."""
        return bool(self._users)

    def release(self) -> None:
        """Note that the job is done."""
        with self._lock:
            self._users -= 1
            last = self._retired and not self._users
        if last:
            self.close()

    def retire(self) -> None:
        """Close it as soon as nobody uses it any more."""
        with self._lock:
            self._retired = True
            idle = not self._users
        if idle:
            self.close()

    def close(self) -> None:
        """End it, its jobs, and everything they started; remove what it wrote."""
        self._open.close()
