"""The process that forks, and the line to it: started, asked for jobs, stopped, ended."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import msgspec

from pytest_enrich.data import World
from pytest_enrich.sandboxes import child, limits, process, reply
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


def start(fresh: ProcessSandbox, place: Path, argument: Path | None, world: World) -> Start:
    """What one for tests at `argument` is told; without the limit of processor time: it lasts for many jobs."""
    kept = msgspec.to_builtins(limits.within(READY_SECONDS))
    return Start(
        rootdir=str(fresh.rootdir),
        scratch=str(place),
        pytest_args=fresh.pytest_args,
        path=fresh.import_path(),
        limits={name: most for name, most in kept.items() if name != "cpu_seconds"},
        confinement=fresh.layers.confinement(forks=True),
        argument="" if argument is None else str(argument),
        world=world,
    )


class Forker:
    """One such process; several threads may ask it for jobs.

    Args:
        fresh: Whose interpreter and layers it has.
        told: What it is to be ready for.
        environ: Its environment.
        output: Where it prints.

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
            with theirs, child.nothing() as stdin:
                inner = (fresh.python, str(process.PAYLOAD), str(start_file), "zygote", str(theirs.fileno()))
                self._process = subprocess.Popen(
                    fresh.layers.command(inner, self._place, fresh.rootdir),
                    cwd=fresh.rootdir,
                    env=environ,
                    stdin=stdin,
                    stdout=output,
                    stderr=output,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
        except BaseException:
            self._socket.close()
            raise

    def ready(self) -> Ready:
        """What it says when it has imported the project, or why it has not; waits for that."""
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
            return msgspec.json.decode(reply.read(self._place / "ready.json") or b"", type=Ready)
        except msgspec.MsgspecError as error:
            return Ready(f"the process that imports the project did not say what it loaded: {error}")

    @property
    def number(self) -> int:
        """Of the process."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether its end cannot be seen yet."""
        return self._process.poll() is None

    def is_gone(self) -> bool:
        """Whether it has ended; its files are closed shortly before that can be seen."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.1)
        return not self.is_alive()

    @contextlib.contextmanager
    def asked(self, job_file: Path, output: IO[bytes]) -> Iterator[int]:
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

    def attend(self, reader: int, job_file: Path, watch: child.Watch) -> tuple[bytes, str]:
        """The job's status, and why it was stopped before its time, "" when it was not."""
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
            self._kill()
            child.end_strays(job_file.parent.name)

    def close(self) -> None:
        """End it, and all that it started: without a line it should end by itself, and is given time for that."""
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(child.PATIENCE)
        if self._process.poll() != 0:
            self._kill()

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()
        child.end_strays(self._place.name)
