"""One candidate of a target: whether it is worth trying, how it is judged, and what is still open after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from pytest_enrich.pipeline.budget import RemainingBudget
from pytest_enrich.protocols import Proposer, Sandbox, Task

REPEATED = Dropped(rung="gains", reason="closes no gap that is still open")
_REJECTED = Dropped(rung="new", reason="was turned down before")


def narrowed(target: Target, done: Sequence[Gap]) -> Target:
    """The target without these gaps."""
    identities = {gap.id for gap in done}
    return target.without(lambda gap: gap.id in identities)


def still_open(target: Target, covered: Collection[tuple[str, int | Branch]]) -> Target:
    """The target without the gaps of which a line or a branch was covered meanwhile."""
    return target.without(lambda gap: any((gap.path, part) in covered for part in (*gap.lines, *gap.branches)))


class Done(Struct, frozen=True, kw_only=True):
    """A target that is finished: what it was, with the gaps that were open, and the attempts on it.

    `complete` is False when time ran out in the middle: its open gaps may be tried again. `defect` is the
    traceback of a mistake of ours that ended it, "" for none.
    """

    target: Target
    attempts: tuple[Attempt, ...]
    complete: bool = True
    defect: str = ""


class RunContext(Struct, frozen=True, kw_only=True):
    """What all targets of a run are worked on with.

    `earlier` are the run's attempts on a target (its path and qualname) before: nothing is tried twice.
    `watch` gives the jobs that failed in this thread meanwhile: what they were asked for is to be tried again.
    `is_rejected` tells, of a gap's id, a test's hash (`patch.body_of`), a source file and a function, whether
    people turned this test down; `turned_down` why they turned down others for a source file.
    `existing` is what the run knows of the tests that exist: whoever is asked, it is the same.
    `named` may give a test that was kept a better name; under that it is judged once more. `sharper` as in
    `validate.judge`.
    """

    proposers: tuple[Proposer, ...]
    sandbox: Sandbox
    remaining: RemainingBudget
    existing: validate.Existing
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
    sharper: validate.Sharper = lambda *_call: ()
    watch: Callable[[], AbstractContextManager[Sequence[Job]]] = lambda: nullcontext(())


def judge(task: Task, candidate: Candidate, context: RunContext) -> Verdict:
    """The verdict of the ladder, unless nothing is open for it, or people turned it down."""
    if not {gap.id for gap in task.target.gaps} & set(candidate.gaps):
        return REPEATED
    if candidate.placement.path != task.target.placement.path:
        task = replace(task, test_text=context.test_text(candidate.placement.path))
    if _is_rejected(candidate, candidate.gaps, task.target, context):
        return _REJECTED
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
    return _REJECTED if _is_rejected(verdict.smaller or candidate, verdict.gaps, task.target, context) else verdict


def named(task: Task, candidate: Candidate, verdict: Verdict, context: RunContext) -> tuple[Candidate, Verdict]:
    """A kept test under a better name, where there is one and it is as good there; else both as they are."""
    if not isinstance(verdict, Kept):
        return candidate, verdict
    kept = verdict.smaller or candidate
    other = context.named(task, kept) if isinstance(kept, NewTest) else None
    again = judge(task, other, context) if other is not None else None
    if other is None or not isinstance(again, Kept):
        return candidate, verdict
    is_as_good = (again.gaps, again.grade) == (verdict.gaps, verdict.grade)
    return (other, again) if is_as_good else (candidate, verdict)


def is_needless(candidate: Candidate, task: Task) -> bool:
    """Whether it was thought of only for the case that gaps stay open which are closed."""
    return candidate.origin.spare and not {gap.id for gap in task.target.gaps} & set(candidate.gaps)


def is_among(candidate: Candidate, earlier: Iterable[Attempt]) -> bool:
    """Whether this test was dropped before."""
    body = patch.body_of(candidate)
    return any(isinstance(one.verdict, Dropped) and patch.body_of(one.candidate) == body for one in earlier)


def _is_rejected(candidate: Candidate, gaps: Sequence[str], target: Target, context: RunContext) -> bool:
    """Whether people turned this test down for one of the gaps."""
    body = patch.body_of(candidate)
    return any(context.is_rejected(gap, body, target.path, target.part_of(gap).qualname) for gap in gaps)


def attempt(target: Target, candidate: Candidate, verdict: Verdict) -> Attempt:
    """The record: of a candidate that was kept as what it was kept, without what only judging it needed."""
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
