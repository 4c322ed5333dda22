"""A sandbox that remembers which jobs gave no answer, so that a run can say why it found less than it might."""

from __future__ import annotations

import re
from collections import Counter

from pytest_enrich.data import Collect, Execution, Explore, Failed, Job, Mutate, Prove, Record
from pytest_enrich.protocols import Sandbox

SHOWN = 3
_DOING: dict[type, str] = {
    Collect: "collecting the tests inside",
    Record: "watching the tests inside",
    Explore: "exploring a function",
    Mutate: "mutating a function",
}


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
            self._failed[f"{_DOING[type(job)]} failed ({execution.reason}): {_last_line(execution.detail)}"] += 1
        return execution

    def close(self) -> None:
        """Close the inner one."""
        self._inside.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for each kind of failure, the most frequent first."""
        return tuple(
            f"{what} ({count} times)" if count > 1 else what for what, count in self._failed.most_common(SHOWN)
        )


def _last_line(text: str) -> str:
    """The error that a traceback ends with, else the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Exit)\b", line)]
    return (errors or lines or ["no reason given"])[-1]
