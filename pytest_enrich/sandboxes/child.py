"""Start a job's process, wait for it, and see to it that nothing of it stays alive."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from msgspec import Struct

from pytest_enrich.sandboxes import environment

MOST_OUTPUT = 8192
"""Bytes kept of the end of what was printed."""
PATIENCE = 8.0
"""Seconds for the job's supervisor to end what is left, before it is ended too."""
GLANCE = 0.5
"""Seconds between two looks at what a job uses."""


class Ended(Struct, frozen=True, kw_only=True):
    """How a child ended: `how` is `exit N`, `signal N`, `stopped` (we did it) or "" (nobody knows).

    `stopped` says why we ended it: `timeout`, or what it used too much of (also when it was through before
    anyone looked); "" when it ended by itself.
    """

    how: str
    stopped: str
    output: str


class Watch(Struct, frozen=True):
    """When a job is ended before it ends by itself."""

    deadline: float
    excess: Callable[[], str]

    def reason(self) -> str:
        """Why it is to be ended now, "" while it may go on."""
        return "timeout" if time.monotonic() >= self.deadline else self.excess()


def run(  # noqa: PLR0913 - all are said by name
    command: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    timeout: float,
    excess: Callable[[], str] = str,
    namespace: bool = False,
) -> Ended:
    """Run a payload and answer when nothing of it is alive.

    Args:
        command: The payload's command line, to which the number of its status descriptor is appended.
        cwd: Where it starts.
        environ: All of its environment.
        timeout: Seconds of wall clock.
        excess: Says now and then what the job uses too much of; "" while all is well.
        namespace: Whether the job numbers its processes for itself: ours of that number are others.

    Raises:
        OSError: It cannot be started.
    """
    with tempfile.TemporaryFile(buffering=0) as output:
        reader, writer = os.pipe()
        try:
            with _started([*command, str(writer)], cwd, environ, writer, output) as process:
                watch = Watch(time.monotonic() + timeout, excess)
                said, stopped = _attend(process, reader, watch, namespace=namespace)
        finally:
            os.close(reader)
        return ended(said, stopped, excess, output)


@contextlib.contextmanager
def nothing() -> Iterator[int]:
    """A descriptor with nothing to read: through that of the machine's null device its mode can be changed."""
    reader, writer = os.pipe()
    os.close(writer)
    try:
        yield reader
    finally:
        os.close(reader)


@contextlib.contextmanager
def _started(
    command: Sequence[str], cwd: Path, environ: Mapping[str, str], writer: int, output: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        with nothing() as stdin:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environ),
                stdin=stdin,
                stdout=output,
                stderr=output,
                pass_fds=(writer,),
                start_new_session=True,
            )
    finally:
        os.close(writer)
    try:
        yield process
    finally:
        _end(process, environ[environment.JOB])


def _attend(process: subprocess.Popen[bytes], reader: int, watch: Watch, *, namespace: bool) -> tuple[bytes, str]:
    """What the supervisor said until it was gone, and why it had to be told to stop."""
    said = bytearray()
    stopped = read(reader, said, watch)
    if stopped:
        process.terminate()
        if read(reader, said, Watch(time.monotonic() + PATIENCE, str)):
            process.kill()
        if not namespace:
            _end_group(bytes(said))
    return bytes(said), stopped


def read(reader: int, said: bytearray, watch: Watch) -> str:
    """Read to the end of the file; answers why that was not waited for, or ""."""
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while True:
            left = max(0.0, watch.deadline - time.monotonic())
            if not selector.select(min(left, GLANCE)):
                if reason := watch.reason():
                    return reason
                continue
            part = os.read(reader, 4096)
            if not part:
                return ""
            said += part[: max(0, MOST_OUTPUT - len(said))]


def _end_group(said: bytes) -> None:
    first = said.partition(b"\n")[0].split()
    if first and first[0].isdigit():
        with contextlib.suppress(OSError):
            os.killpg(int(first[0]), signal.SIGKILL)


def _end(process: subprocess.Popen[bytes], job: str) -> None:
    """End a supervisor that is still there (we were interrupted), and strays of one that was killed."""
    if process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    if process.poll() != 0:
        process.kill()
        process.wait()
        end_strays(job)


def end_strays(job: str) -> None:
    """End all processes that carry the job's mark in their environment, until there are none."""
    mark = f"{environment.JOB}={job}".encode()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        strays = [number for number in _processes() if mark in _environ(number)]
        if not strays:
            return
        for number in strays:
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.01)


def _processes() -> list[int]:
    with contextlib.suppress(OSError):
        return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]
    return []


def _environ(process: int) -> list[bytes]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    return []


def ended(said: bytes, stopped: str, excess: Callable[[], str], output: IO[bytes]) -> Ended:
    """How a job ended that nobody attends to any more: once more, what it used is looked at."""
    return Ended(how=how(said), stopped=stopped or excess(), output=tail(output))


def how(said: bytes) -> str:
    """How a job ended, as its supervisor said; "" if it did not."""
    lines = said.decode("ascii", "replace").splitlines()
    return lines[1] if len(lines) > 1 else ""


def tail(output: IO[bytes]) -> str:
    """The end of what was printed."""
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - MOST_OUTPUT))
    return output.read(MOST_OUTPUT).decode("utf-8", "replace")
