"""Executors for the work of a run: at once where one thing is done at a time, else in threads."""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
PARSES_IN_THREADS = (
    sys.version_info < (3, 11) or (3, 11, 8) <= sys.version_info < (3, 12) or sys.version_info >= (3, 12, 2)
)
"""Whether `ast.parse` in two threads at a time is safe in this Python (python/cpython#106905)."""


class InlineExecutor(Executor):
    """Does the work at once, where it is submitted: an interrupt reaches it, and nothing runs beside it."""

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:  # noqa: ANN401 - as the base class
        """Do it; only an `Exception` is kept for `result`."""
        future: Future[T] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is raised again by `result`
            future.set_exception(error)
        return future


def choose(workers: int) -> Executor:
    """An executor for so many pieces of work at a time. Threads will do: what takes time is other processes."""
    return InlineExecutor() if workers <= 1 else ThreadPoolExecutor(workers, "enrich")


@contextmanager
def parsing_in_turn(*, is_safe: bool = PARSES_IN_THREADS) -> Iterator[None]:
    """Where it is not safe otherwise, `ast.parse` waits until no other thread is in it.

    For all callers, libraries included, and only as long as this lasts.
    """
    plain, lock = ast.parse, threading.RLock()

    def parse(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as `ast.parse`, whatever that takes
        with lock:
            return plain(*given, **named)

    ast.parse = plain if is_safe else parse
    try:
        yield
    finally:
        ast.parse = plain
