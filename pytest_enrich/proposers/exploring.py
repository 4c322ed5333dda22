"""What proposers ask a sandbox: what existing tests pass to a target's functions, and what calls of them do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

from msgspec.structs import replace

from pytest_enrich.data import Answered, Call, Dropped, Explore, Explored, Job, NearTest, Record, Recorded, Target
from pytest_enrich.data.code import within
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.source import written

# Beyond the search itself: starting pytest, importing the project, simplifying findings and looking at them.
START_SECONDS = 40.0
LOOK_SECONDS = 5.0
MOST_TESTS, RECORD_SECONDS = 40, 30.0
RECORDED = 5
"""How many times longer than a search tests may be watched for it, up to that."""
SLOWER = 10
"""How many times longer tests take when they are watched."""
MOST_TOGETHER, TOGETHER_SECONDS = 100, 2.0
"""The most tests that are watched for several targets, and how long they may take unwatched."""
NOTHING = Recorded(calls=(), constructors=(), outcomes=())
T = TypeVar("T")


def record(target: Target, sandbox: Sandbox, *, seconds: float = RECORD_SECONDS) -> Recorded:
    """The calls that its nearest tests make to its entries and others of its module; none when that failed.

    `seconds` are those of the search that it is for.
    """
    affordable = max(seconds, min(RECORD_SECONDS, seconds * RECORDED))
    own = dict.fromkeys(near.function for near in _watched(target, affordable))
    if not (own or target.watched):
        return NOTHING
    tests = target.watched if own.keys() <= {*target.watched} else own
    qualnames = {*(entry.qualname for entry in target.entries), *target.neighbours}
    # Always in the same order, so that an earlier answer can be found again.
    job = Record(
        tests=tuple(sorted(tests)), path=target.path, module=target.module, qualnames=tuple(sorted(qualnames))
    )
    return answered(sandbox, job, Recorded, max(RECORD_SECONDS, seconds)) or NOTHING


def _watched(target: Target, seconds: float) -> Sequence[NearTest]:
    """The tests that are watched for a target."""
    near = {test.function: test for test in within(target.nearest, seconds / SLOWER)}
    return tuple(near.values())[:MOST_TESTS]


def together(targets: Sequence[Target]) -> tuple[Target, ...]:
    """The targets; those of one file share the tests that are watched for all of them at once.

    The first ones have all their tests among these; others only if that does not take too long in total. A file
    that no test comes near borrows from those in its folder: they show how objects are made.
    """
    chosen: dict[str, dict[str, float]] = {}
    for target in targets:
        known = chosen.setdefault(target.path, {})
        both = known | {near.function: near.seconds for near in _watched(target, RECORD_SECONDS)}
        if len(both) <= MOST_TOGETHER and sum(both.values()) <= TOGETHER_SECONDS:
            known.update(both)
    borrowed = {path: _borrowed(path, chosen) for path, own in chosen.items() if not own}
    return tuple(
        replace(target, watched=borrowed.get(target.path) or tuple(sorted(chosen[target.path])))
        for target in targets
    )


def _borrowed(path: str, chosen: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    """The quickest of the tests that are watched for the files beside it."""
    folder = path.rpartition("/")[0]
    near = (tests for other, tests in chosen.items() if other.rpartition("/")[0] == folder)
    beside = {test: took for tests in near for test, took in tests.items()}
    quickest = sorted(beside, key=lambda test: (beside[test], test))[:MOST_TESTS]
    spent = accumulate(beside[test] for test in quickest)
    return tuple(sorted(test for test, total in zip(quickest, spent, strict=True) if total <= TOGETHER_SECONDS))


def explore(task: Task, recorded: Recorded, sandbox: Sandbox) -> Explored | None:
    """What calls of the target's entries did, starting from the recorded ones; None when that failed."""
    shown = [call for call in recorded.calls if call.receiver != ""]
    entries = [
        replace(entry, calls=(*entry.calls, *(call for call in shown if call.qualname == entry.qualname)))
        for entry in task.target.entries
    ]
    return _explored(replace(_job(task, recorded), entries=tuple(entries)), sandbox)


def look(task: Task, call: Call, sandbox: Sandbox) -> Explored | None:
    """What this call did; None when that failed."""
    short = replace(task, executions=1, seconds=LOOK_SECONDS)
    return _explored(replace(_job(short, NOTHING), only=(call,)), sandbox)


def _job(task: Task, recorded: Recorded) -> Explore:
    target = task.target
    dropped = {attempt.verdict.rung for attempt in task.attempts if isinstance(attempt.verdict, Dropped)}
    return Explore(
        path=target.path,
        module=target.module,
        entries=target.entries,
        branches=tuple(branch for gap in target.gaps for branch in gap.branches),
        lines=tuple(line for gap in target.gaps for line in gap.lines),
        statements=target.statements,
        # An argument fits its parameter even if something beside it cannot be written down.
        neighbours=tuple(
            call for call in recorded.calls if call.qualname in target.neighbours or call.receiver == ""
        ),
        constants=target.constants,
        constructors=recorded.constructors,
        written=written.values(task.test_text, target.module.partition(".")[0]),
        contents=written.contents(task.test_text),
        expected=written.expected(task.test_text),
        beside=target.beside,
        through=recorded.through,
        raises=target.raise_lines,
        seed=task.seed,
        executions=task.executions,
        idle=task.idle,
        seconds=task.seconds,
        # A test that was to show all of them showed too little of each.
        apart="kills" in dropped,
    )


def _explored(job: Explore, sandbox: Sandbox) -> Explored | None:
    return answered(sandbox, job, Explored, job.seconds + START_SECONDS)


def answered(sandbox: Sandbox, job: Job, kind: type[T], seconds: float) -> T | None:
    """The answer to a job within these seconds; None when there is none of this kind."""
    execution = sandbox.execute(job, timeout=seconds)
    answer = execution.answer if isinstance(execution, Answered) else None
    return answer if isinstance(answer, kind) else None
