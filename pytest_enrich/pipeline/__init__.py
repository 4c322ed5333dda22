"""The loop: for each target ask the proposers in turn, judge what they think of, feed the verdict back.

No input or output, no printing: targets in, what came of each out.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, nullcontext

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
from pytest_enrich.pipeline.purse import Purse
from pytest_enrich.protocols import Proposer, Sandbox, Task

# What a proposer may have of a target's share when others come after it.
EARLY_SHARE = 0.4
TOGETHER = 4
_REPEATED = Dropped(rung="gains", reason="closes no gap that is still open")
_REJECTED = Dropped(rung="new", reason="was turned down before")


class Done(Struct, frozen=True, kw_only=True):
    """A target that is finished: what it was, with the gaps that were open, and the attempts on it.

    `complete` is False when time ran out in the middle: its open gaps may be tried again.
    """

    target: Target
    attempts: tuple[Attempt, ...]
    complete: bool = True


class Bench(Struct, frozen=True, kw_only=True):
    """What all targets of a run are worked on with.

    `earlier` are the run's attempts on a target (its path and qualname) before: nothing is tried twice.
    `watch` gives the jobs that failed in this thread meanwhile: what they were asked for is to be tried again.
    `is_rejected` tells, of a gap's id, a test's hash (`patch.body_of`), a source file and a function, whether
    people turned this test down; `turned_down` why they turned down others for a source file.
    `named` may give a test that was kept a better name; under that it is judged once more. `sharper` as in
    `validate.judge`.
    """

    proposers: tuple[Proposer, ...]
    sandbox: Sandbox
    purse: Purse
    timeout: float
    seed: int
    test_text: Callable[[str], str]
    gaps: Mapping[str, Sequence[Gap]]
    source_text: Callable[[str], str] = lambda _path: ""
    grade: Grade = "good"
    earlier: Mapping[tuple[str, str], tuple[Attempt, ...]] = {}
    is_rejected: Callable[[str, str, str, str], bool] = lambda *_facts: False
    turned_down: Callable[[str], tuple[Reason, ...]] = lambda _path: ()
    named: Callable[[Task, NewTest], NewTest | None] = lambda *_test: None
    sharper: validate.Sharper = lambda *_call: None
    watch: Callable[[], AbstractContextManager[Sequence[Job]]] = lambda: nullcontext(())


def run(targets: Sequence[Target], bench: Bench, executor: Executor, ahead: int) -> Iterator[Done]:
    """Work on the targets, `ahead` at the same time; what is done comes in their order.

    A gap that a test for an earlier target closed in passing is not worked on again. With a budget in executions
    what a target knows of others does not depend on how many are worked on: they come in groups of `TOGETHER`.
    """
    covered: set[tuple[str, int | Branch]] = set()
    closed: set[str] = set()
    waiting = deque(targets)
    working: deque[Future[Done]] = deque()
    while waiting or working:
        most = ahead if not bench.purse.is_counted else TOGETHER if not working else len(working)
        while waiting and len(working) < most and bench.purse.left > 0:
            target = _still_open(waiting.popleft(), covered)
            if target.gaps:
                share = bench.purse.share(len(waiting) + 1, ahead)
                working.append(executor.submit(watched, target, bench, *share))
        if not working:
            return
        done = _without_repeats(working.popleft().result(), closed)
        covered |= set(_covered(done))
        closed |= {gap for attempt in done.attempts for gap in _closed(attempt)}
        yield done


def watched(target: Target, bench: Bench, seconds: float, executions: int) -> Done:
    """As `work`; a target of which a job failed is not complete."""
    with bench.watch() as failed:
        done = work(target, bench, seconds, executions)
    return replace(done, complete=done.complete and not failed)


def work(target: Target, bench: Bench, seconds: float, executions: int) -> Done:
    """Ask each proposer for what the ones before it left open, and judge each candidate."""
    earlier = bench.earlier.get((target.path, target.qualname), ())
    attempts: list[Attempt] = []
    task = Task(
        target=target,
        attempts=earlier,
        test_text=bench.test_text(target.placement.path),
        seconds=seconds,
        executions=executions,
        seed=bench.seed,
        source_text=bench.source_text(target.path),
        others=tuple(gap for gap in bench.gaps.get(target.path, ()) if gap not in target.gaps),
        turned_down=bench.turned_down(target.path),
    )
    for proposer, share in _shares(bench.proposers, seconds, executions):
        task = replace(task, seconds=share.seconds, executions=share.executions)
        for candidate in share.timed(proposer.propose(task)):
            if bench.purse.left <= 0:
                return Done(target=target, attempts=tuple(attempts), complete=False)
            if _is_among(candidate, earlier) or _is_needless(candidate, task):
                continue
            kept, verdict = _named(task, candidate, _judge(task, candidate, bench), bench)
            attempts.append(_attempt(target, kept, verdict))
            task = _next(task, (*earlier, *attempts), verdict)
            if not task.target.gaps:
                return Done(target=target, attempts=tuple(attempts))
    return Done(target=target, attempts=tuple(attempts), complete=bench.purse.left > 0)


class _Share:
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


def _shares(proposers: Sequence[Proposer], seconds: float, executions: int) -> Iterator[tuple[Proposer, _Share]]:
    """Each but the last gets a part of what is left; time that it does not use is left for the others."""
    for proposer in proposers[:-1]:
        share = _Share(seconds * EARLY_SHARE, int(executions * EARLY_SHARE))
        yield proposer, share
        seconds -= min(share.spent, share.seconds)
        executions -= share.executions
    yield from ((proposer, _Share(seconds, executions)) for proposer in proposers[-1:])


def _judge(task: Task, candidate: Candidate, bench: Bench) -> Verdict:
    if not {gap.id for gap in task.target.gaps} & set(candidate.gaps):
        return _REPEATED
    if candidate.placement.path != task.target.placement.path:
        task = replace(task, test_text=bench.test_text(candidate.placement.path))
    if _is_rejected(candidate, candidate.gaps, task.target, bench):
        return _REJECTED
    verdict = validate.judge(
        task, candidate, bench.sandbox, timeout=bench.timeout, lowest=bench.grade, sharper=bench.sharper
    )
    if not isinstance(verdict, Kept):
        return verdict
    return _REJECTED if _is_rejected(verdict.smaller or candidate, verdict.gaps, task.target, bench) else verdict


def _named(task: Task, candidate: Candidate, verdict: Verdict, bench: Bench) -> tuple[Candidate, Verdict]:
    """A kept test under a better name, where there is one and it is as good there; else both as they are."""
    if not isinstance(verdict, Kept):
        return candidate, verdict
    kept = verdict.smaller or candidate
    other = bench.named(task, kept) if isinstance(kept, NewTest) else None
    again = _judge(task, other, bench) if other is not None else None
    if other is None or not isinstance(again, Kept):
        return candidate, verdict
    is_as_good = (again.gaps, again.grade) == (verdict.gaps, verdict.grade)
    return (other, again) if is_as_good else (candidate, verdict)


def _is_needless(candidate: Candidate, task: Task) -> bool:
    """Whether it was thought of only for the case that gaps stay open which are closed."""
    return candidate.origin.spare and not {gap.id for gap in task.target.gaps} & set(candidate.gaps)


def _is_among(candidate: Candidate, earlier: Iterable[Attempt]) -> bool:
    """Whether this test was dropped before."""
    body = patch.body_of(candidate)
    return any(isinstance(one.verdict, Dropped) and patch.body_of(one.candidate) == body for one in earlier)


def _is_rejected(candidate: Candidate, gaps: Sequence[str], target: Target, bench: Bench) -> bool:
    """Whether people turned this test down for one of the gaps."""
    body = patch.body_of(candidate)
    return any(bench.is_rejected(gap, body, target.path, target.qualname) for gap in gaps)


def _attempt(target: Target, candidate: Candidate, verdict: Verdict) -> Attempt:
    """The record: of a candidate that was kept as what it was kept, without what only judging it needed."""
    if isinstance(verdict, Kept) and verdict.smaller is not None:
        candidate, verdict = verdict.smaller, replace(verdict, smaller=None)
    return Attempt(
        path=target.path,
        qualname=target.qualname,
        digest=target.digest,
        candidate=replace(candidate, origin=replace(candidate.origin, corpus=())),
        verdict=verdict,
    )


def _next(task: Task, attempts: Iterable[Attempt], verdict: Verdict) -> Task:
    """The task after an attempt: what was tried, and only the gaps that are open now."""
    closed = verdict.gaps if isinstance(verdict, Kept) else ()
    return replace(task, attempts=tuple(attempts), target=_without(task.target, lambda gap: gap.id in closed))


def narrowed(target: Target, done: Sequence[Gap]) -> Target:
    """The target without these gaps."""
    identities = {gap.id for gap in done}
    return _without(target, lambda gap: gap.id in identities)


def _without(target: Target, closed: Callable[[Gap], bool]) -> Target:
    pairs = list(zip(target.gaps, target.conditions, strict=True))
    left = [(gap, way) for gap, way in pairs if not closed(gap)]
    return replace(target, gaps=tuple(gap for gap, _ in left), conditions=tuple(way for _, way in left))


def _still_open(target: Target, covered: set[tuple[str, int | Branch]]) -> Target:
    return _without(target, lambda gap: any((gap.path, part) in covered for part in (*gap.lines, *gap.branches)))


def _without_repeats(done: Done, closed: Collection[str]) -> Done:
    """With what only closes gaps that earlier targets have closed as dropped: both were worked on at a time."""

    def counted(attempt: Attempt) -> Attempt:
        gaps = _closed(attempt)
        return replace(attempt, verdict=_REPEATED) if gaps and closed and set(gaps) <= set(closed) else attempt

    return replace(done, attempts=tuple(map(counted, done.attempts)))


def _closed(attempt: Attempt) -> tuple[str, ...]:
    return attempt.verdict.gaps if isinstance(attempt.verdict, Kept) else ()


def _covered(done: Done) -> Iterator[tuple[str, int | Branch]]:
    for attempt in done.attempts:
        if isinstance(attempt.verdict, Kept):
            yield from ((done.target.path, line) for line in attempt.verdict.lines)
            yield from ((done.target.path, branch) for branch in attempt.verdict.branches)


__all__ = ["Bench", "Done", "Purse", "narrowed", "run", "watched", "work"]
