"""What a run may use, and how it is shared out."""

from __future__ import annotations

import time

from pytest_enrich.config import Budget

# Of the time that is left, the part that goes into thinking; the rest is for proofs.
THINKING = 0.6
SHORTEST, LONGEST = 1.5, 12.0
# With a budget in executions the clock decides nothing but when a search hangs.
UNHURRIED = 300.0
FEWEST_EXECUTIONS, MOST_EXECUTIONS = 100, 50_000


class Purse:
    """What is left of a budget: of time, or of executions, which are shared out evenly beforehand.

    Args:
        budget: What there is.
        targets: Among how many it is shared out.
        longest: The most seconds that one of them may be thought about, however much there is.
    """

    def __init__(self, budget: Budget, targets: int, longest: float = LONGEST) -> None:
        self._budget = budget
        self._longest = longest
        self._targets = max(targets, 1)
        self._started = time.monotonic()

    @property
    def left(self) -> float:
        """Seconds; infinite for a budget in executions."""
        if self._budget.seconds is None:
            return float("inf")
        return self._budget.seconds - (time.monotonic() - self._started)

    @property
    def is_counted(self) -> bool:
        """Whether it is a budget in executions, with which every machine comes to the same."""
        return self._budget.executions is not None

    def share(self, targets_left: int, at_once: int = 1) -> tuple[float, int]:
        """How long one of the targets that are left, so many at a time, may have: seconds, and calls."""
        if self._budget.executions is not None:
            return UNHURRIED, max(FEWEST_EXECUTIONS, self._budget.executions // self._targets)
        fair = self.left * THINKING * min(at_once, targets_left) / max(targets_left, 1)
        return min(max(fair, SHORTEST), self._longest), MOST_EXECUTIONS

    def __str__(self) -> str:
        """As progress shows it: `3:07`, or "" for a budget in executions."""
        if self._budget.seconds is None:
            return ""
        minutes, seconds = divmod(max(int(self.left), 0), 60)
        return f"{minutes}:{seconds:02}"
