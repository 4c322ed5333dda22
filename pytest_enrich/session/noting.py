"""A sandbox that remembers which jobs gave no answer, so that a run can say why it found less than it might."""

from __future__ import annotations

from collections import Counter

from pytest_enrich.data import Execution, Failed, Job, Prove
from pytest_enrich.protocols import Sandbox

SHOWN = 3


class NotingSandbox:
    """Does what the sandbox inside does; a failed proof is a verdict and is not noted."""

    def __init__(self, inside: Sandbox) -> None:
        self._inside = inside
        self._failed: Counter[str] = Counter()

    @property
    def isolation(self) -> str:
        """The inner one's."""
        return self._inside.isolation

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """See `protocols.Sandbox`."""
        execution = self._inside.execute(job, timeout=timeout)
        if isinstance(execution, Failed) and not isinstance(job, Prove):
            self._failed[f"{type(job).__name__.lower()}: {execution.reason}: {_last_line(execution.detail)}"] += 1
        return execution

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for each kind of failure, the most frequent first."""
        return tuple(f"{count} jobs failed ({what})" for what, count in self._failed.most_common(SHOWN))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
