"""Where work goes: each is a `concurrent.futures.Executor`, so that the pipeline knows no difference."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


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
    """An executor for so many pieces of work at the same time. Threads: what takes time is other processes."""
    return InlineExecutor() if workers <= 1 else ThreadPoolExecutor(workers, "enrich")
