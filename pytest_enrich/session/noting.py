"""A sandbox that remembers which jobs gave no answer: a run says why it found less, and the next tries again."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator, Sequence

from pytest_enrich.data import Collect, Execution, Explore, Failed, Job, Mutate, Prove, Record, Vary
from pytest_enrich.protocols import Sandbox
from pytest_enrich.validate import reason

SHOWN = 3
_DOING: dict[type, str] = {
    Collect: "collecting the tests inside",
    Record: "watching the tests inside",
    Explore: "exploring a function",
    Mutate: "mutating a function",
    Vary: "varying the tests of a function",
}


class NotingSandbox:
    """Does what the sandbox inside does; a failed proof is a verdict and is not noted."""

    def __init__(self, inside: Sandbox) -> None:
        self._inside = inside
        self._failed: Counter[str] = Counter()
        self._here = threading.local()
        self._closed = threading.Event()

    @property
    def isolation(self) -> str:
        """The inner one's."""
        return self._inside.isolation

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """See `protocols.Sandbox`."""
        execution = self._inside.execute(job, timeout=timeout)
        if isinstance(execution, Failed) and not isinstance(job, Prove) and not self._closed.is_set():
            self._failed[f"{_DOING[type(job)]} failed ({execution.reason}): {reason.last(execution.detail)}"] += 1
            if isinstance(job, Record | Explore | Vary):
                getattr(self._here, "failed", []).append(job)
        return execution

    @contextlib.contextmanager
    def watching(self) -> Iterator[Sequence[Job]]:
        """The jobs that proposers ask for and that fail in this thread from now on are in the list."""
        failed: list[Job] = []
        self._here.failed = failed
        try:
            yield failed
        finally:
            del self._here.failed

    def close(self) -> None:
        """Close the inner one; what this puts an end to is no failure."""
        self._closed.set()
        self._inside.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for each kind of failure, the most frequent first."""
        return tuple(
            f"{what} ({count} times)" if count > 1 else what for what, count in self._failed.most_common(SHOWN)
        )
