"""The loop: for each target ask the proposers in turn, judge what they think of, feed the verdict back.

No input or output, no printing: targets go in, and what came of each comes out.
"""

from __future__ import annotations

import math
import re
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import patch, validate
from pytest_enrich.data import (
    Attempt,
    Branch,
    Candidate,
    Dropped,
    Gap,
    Grade,
    Job,
    Kept,
    NewTest,
    Reason,
    Target,
    Verdict,
)
from pytest_enrich.errors import EnrichError, OutOfTimeError
from pytest_enrich.pipeline.budget import Pace, RemainingBudget, Slice, shares
from pytest_enrich.protocols import Proposer, Sandbox, Task

Turns: TypeAlias = Generator["Done", None, "Done"]
"""The work on one target: what was done each time it made room for others, and in the end what was done last."""
REPEATED = Dropped(rung="gains", reason="closes no gap that is still open")
MOST_DOUBT = 1
DOUBTED = Dropped(rung="asserts", reason="a reader would doubt what it shows")
REJECTED = Dropped(rung="new", reason="was turned down before")
PLACED = Dropped(rung="allowed", reason="holds the path of this checkout")
MACHINE = Dropped(rung="allowed", reason="names a place of this machine")
PLACE = re.compile(r"""(['"])(/[^'"\s/]+/[^'"\s]*)\1""")
"""A literal path of something in a folder below the root: those folders themselves exist everywhere."""


class Done(Struct, frozen=True, kw_only=True):
    """A target that is finished: what it was, with the gaps that were open, and the attempts on it.

    `complete` is False when time ran out in the middle: its open gaps may be tried again. `defect` is the
    traceback of a bug of ours that ended it, "" for none. A target that made room for others goes on with its
    `rest`, whose next candidate may close as many gaps as are `promised`.
    """

    target: Target
    attempts: tuple[Attempt, ...]
    complete: bool = True
    defect: str = ""
    rest: Turns | None = None
    promised: int = 0


class RunContext(Struct, frozen=True, kw_only=True):
    """What the work on every target of a run has in common.

    `earlier` has the run's earlier attempts by target (path and qualname): nothing is tried twice.
    `watch` gives the jobs that fail in this thread meanwhile: what they were for is to be tried again.
    `is_rejected` tells, of a gap's id, a test's hash (`patch.body_of`), a source file and a function, whether
    people turned this test down; `turned_down` why they turned down others for a source file; `comes_last` whether
    they did not want tests like it.
    `refused` tells why a team allows no suggestion of a kind for a test file, "" where it does. `rootdir` is where
    the project is on this machine. `exists` tells whether this one has a file, or a folder.
    `existing` is what the run knows of the tests that exist: it is the same for all proposers. `sharper` as in
    `validate.judge`. What is doubted more than `most_doubt` is not tried where tests come to the module.
    """

    sandbox: Sandbox
    remaining: RemainingBudget
    existing: validate.Existing
    timeout: float
    seed: int
    test_text: Callable[[str], str]
    proposers: tuple[Proposer, ...] = ()
    gaps: Sequence[Gap] = ()
    source_text: Callable[[str], str] = lambda _path: ""
    grade: Grade = "good"
    earlier: Mapping[tuple[str, str], tuple[Attempt, ...]] = {}
    is_rejected: Callable[[str, str, str, str], bool] = lambda *_facts: False
    turned_down: Callable[[str], tuple[Reason, ...]] = lambda _path: ()
    comes_last: Callable[[Candidate], bool] = lambda _candidate: False
    refused: Callable[[str, str], str] = lambda _kind, _path: ""
    rootdir: str = ""
    exists: Callable[[str], bool] = lambda _path: False
    most_doubt: float = MOST_DOUBT
    sharper: validate.Sharper = lambda *_call: ()
    watch: Callable[[], AbstractContextManager[Sequence[Job]]] = lambda: nullcontext(())


def _refusal(task: Task, candidate: Candidate, context: RunContext) -> Dropped | None:
    """Why a candidate need not be run, or None."""
    if not _closing(candidate, task):
        return REPEATED
    # Where no test comes to the module, a draft is better than nothing.
    if candidate.origin.doubt > context.most_doubt and task.target.nearest:
        return DOUBTED
    if context.rootdir and context.rootdir in candidate.code:
        return PLACED
    if any(map(context.exists, _places(candidate, context, task.source_text))):
        return MACHINE
    kind = "test" if isinstance(candidate, NewTest) else "row"
    why = context.refused(kind, candidate.placement.path)
    return Dropped(rung="allowed", reason=why) if why else None


def _places(candidate: Candidate, context: RunContext, source_text: str) -> Iterator[str]:
    """The absolute paths that are written in a test, and neither in its file nor in the code under test."""
    for match in PLACE.finditer(candidate.code):
        if match[2] not in source_text and match[2] not in context.test_text(candidate.placement.path):
            yield match[2]


def judge(task: Task, candidate: Candidate, context: RunContext) -> Verdict:
    """The verdict of the ladder, unless nothing is open for it, people turned it down, or would doubt it."""
    if (fault := _refusal(task, candidate, context)) is not None:
        return fault
    if candidate.placement.path != task.target.placement.path:
        task = replace(task, test_text=context.test_text(candidate.placement.path))
    if _is_rejected(candidate, candidate.gaps, task.target, context):
        return REJECTED
    verdict = validate.judge(
        task,
        candidate,
        context.sandbox,
        timeout=context.timeout,
        lowest=context.grade,
        existing=context.existing,
        sharper=context.sharper,
    )
    if not isinstance(verdict, Kept):
        return verdict
    return REJECTED if _is_rejected(verdict.smaller or candidate, verdict.gaps, task.target, context) else verdict


def _does_all_of(new: Kept, old: Verdict, *, more: bool) -> bool:
    """Whether the new one closes and notices all that the old one does."""
    assert isinstance(old, Kept)
    noticed, before = (
        {(mutant.line, mutant.change) for mutant in kept.mutants.list if mutant.killed} for kept in (new, old)
    )
    return {*new.gaps} >= {*old.gaps} and (noticed > before if more else noticed >= before)


def is_among(candidate: Candidate, earlier: Iterable[Attempt]) -> bool:
    """Whether this test was dropped before."""
    body = patch.body_of(candidate)
    return any(isinstance(tried.verdict, Dropped) and patch.body_of(tried.candidate) == body for tried in earlier)


def _is_rejected(candidate: Candidate, gaps: Sequence[str], target: Target, context: RunContext) -> bool:
    """Whether people turned this test down for one of the gaps."""
    body = patch.body_of(candidate)
    return any(context.is_rejected(gap, body, target.path, target.part_of(gap).qualname) for gap in gaps)


def attempt(target: Target, candidate: Candidate, verdict: Verdict) -> Attempt:
    """The record: a kept candidate in the form that was kept, without what only judging needed."""
    if isinstance(verdict, Kept) and verdict.smaller is not None:
        candidate, verdict = verdict.smaller, replace(verdict, smaller=None)
    part = target.part_of(candidate.gaps[0])
    return Attempt(
        path=part.path,
        qualname=part.qualname,
        digest=part.digest,
        candidate=replace(candidate, origin=replace(candidate.origin, corpus=())),
        verdict=verdict,
    )


Improver: TypeAlias = Callable[[Task, Attempt], Iterable[NewTest]]
"""Thinks of other versions of a kept test, the best first."""
TOGETHER = 4
MOST_HELD = 4
"""How many times `ahead` may be done, or under way, behind a target that takes long."""


def run(targets: Sequence[Target], context: RunContext, executor: Executor, ahead: int) -> Iterator[Done]:
    """Work on the targets, `ahead` at the same time; what is done comes in their order.

    A gap that a test for an earlier target closed in passing is not worked on again. Where time is short, a
    target that closes little for its time makes room, and goes on when the next has no more gaps. With a budget in
    executions what a target knows of others must not depend on `ahead`: they come in groups of `TOGETHER`.
    """
    covered: set[tuple[str, int | Branch]] = set()
    pace = Pace(ahead)
    waiting, resting = deque(targets), list[Done]()
    working: deque[Future[Done]] = deque()
    while waiting or resting or working:
        busy = [future for future in working if not future.done()]
        room = _room(len(working), len(busy), context.remaining, ahead)
        for target, turns in _next_ones(waiting, resting, covered, room):
            pace.waiting = 0 if context.remaining.is_counted else sum(len(later.gaps) for later in waiting)
            slice_ = context.remaining.slice(len(waiting) + 1, ahead)
            busy.append(executor.submit(watched, target, turns or work(target, context, slice_, pace), context))
            working.append(busy[-1])
        if not working:
            return
        if not working[0].done():
            wait(busy, return_when=FIRST_COMPLETED)
            continue
        done = _without_repeats(working.popleft().result(), pace.closed)
        covered |= set(_covered(done))
        pace.closed |= {gap for attempt in done.attempts for gap in attempt.closes}
        resting.extend([done] if done.rest is not None else [])
        yield done


def _room(under_way: int, busy: int, remaining: RemainingBudget, ahead: int) -> int:
    """How many more targets may begin: one that takes long keeps no others waiting."""
    if remaining.left <= 0:
        return 0
    if remaining.is_counted:
        return 0 if under_way else TOGETHER
    return min(ahead - busy, MOST_HELD * ahead - under_way)


def _next_ones(
    waiting: deque[Target], resting: list[Done], covered: Collection[tuple[str, int | Branch]], most: int
) -> Iterator[tuple[Target, Turns | None]]:
    """The next targets with open gaps; before them those that made room, when they promise as much."""
    while most > 0 and (waiting or resting):
        rested = max(resting, key=lambda done: done.promised, default=None)
        if rested is not None and (not waiting or rested.promised >= len(waiting[0].gaps)):
            resting.remove(rested)
            most -= 1
            yield rested.target, rested.rest
            continue
        target = waiting.popleft().without(
            lambda gap: any((gap.path, part) in covered for part in (*gap.lines, *gap.branches))
        )
        if target.gaps:
            most -= 1
            yield target, None


def watched(target: Target, turns: Turns, context: RunContext) -> Done:
    """One turn; a target of which a job failed is not complete, and a bug of ours costs only this target."""
    with context.watch() as failed:
        try:
            done = replace(next(turns), rest=turns)
        except StopIteration as end:
            done = end.value
        except EnrichError:
            raise
        except Exception as error:  # noqa: BLE001 - a run of hours must not end by one odd test
            trace = "".join(traceback.format_exception(error))
            done = Done(target=target, attempts=(), complete=False, defect=trace)
    return replace(done, complete=done.complete and not failed)


def work(target: Target, context: RunContext, slice_: Slice, pace: Pace) -> Turns:
    """Ask each proposer for what those before it left open, and judge each candidate, while it is its turn.

    Yields what was done when it makes room, and returns what was done since.
    """
    names = [part.qualname for part in target.parts or (target,)]
    earlier = tuple(tried for name in names for tried in context.earlier.get((target.path, name), ()))
    attempts: tuple[Attempt, ...] = ()
    has_begun = False
    task = _task(target, earlier, context, slice_)

    def now() -> Task:
        return task

    def is_over() -> bool:
        return slice_.is_over

    try:
        for candidate in _thought_of(now, context, is_over):
            # What a model wrote was expensive: it is proven before its target's turn ends.
            if context.remaining.left <= 0 or (slice_.is_over and not candidate.origin.prompt):
                return Done(target=target, attempts=attempts, complete=False)
            promised = _closing(candidate, task)
            # A spare is only there in case its gaps stay open.
            if is_among(candidate, earlier) or (candidate.origin.spare and not promised):
                continue
            if has_begun and not candidate.origin.prompt and pace.is_slow(promised, context.remaining.left):
                yield Done(target=target, attempts=attempts, complete=False, promised=promised)
                task = replace(task, target=task.target.without(lambda gap: gap.id in pace.closed))
                target, slice_ = task.target, replace(slice_, ends=math.inf)
                earlier, attempts, has_begun = (*earlier, *attempts), (), False
            started = time.monotonic()
            verdict = judge(task, candidate, context)
            closed = verdict.gaps if isinstance(verdict, Kept) else ()
            pace.judged(len(closed), started)
            attempts, has_begun = (*attempts, attempt(target, candidate, verdict)), True
            is_first = bool(closed) and not pace.closed and not context.remaining.is_counted
            task = _next(task, (*earlier, *attempts), closed)
            if not task.target.gaps:
                return Done(target=target, attempts=attempts)
            if is_first and not candidate.origin.prompt:  # it is shown at once
                yield Done(target=target, attempts=attempts, complete=False, promised=sys.maxsize)
                target, earlier, attempts = task.target, (*earlier, *attempts), ()
    except OutOfTimeError:  # what was kept before stays
        return Done(target=target, attempts=attempts, complete=False)
    return Done(target=target, attempts=attempts, complete=context.remaining.left > 0)


def _closing(candidate: Candidate, task: Task) -> int:
    """How many of the open gaps it may close."""
    return len({gap.id for gap in task.target.gaps} & set(candidate.gaps))


def improve(target: Target, kept: Attempt, think: Improver, context: RunContext, *, more: bool) -> Attempt | None:
    """A better version of a kept test, which does all that the test does; None where nobody thinks of one.

    Args:
        target: With the gaps that the test closes alone.
        kept: The test.
        think: Thinks of other versions of it, the best first.
        context: Where they are proven.
        more: Whether a version is only better when the test notices more.
    """
    task = _task(target, (), context, context.remaining.slice(1))
    with suppress(OutOfTimeError):
        for version in think(task, kept):
            if context.comes_last(version) and not context.comes_last(kept.candidate):
                continue
            # With another name or docstring it does the same without being run.
            if patch.body_of(version) == patch.body_of(kept.candidate):
                return None if more else replace(kept, candidate=version)
            verdict = judge(task, version, context)
            if isinstance(verdict, Kept) and _does_all_of(verdict, kept.verdict, more=more):
                return attempt(target, version, verdict)
    return None


def _task(target: Target, earlier: tuple[Attempt, ...], context: RunContext, slice_: Slice) -> Task:
    return Task(
        target=target,
        attempts=earlier,
        test_text=context.test_text(target.placement.path),
        seconds=slice_.seconds,
        executions=slice_.executions,
        idle=slice_.idle,
        seed=context.seed,
        source_text=context.source_text(target.path),
        rootdir=context.rootdir,
        others=tuple(gap for gap in context.gaps if gap.path == target.path and gap not in target.gaps),
        turned_down=context.turned_down(target.path),
    )


def _thought_of(task: Callable[[], Task], context: RunContext, is_over: Callable[[], bool]) -> Iterator[Candidate]:
    """What the proposers think of, one after the other; spares come when all have had their say.

    Each is asked for what is open then: `task` gives that, with all the time that there is for the target.
    """
    first, spares = task(), []

    def is_open(gap: str) -> bool:
        return gap in {open_gap.id for open_gap in task().target.gaps}

    for proposer, share in shares(context.proposers, first.seconds, first.executions):
        own_task = replace(
            task(),
            seconds=share.seconds,
            executions=share.executions,
            is_open=is_open,
            so_far=lambda: task().attempts,
            has_turn=lambda: not is_over(),
        )
        for candidate in share.timed(proposer.propose(own_task)):
            if candidate.origin.spare or context.comes_last(candidate):
                spares.append(replace(candidate, origin=replace(candidate.origin, spare=True)))
            else:
                yield candidate
    yield from spares


def _next(task: Task, attempts: tuple[Attempt, ...], closed: Collection[str]) -> Task:
    """The task after an attempt: what was tried, and only the gaps that are open now."""
    return replace(task, attempts=attempts, target=task.target.without(lambda gap: gap.id in closed))


def _without_repeats(done: Done, closed: set[str]) -> Done:
    """Count as dropped what only closes gaps that earlier targets closed: they were worked on at the same time."""

    def counted(attempt: Attempt) -> Attempt:
        is_repeated = attempt.closes and set(attempt.closes) <= closed
        return replace(attempt, verdict=REPEATED) if is_repeated else attempt

    return replace(done, attempts=tuple(map(counted, done.attempts)))


def _covered(done: Done) -> Iterator[tuple[str, int | Branch]]:
    for attempt in done.attempts:
        if isinstance(attempt.verdict, Kept):
            yield from ((done.target.path, line) for line in attempt.verdict.lines)
            yield from ((done.target.path, branch) for branch in attempt.verdict.branches)


__all__ = ["Done", "RemainingBudget", "RunContext", "Slice", "improve", "run", "watched", "work"]
