"""`search`: call the function directly, with inputs that take the missing branch, and say what was seen.

Record what existing tests pass, explore from there inside the sandbox, and write each finding as a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TypeAlias

from pytest_enrich.data import Candidate, Explored, Origin
from pytest_enrich.proposers.recording import record
from pytest_enrich.proposers.search import exploring
from pytest_enrich.protocols import Sandbox, Task

MOST_TESTS = 40
BODIES = {"class", "module"}
RECORD_SECONDS = 30.0
Rewrite: TypeAlias = Callable[[Task, Explored], Iterator[Candidate]]
"""Better candidates of what was found."""


def has_solver() -> bool:
    """Whether the extra `symbolic` is installed."""
    return find_spec("hypothesis_crosshair_provider") is not None


class SearchProposer:
    """Thinks of tests by search; everything runs in `sandbox`.

    What was found is written as a test of its own only after what `better` makes of it. A `solver` is asked, too,
    where the extra `symbolic` brings one.
    """

    name = "search"

    def __init__(
        self,
        sandbox: Sandbox,
        better: Rewrite = lambda _task, _explored: iter(()),
        *,
        solver: bool = False,
    ) -> None:
        self._sandbox = sandbox
        self._better = better
        self._solver = solver

    def propose(self, task: Task) -> Iterator[Candidate]:
        """One candidate for each input found, those that close the most first."""
        target = task.target
        if target.kind in BODIES or task.has_asked(self.name):
            return
        recorded = record(target, self._sandbox, most=MOST_TESTS, seconds=max(RECORD_SECONDS, task.seconds))
        if not target.entries and not recorded.through:
            return
        limits = exploring.Limits.of(task)
        explored = exploring.explore(task, target.entries, recorded, self._sandbox, limits, solver=self._solver)
        if explored is not None:
            yield from self._better(task, explored)
            yield from exploring.written(task, explored, Origin(proposer=self.name, seed=task.seed))
