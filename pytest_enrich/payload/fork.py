"""Answers as JSON, written and read by functions that were bound before any code of the project ran.

`json.dumps` looks up its encoder's methods each time, so whoever replaces one of them can change what is written.
The encoder made here looks up nothing any more.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from json import JSONDecoder
from json import encoder as _json
from os import _exit, close, kill, pipe, read, waitpid, write
from select import select
from signal import setitimer
from time import monotonic
from traceback import format_exc, format_exception_only
from typing import Any, NoReturn

_decoder: Any = JSONDecoder()
_scan = _decoder.scan_once
_join = "".join
_fork = os.fork
_restore = signal.signal

CHUNK = 1 << 16
MOST = 16 << 20
LONGEST = 600.0
MOST_REASON = 500


class UnableError(Exception):
    """What the job needs is missing, which says nothing about what it would have run."""


def _refuse(value: object) -> None:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


_make: Any = _json.c_make_encoder  # type: ignore[attr-defined]
_encode = _make(None, _refuse, _json.encode_basestring_ascii, None, ": ", ", ", False, False, True)  # noqa: FBT003 - takes no names


def encode(value: Any) -> bytes:
    """The JSON of plain data.

    Raises:
        TypeError: The value holds something else.
    """
    return _join(_encode(value, 0)).encode()


def decode(text: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: It is not JSON.
        RecursionError: It is nested too deeply.
    """
    whole = text.decode()
    try:
        value, end = _scan(whole, 0)
    except StopIteration:
        raise ValueError("no JSON") from None
    if end != len(whole):
        raise ValueError("more than one value")
    return value


def run(work: Callable[[], dict[str, Any]], seconds: float, processor: float = 0.0) -> dict[str, Any]:
    """What `work` returns in a child process; `{"ended": "timeout"}` or `{"ended": "crash"}` if it does not.

    If `work` raised, the crash has `why` as well, with the exception.

    Args:
        work: What to do.
        seconds: The most time to wait.
        processor: The most processor seconds that it may use: an endless loop ends sooner, and on a busy machine
            nothing else does. 0 for no limit.
    """
    reading, writing = pipe()
    child = _fork()
    if child == 0:
        close(reading)
        _restore(signal.SIGPROF, signal.SIG_DFL)
        setitimer(signal.ITIMER_PROF, processor)
        _answer(work, writing)
    close(writing)
    status = 0
    try:
        text = _read(reading, monotonic() + min(max(seconds, 0.0), LONGEST))
    finally:
        close(reading)
        with contextlib.suppress(ProcessLookupError):
            kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            _, status = waitpid(child, 0)
    if text is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF):
        return {"ended": "timeout"}
    return _decoded(text)


def _decoded(text: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError, RecursionError):
        answer = decode(text)
        if isinstance(answer, dict):
            return answer
    return {"ended": "crash"}


def _answer(work: Callable[[], dict[str, Any]], writing: int) -> NoReturn:
    try:
        text = encode(work())
        while text:
            text = text[write(writing, text) :]
    except BaseException as error:  # that is the answer; the traceback is for readers of the child's output
        write(2, format_exc().encode())
        why = format_exception_only(error)[-1].strip()[:MOST_REASON]
        write(writing, encode({"ended": "crash", "why": why}))
    finally:
        _exit(0)


def _read(reading: int, deadline: float) -> bytes | None:
    """Everything until the end of file; None if that does not come in time, or there is too much."""
    parts: list[bytes] = []
    size = 0
    while size < MOST:
        ready, _, _ = select([reading], [], [], max(0.0, deadline - monotonic()))
        if not ready:
            return None
        part = read(reading, CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
    return None
