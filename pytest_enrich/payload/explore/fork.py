"""Do something in a fork, and get its answer: what it did to the process is gone with it."""

from __future__ import annotations

import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any

CHUNK = 1 << 16
MOST = 16 << 20


def in_fork(
    work: Callable[[], dict[str, Any]], seconds: float, prepare: Callable[[], None]
) -> dict[str, Any] | None:
    """What `work` answers in a child process; None when it fails, dies, or takes longer than `seconds`.

    `prepare` is called in the child first.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(work, prepare, writing)
    os.close(writing)
    try:
        text = _read(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return json.loads(text) if text else None


def _answer(work: Callable[[], dict[str, Any]], prepare: Callable[[], None], writing: int) -> None:
    try:
        prepare()
        text = json.dumps(work()).encode()
        while text:
            text = text[os.write(writing, text) :]
    except BaseException:  # no answer is the answer; the text is for whoever reads the child's output
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(0)


def _read(reading: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size < MOST:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return b""
        part = os.read(reading, CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
    return b""
