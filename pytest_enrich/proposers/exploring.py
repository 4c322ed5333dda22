"""What proposers ask a sandbox: what existing tests pass to a target's functions, and what calls of them do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Answered, Call, Entry, Explore, Explored, Record, Recorded, Target
from pytest_enrich.protocols import Sandbox, Task

# Beyond the search itself: starting pytest, importing the project, making findings plain and looking at them.
START_SECONDS = 40.0
LOOK_SECONDS = 5.0
MOST_TESTS, RECORD_SECONDS = 40, 30.0
NOTHING = Recorded(calls=(), constructors=(), outcomes=())


class Limits(Struct, frozen=True, kw_only=True):
    """Of one exploration: its seed, the most calls, the most seconds."""

    seed: int
    executions: int
    seconds: float

    @classmethod
    def of(cls, task: Task) -> Limits:
        """All that the task has."""
        return cls(seed=task.seed, executions=task.executions, seconds=task.seconds)


def record(
    target: Target,
    sandbox: Sandbox,
    *,
    most: int = MOST_TESTS,
    seconds: float = RECORD_SECONDS,
    may_run: Callable[[str], bool] = lambda _: True,
) -> Recorded:
    """The calls seen of the target's entries and of the other functions of its module; nothing when that failed.

    Args:
        target: Its nearest tests are run.
        sandbox: Where they run.
        most: How many of them.
        seconds: The most time to take.
        may_run: Whether the tests of this file may.
    """
    # Without their parameters: ids of parameters may differ from run to run (a set gives them).
    names = (near.nodeid.partition("[")[0] for near in target.nearest)
    tests = tuple(dict.fromkeys(name for name in names if may_run(name.partition("::")[0])))[:most]
    if not tests:
        return NOTHING
    qualnames = {*(entry.qualname for entry in target.entries), *target.neighbours}
    # In one order for all targets: the same tests are not watched again for the next function of a file.
    job = Record(
        tests=tuple(sorted(tests)), path=target.path, module=target.module, qualnames=tuple(sorted(qualnames))
    )
    execution = sandbox.execute(job, timeout=seconds)
    answer = execution.answer if isinstance(execution, Answered) else None
    return answer if isinstance(answer, Recorded) else NOTHING


def explore(
    task: Task, entries: Sequence[Entry], recorded: Recorded, sandbox: Sandbox, limits: Limits
) -> Explored | None:
    """What calls of `entries` did, from their own calls and from what was recorded; None when it failed."""
    job = _job(task, recorded, limits)
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


def _with_calls(entry: Entry, calls: Sequence[Call]) -> Entry:
    return replace(entry, calls=(*entry.calls, *(call for call in calls if call.qualname == entry.qualname)))
