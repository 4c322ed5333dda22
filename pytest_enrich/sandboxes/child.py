"""Start a job's process, wait for it, and see to it that nothing of it stays alive."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from msgspec import Struct

from pytest_enrich.sandboxes import environment

MOST_OUTPUT = 8192
"""Bytes kept of the end of what was printed."""
PATIENCE = 8.0
"""Seconds for the job's supervisor to end what is left, before it is ended too."""


class Ended(Struct, frozen=True, kw_only=True):
    """How a child ended: `how` is `exit N`, `signal N`, `stopped` (we did it) or "" (nobody knows)."""

    how: str
    timed_out: bool
    output: str


def run(command: Sequence[str], *, cwd: Path, environ: Mapping[str, str], timeout: float) -> Ended:
    """Run a payload and answer when nothing of it is alive.

    Args:
        command: The payload's command line, to which the number of its status descriptor is appended.
        cwd: Where it starts.
        environ: All of its environment.
        timeout: Seconds of wall clock.

    Raises:
        OSError: It cannot be started.
    """
    with tempfile.TemporaryFile(buffering=0) as output:
        reader, writer = os.pipe()
        try:
            with _started([*command, str(writer)], cwd, environ, writer, output) as process:
                said, timed_out = _attend(process, reader, timeout)
        finally:
            os.close(reader)
        return Ended(how=_how(said), timed_out=timed_out, output=_tail(output))


@contextlib.contextmanager
def _started(
    command: Sequence[str], cwd: Path, environ: Mapping[str, str], writer: int, output: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
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


def _attend(process: subprocess.Popen[bytes], reader: int, timeout: float) -> tuple[bytes, bool]:
    """What the supervisor said until it was gone, and whether it had to be told to stop."""
    said = bytearray()
    if _read(reader, said, timeout):
        return bytes(said), False
    process.terminate()
    if not _read(reader, said, PATIENCE):
        process.kill()
    _end_group(bytes(said))
    return bytes(said), True


def _read(reader: int, said: bytearray, timeout: float) -> bool:
    """Whether the end of the file came within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            part = os.read(reader, 4096)
            if not part:
                return True
            said += part[:4096]
    return False


def _end_group(said: bytes) -> None:
    first = said.partition(b"\n")[0]
    if first.isdigit():
        with contextlib.suppress(OSError):
            os.killpg(int(first), signal.SIGKILL)


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
        _end_strays(job)


def _end_strays(job: str) -> None:
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


def _how(said: bytes) -> str:
    lines = said.decode("ascii", "replace").splitlines()
    return lines[1] if len(lines) > 1 else ""


def _tail(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - MOST_OUTPUT))
    return output.read(MOST_OUTPUT).decode("utf-8", "replace")
