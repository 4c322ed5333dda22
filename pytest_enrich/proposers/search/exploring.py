"""From calls to tests: what exploring for a task asks of a sandbox, and what becomes of what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Answered, Call, Entry, Explore, Explored, Finding, NewTest, Origin, Recorded
from pytest_enrich.proposers.recording import NOTHING
from pytest_enrich.proposers.search import looks
from pytest_enrich.proposers.search.write import Desk
from pytest_enrich.protocols import Sandbox, Task

# Beyond the search itself: starting pytest, importing the project, making findings plain and looking at them.
START_SECONDS = 40.0
LOOK_SECONDS = 5.0
Way: TypeAlias = Callable[[Desk], Desk]
"""From the desk of others to that of a test."""


class Limits(Struct, frozen=True, kw_only=True):
    """Of one exploration: its seed, the most calls, the most seconds."""

    seed: int
    executions: int
    seconds: float

    @classmethod
    def of(cls, task: Task) -> Limits:
        """All that the task has."""
        return cls(seed=task.seed, executions=task.executions, seconds=task.seconds)


def explore(  # noqa: PLR0913 - each is known to another part of a run
    task: Task,
    entries: Sequence[Entry],
    recorded: Recorded,
    sandbox: Sandbox,
    limits: Limits,
    *,
    solver: bool = False,
) -> Explored | None:
    """What calls of `entries` did, from their own calls and from what was recorded; None when it failed."""
    job = replace(_job(task, recorded, limits), solver=solver)
    return _answer(replace(job, entries=tuple(_with_calls(entry, recorded.calls) for entry in entries)), sandbox)


def look(task: Task, call: Call, sandbox: Sandbox) -> Explored | None:
    """What this call did; None when that failed."""
    limits = Limits(seed=task.seed, executions=1, seconds=LOOK_SECONDS)
    return _answer(replace(_job(task, NOTHING, limits), only=(call,)), sandbox)


def _job(task: Task, recorded: Recorded, limits: Limits) -> Explore:
    target = task.target
    return Explore(
        path=target.path,
        module=target.module,
        entries=target.entries,
        branches=tuple(branch for gap in target.gaps for branch in gap.branches),
        lines=tuple(line for gap in target.gaps for line in gap.lines),
        statements=target.statements,
        neighbours=tuple(call for call in recorded.calls if call.qualname in target.neighbours),
        constants=target.constants,
        constructors=recorded.constructors,
        through=recorded.through,
        raises=target.raise_lines,
        seed=limits.seed,
        executions=limits.executions,
        seconds=limits.seconds,
    )


def _answer(job: Explore, sandbox: Sandbox) -> Explored | None:
    execution = sandbox.execute(job, timeout=job.seconds + START_SECONDS)
    answer = execution.answer if isinstance(execution, Answered) else None
    return answer if isinstance(answer, Explored) else None


def written(
    task: Task, explored: Explored, origin: Origin, taken: frozenset[str] = frozenset()
) -> Iterator[NewTest]:
    """Tests of the findings that make readable ones, those that close the most first; no name of `taken`.

    What one short test may state comes as one; each of it alone is a spare then.
    """
    whole = replace(origin, executions=explored.executions, reduced=True, corpus=explored.corpus)
    desk = Desk.of(task, explored.aliases, whole)
    desk = replace(desk, taken=desk.taken | taken)
    ranked = sorted(explored.findings, key=_gain, reverse=True)
    awaits = desk.coroutines is not None
    documented, methods = task.target.docstring or "", task.target.joins_methods
    for group in looks.alike(ranked, documented, awaits=awaits, methods=methods):
        joined: set[str] = set()
        for spare, way in _ways(desk, group):
            joint = way(desk).together([one for one in group if desk.closes(one, task.is_open)])
            if joint is not None:
                yield replace(joint, origin=replace(whole, spare=spare))
                joined |= {joint.name}
        desk = desk.without(*joined)
        for finding in group:
            alone: set[str] = set()
            for spare, way in _ways(desk, [finding]):
                made = way(desk).write(finding)
                if made is not None:
                    yield replace(made, origin=replace(whole, spare=finding.spare or bool(joined) or spare))
                    alone |= {made.name}
            desk = desk.without(*alone)


def _ways(desk: Desk, findings: Sequence[Finding]) -> Iterator[tuple[bool, Way]]:
    """How a test may be written: as others are there, and as spares with nothing of what goes on there.

    Whatever runs coroutines may do it in another way than the sandbox did, and a class may prepare other things.
    """
    yield False, _as_others
    if any(map(desk.awaits, findings)):
        yield True, _without_coroutines
    if desk.is_prepared:
        yield True, Desk.outside


def _as_others(desk: Desk) -> Desk:
    return desk


def _without_coroutines(desk: Desk) -> Desk:
    return replace(desk, coroutines=None)


def _with_calls(entry: Entry, calls: Sequence[Call]) -> Entry:
    return replace(entry, calls=(*entry.calls, *(call for call in calls if call.qualname == entry.qualname)))


def _gain(finding: Finding) -> tuple[int, int]:
    return len(finding.branches), len(finding.reached)
