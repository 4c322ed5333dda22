"""Do something in a fork, and learn what it answered or how it ended: all that it did is gone with it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

CHUNK = 1 << 16
MOST = 16 << 20
LONGEST = 600.0
MOST_REASON = 500


def run(work: Callable[[], dict[str, Any]], seconds: float, processor: float = 0.0) -> dict[str, Any]:
    """What `work` answers in a child process; `{"ended": "timeout"}` or `{"ended": "crash"}` when it does not.

    Where `work` raised, `why` says what, beside the crash.

    Args:
        work: What to do.
        seconds: The most time to wait.
        processor: The most seconds of the processor that it may use: what only runs in circles is over sooner,
            and on a busy machine nothing else is. 0 for no limit.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, processor)
        _answer(work, writing)
    os.close(writing)
    status = 0
    try:
        text = _read(reading, time.monotonic() + min(max(seconds, 0.0), LONGEST))
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            _, status = os.waitpid(child, 0)
    if text is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF):
        return {"ended": "timeout"}
    return _decoded(text)


def _decoded(text: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError, RecursionError):
        answer = json.loads(text)
        if isinstance(answer, dict):
            return answer
    return {"ended": "crash"}


def _answer(work: Callable[[], dict[str, Any]], writing: int) -> NoReturn:
    try:
        text = json.dumps(work()).encode()
        while text:
            text = text[os.write(writing, text) :]
    except BaseException as error:  # that is the answer; the text is for whoever reads the child's output
        os.write(2, traceback.format_exc().encode())
        why = traceback.format_exception_only(error)[-1].strip()[:MOST_REASON]
        os.write(writing, json.dumps({"ended": "crash", "why": why}).encode())
    finally:
        os._exit(0)


def _read(reading: int, deadline: float) -> bytes | None:
    """All that comes until the end; None when it does not come in time, or does not stop."""
    parts: list[bytes] = []
    size = 0
    while size < MOST:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        part = os.read(reading, CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
    return None
