"""How a target's time and executions are shared out among those who think of tests for it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from pytest_enrich.data import Candidate
from pytest_enrich.protocols import Proposer

# What a proposer may have of a target's share when others come after it.
EARLY = 0.4


class Share:
    """What one proposer may use; `spent` is how long it thought."""

    def __init__(self, seconds: float, executions: int) -> None:
        self.seconds = seconds
        self.executions = executions
        self.spent = 0.0

    def timed(self, candidates: Iterator[Candidate]) -> Iterator[Candidate]:
        """The candidates; judging them takes no time of their proposer's."""
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
