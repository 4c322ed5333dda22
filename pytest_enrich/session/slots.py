"""A sandbox that does so many jobs at a time, however many threads ask: those of a model's round are more."""

from __future__ import annotations

import threading

from pytest_enrich.data import Execution, Job
from pytest_enrich.protocols import Sandbox


class Slots:
    """Does what the sandbox inside does; who comes when all slots are taken waits, before its time begins."""

    def __init__(self, inside: Sandbox, slots: int) -> None:
        self._inside = inside
        self._slots = threading.Semaphore(slots)

    @property
    def isolation(self) -> str:
        """The inner one's."""
        return self._inside.isolation

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """See `protocols.Sandbox`."""
        with self._slots:
            return self._inside.execute(job, timeout=timeout)

    def close(self) -> None:
        """Close the inner one."""
        self._inside.close()
