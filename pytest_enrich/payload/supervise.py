"""A process that outlives the job: it waits, ends whatever the job left behind, and reports how the job ended.

The job runs in a fork, in its own session. On Linux this process adopts every orphan below it, so that it also
finds a child that made its own session and lost its parent.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import NoReturn

ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER
SIGNAL_WHEN_PARENT_ENDS = 1  # PR_SET_PDEATHSIG
PATIENCE = 5.0
"""Seconds for ending what was left behind: a fork bomb may outlast that; the caller then looks for it again."""


class _StopError(BaseException):
    """The caller's time is up."""


def _stop(_number: int, _frame: object) -> NoReturn:
    raise _StopError


def fork(status: int) -> None:
    """Return in the child that does the job; the calling process never returns.

    Args:
        status: The descriptor on which the caller reads two lines, the job's process id and how it ended
            (`exit N`, `signal N`, `stopped`), and then the end of file once nothing of the job is alive.
    """
    signal.signal(signal.SIGTERM, _stop)
    parent = os.getppid()
    job = os.fork()
    if job == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(status)
        os.setsid()
        return
    _supervise(job, status, parent)
    os._exit(0)


def _supervise(job: int, status: int, parent: int) -> None:
    ended = "stopped"
    with contextlib.suppress(_StopError):
        os.write(status, b"%d\n" % job)
        adopt(until=parent)
        ended = _wait(job)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_all(job)
    with contextlib.suppress(OSError):
        os.write(status, f"{ended}\n".encode())


def adopt(*, until: int | None = None) -> None:
    """Become the parent of orphans below, if the system supports it; get a signal when the parent `until` ends."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        control = ctypes.CDLL(None).prctl
        control(ADOPT_ORPHANS, 1, 0, 0, 0)
        if until is not None:
            control(SIGNAL_WHEN_PARENT_ENDS, int(signal.SIGTERM), 0, 0, 0)
            if os.getppid() != until:  # it ended before the signal was asked for
                _stop(0, None)


def _wait(job: int) -> str:
    while True:
        process, status = os.wait()
        if process == job:
            code = os.waitstatus_to_exitcode(status)
            return f"signal {-code}" if code < 0 else f"exit {code}"


def end_all(job: int) -> None:
    """End the process group `job` and all children, adopted ones too, until there are none."""
    deadline = time.monotonic() + PATIENCE
    _kill(-job)
    while time.monotonic() < deadline:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for process in (-job, *children()):
            _kill(process)
        time.sleep(0.002)


def _kill(process: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(process, signal.SIGKILL)


def children() -> list[int]:
    """Direct children, including adopted ones; when these end, the next generation is adopted."""
    own = str(os.getpid())
    processes = []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():  # noqa: PTH208, PTH112 - as cheap as can be
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 - the same
                # The name in parentheses may hold anything, spaces and parentheses too.
                if file.read().rpartition(b")")[2].split()[1].decode() == own:
                    processes.append(int(name))
    return processes
