"""`search`: call the function directly, with inputs that take the missing branch, and say what was seen.

Record what existing tests pass, explore from there inside the sandbox, and write each finding as a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pytest_enrich.data import (
    Answered,
    Call,
    Candidate,
    Entry,
    Explore,
    Explored,
    Finding,
    Origin,
    Recorded,
)
from pytest_enrich.proposers.recording import record
from pytest_enrich.proposers.search.write import Desk
from pytest_enrich.protocols import Sandbox, Task

MOST_TESTS = 40
RECORD_SECONDS = 30.0
# Beyond the search itself: starting pytest, importing the project, making findings plain and looking at them.
START_SECONDS = 40.0


class SearchProposer:
    """Thinks of tests by search; everything runs in `sandbox`."""

    name = "search"

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def propose(self, task: Task) -> Iterator[Candidate]:
        """One candidate for each input found, those that close the most first."""
        target = task.target
        if not target.entries or task.has_asked(self.name):
            return
        recorded = record(target, self._sandbox, most=MOST_TESTS, seconds=max(RECORD_SECONDS, task.seconds))
        explored = self._explore(task, recorded)
        if explored is None:
            return
        origin = Origin(
            proposer=self.name,
            seed=task.seed,
            executions=explored.executions,
            reduced=True,
            corpus=explored.corpus,
        )
        desk = Desk.of(task, explored.aliases, origin)
        for finding in sorted(explored.findings, key=_gain, reverse=True):
            written = desk.write(finding)
            if written is not None:
                yield replace(written, origin=replace(origin, spare=finding.spare))
                desk = desk.without(written.name)

    def _explore(self, task: Task, recorded: Recorded) -> Explored | None:
        target = task.target
        job = Explore(
            path=target.path,
            module=target.module,
            entries=tuple(_with_calls(entry, recorded.calls) for entry in target.entries),
            branches=tuple(branch for gap in target.gaps for branch in gap.branches),
            lines=tuple(line for gap in target.gaps for line in gap.lines),
            statements=target.statements,
            neighbours=tuple(call for call in recorded.calls if call.qualname in target.neighbours),
            constants=target.constants,
            constructors=recorded.constructors,
            raises=target.raise_lines,
            seed=task.seed,
            executions=task.executions,
            seconds=task.seconds,
        )
        execution = self._sandbox.execute(job, timeout=task.seconds + START_SECONDS)
        answer = execution.answer if isinstance(execution, Answered) else None
        return answer if isinstance(answer, Explored) else None


def _with_calls(entry: Entry, calls: Sequence[Call]) -> Entry:
    return replace(entry, calls=tuple(call for call in calls if call.qualname == entry.qualname))


def _gain(finding: Finding) -> tuple[int, int]:
    return len(finding.branches), len(finding.reached)
