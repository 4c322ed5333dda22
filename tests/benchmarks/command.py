"""Running other programs, and what they said."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

SHOWN = 12


class CommandError(Exception):
    """A program that had to succeed did not; the message has the end of what it printed."""


class Ended(Struct, frozen=True, kw_only=True):
    """How a program ended: its exit status (-9 when it was ended for being late), all that it printed, seconds."""

    status: int
    output: str
    seconds: float
    errors: str = ""

    @property
    def end(self) -> str:
        """The last lines that it printed."""
        return "\n".join(self.output.rstrip().splitlines()[-SHOWN:])


def run(
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    apart: bool = False,
) -> Ended:
    """Run a program to its end, in a session of its own, so that its children end with it when it is late.

    What it says of errors is in `output` too, or `apart`.
    """
    started = time.monotonic()
    with subprocess.Popen(
        [str(word) for word in argv],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if apart else subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            output, errors = process.communicate()
        except BaseException:
            _end(process)
            raise
    seconds = time.monotonic() - started
    texts = [(content or b"").decode("utf-8", "replace") for content in (output, errors)]
    return Ended(status=process.returncode, output=texts[0], errors=texts[1], seconds=seconds)


def check(
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    allowed: Sequence[int] = (0,),
) -> Ended:
    """Run a program that has to end with one of the `allowed` statuses.

    Raises:
        CommandError: It ended with another.
    """
    ended = run(argv, cwd=cwd, env=env, timeout=timeout)
    if ended.status not in allowed:
        words = " ".join(str(word) for word in argv)
        raise CommandError(f"{words}\nended with status {ended.status} in {cwd}\n{ended.end}")
    return ended


def say(line: str = "") -> None:
    """Print a line now, also into a file."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
