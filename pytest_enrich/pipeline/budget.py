"""A run's budget, and the slice of it that one target may use."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pytest_enrich.config import Budget
from pytest_enrich.data import Candidate
from pytest_enrich.protocols import Proposer

# Of the time that is left, the part that goes into thinking; the rest is for proofs.
THINKING = 0.6
SHORTEST, LONGEST = 3.0, 12.0
# With a budget in executions the clock decides nothing but when a search hangs.
UNHURRIED = 300.0
FEWEST_EXECUTIONS, MOST_EXECUTIONS = 100, 50_000
# A search that ends after 200 calls in a row with nothing new finds 95% of what it would after 2,000, in a third
# of the time: unless there is plenty, others come first, and it goes on once they have had their turn.
FIRST_IDLE, MOST_IDLE, PLENTY = 200, 2000, 6.0
# How many times its even share of what is left a target may take, with its proofs, while others wait.
MOST_PARTS, SHORTEST_SLICE = 4, 20.0
# What a proposer may have of a target's share when others come after it.
EARLY = 0.4


class Slice(Struct, frozen=True, kw_only=True):
    """What one target may use.

    Attributes:
        seconds, executions: For thinking of tests.
        idle: How many calls of a search in a row may show nothing new.
        ends: When it makes room for those that wait, whatever is still open; on the monotonic clock.
    """

    seconds: float
    executions: int
    idle: int = MOST_IDLE
    ends: float = math.inf

    @property
    def is_over(self) -> bool:
        """Whether it is the turn of others."""
        return time.monotonic() >= self.ends


class RemainingBudget:
    """What is left of a budget: of time, or of executions, which are shared out evenly beforehand.

    Args:
        budget: What there is.
        targets: How many share it.
        patience: How many times longer than usual one of them may take while there is enough, or others wait.
        started: From when on it is spent, on the monotonic clock; None is now.
    """

    def __init__(self, budget: Budget, targets: int, patience: int = 1, started: float | None = None) -> None:
        self._budget = budget
        self._patience = patience
        self._targets = max(targets, 1)
        self._started = time.monotonic() if started is None else started

    @property
    def left(self) -> float:
        """Seconds; infinite for a budget in executions."""
        if self._budget.seconds is None:
            return float("inf")
        return self._budget.seconds - (time.monotonic() - self._started)

    @property
    def is_counted(self) -> bool:
        """Whether it is a budget in executions, with which every machine gets the same result."""
        return self._budget.executions is not None

    def slice(self, targets_left: int, at_once: int = 1) -> Slice:
        """What one of the targets that are left may use, when so many are worked on at once."""
        if self._budget.executions is not None:
            share = max(FEWEST_EXECUTIONS, self._budget.executions // self._targets)
            return Slice(seconds=UNHURRIED, executions=share)
        even = self.left * min(at_once, targets_left) / max(targets_left, 1)
        seconds = min(max(even * THINKING, SHORTEST), LONGEST * self._patience)
        turn = max(even * MOST_PARTS, SHORTEST_SLICE) * self._patience if targets_left > at_once else math.inf
        idle = MOST_IDLE if self._patience > 1 or seconds >= PLENTY else FIRST_IDLE
        return Slice(seconds=seconds, executions=MOST_EXECUTIONS, idle=idle, ends=time.monotonic() + turn)

    def __str__(self) -> str:
        """As progress shows it: `3:07`, or "" for a budget in executions."""
        if self._budget.seconds is None:
            return ""
        minutes, seconds = divmod(max(int(self.left), 0), 60)
        return f"{minutes}:{seconds:02}"


class Share:
    """What one proposer may use; `spent` is how long it thought."""

    def __init__(self, seconds: float, executions: int) -> None:
        self.seconds = seconds
        self.executions = executions
        self.spent = 0.0

    def timed(self, candidates: Iterator[Candidate]) -> Iterator[Candidate]:
        """The candidates; judging them does not count as their proposer's time."""
        while True:
            started = time.monotonic()
            candidate = next(candidates, None)
            self.spent += time.monotonic() - started
            if candidate is None:
                return
            yield candidate


def shares(proposers: Sequence[Proposer], seconds: float, executions: int) -> Iterator[tuple[Proposer, Share]]:
    """Each but the last gets a part of what is left; time that it does not use is left for the others."""
    for proposer in proposers[:-1]:
        share = Share(seconds * EARLY, int(executions * EARLY))
        yield proposer, share
        seconds -= min(share.spent, share.seconds)
        executions -= share.executions
    yield from ((proposer, Share(seconds, executions)) for proposer in proposers[-1:])


class Pace:
    """How fast the gaps of a round are closed: where time is short, a candidate that closes few waits for others.

    A forager leaves a place, too, when it yields less than moving on to the next one.

    Attributes:
        closed: The ids of the gaps that are closed.
        waiting: How many gaps the targets have that had no turn yet; 0 where no clock decides.
    """

    def __init__(self, ahead: int, started: float | None = None) -> None:
        self._ahead, self._started = ahead, time.monotonic() if started is None else started
        self._quickest, self._gaps = math.inf, 0
        self.closed: set[str] = set()
        self.waiting = 0

    def judged(self, gaps: int, started: float) -> None:
        """Note that a candidate that closes so many gaps was judged, from `started` until now."""
        # What closes little has few mutants, while the mean is that of larger candidates.
        self._quickest = min(self._quickest, time.monotonic() - started) if gaps else self._quickest
        self._gaps += gaps

    def is_slow(self, gaps: int, left: float) -> bool:
        """Whether a candidate that may close so many closes fewer per second than were closed so far.

        Never when, at that speed, all others get their turn in the seconds that are `left`.
        """
        spent = time.monotonic() - self._started
        is_short = self.waiting * spent > self._gaps * left
        return is_short and gaps * spent * self._ahead < self._gaps * self._quickest
