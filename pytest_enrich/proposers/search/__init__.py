"""`search`: call the function directly, with inputs that take the missing branch, and say what was seen.

Record what existing tests pass, explore from there inside the sandbox, and write each finding as a test.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_enrich.data import Candidate, Origin
from pytest_enrich.proposers.recording import record
from pytest_enrich.proposers.search import exploring
from pytest_enrich.protocols import Sandbox, Task

MOST_TESTS = 40
BODIES = {"class", "module"}
RECORD_SECONDS = 30.0


class SearchProposer:
    """Thinks of tests by search; everything runs in `sandbox`."""

    name = "search"

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def propose(self, task: Task) -> Iterator[Candidate]:
        """One candidate for each input found, those that close the most first."""
        target = task.target
        if target.kind in BODIES or task.has_asked(self.name):
            return
        recorded = record(target, self._sandbox, most=MOST_TESTS, seconds=max(RECORD_SECONDS, task.seconds))
        if not target.entries and not recorded.through:
            return
        explored = exploring.explore(task, target.entries, recorded, self._sandbox, exploring.Limits.of(task))
        if explored is not None:
            yield from exploring.written(task, explored, Origin(proposer=self.name, seed=task.seed))
