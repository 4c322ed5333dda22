"""How long a search may go on."""

from __future__ import annotations

import dataclasses
import time


@dataclasses.dataclass(frozen=True)
class Limits:
    """When to stop: a number of executions, a moment of the monotonic clock; and the seed."""

    executions: int
    deadline: float
    seed: int

    def part(self, spent: int, ways: int) -> Limits:
        """The part of what is left after `spent` executions that is for the first of so many ways.

        That is half of it, or all for the last: what one does not use is left for those after it.
        """
        return self.share(spent, min(ways, 2))

    def share(self, spent: int, parts: int) -> Limits:
        """One of so many equal parts of what is left after `spent` executions."""
        now = time.monotonic()
        return dataclasses.replace(
            self,
            executions=spent + max(self.executions - spent, 0) // parts,
            deadline=now + max(self.deadline - now, 0.0) / parts,
        )

    @property
    def left(self) -> float:
        """Seconds."""
        return max(self.deadline - time.monotonic(), 0.0)

    def over(self, executions: int) -> bool:
        """Whether they are used up."""
        return executions >= self.executions or time.monotonic() >= self.deadline
