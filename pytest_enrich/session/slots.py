"""A sandbox that does so many jobs at a time, however many threads ask, and none beyond the time of the run."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from pytest_enrich.data import Execution, Failed, Job
from pytest_enrich.errors import OutOfTimeError
from pytest_enrich.protocols import Sandbox

_OVER = "the time of the run is over"


class Slots:
    """Does what the sandbox inside does; who comes when all slots are taken waits, before its time begins.

    Args:
        inside: Does the jobs.
        slots: How many at a time.
        left: Seconds of the run, as long as a job may still go on.
    """

    def __init__(self, inside: Sandbox, slots: int, left: Callable[[], float] = lambda: math.inf) -> None:
        self._inside = inside
        self._left = left
        self._slots = threading.Semaphore(slots)

    @property
    def isolation(self) -> str:
        """The inner one's."""
        return self._inside.isolation

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """See `protocols.Sandbox`.

        Raises:
            OutOfTimeError: The run is over, or was before the job had its time: that says nothing about the job.
        """
        with self._slots:
            left = self._left()
            if left <= 0:
                raise OutOfTimeError(_OVER)
            execution = self._inside.execute(job, timeout=min(timeout, left))
        if isinstance(execution, Failed) and left < timeout and self._left() <= 0:
            raise OutOfTimeError(_OVER)
        return execution

    def close(self) -> None:
        """Close the inner one."""
        self._inside.close()
