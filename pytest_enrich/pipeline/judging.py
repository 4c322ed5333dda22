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
    `existing` is what the run knows of the tests that exist: whoever is asked, it is the same. `sharper` as in
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


def improved(
    task: Task, kept: Attempt, versions: Iterable[NewTest], context: RunContext, *, more: bool
) -> Attempt | None:
    """The first of these versions of a kept test that does all that the test does, and `more` where that is asked.

    One with another name or docstring does the same without being run.
    """
    for version in versions:
        if patch.body_of(version) == patch.body_of(kept.candidate):
            return None if more else replace(kept, candidate=version)
        verdict = judge(task, version, context)
        if isinstance(verdict, Kept) and _does_all_of(verdict, kept.verdict, more=more):
            return attempt(task.target, version, verdict)
    return None


def _does_all_of(new: Kept, old: Verdict, *, more: bool) -> bool:
    """Whether it closes and notices all that the other one does."""
    assert isinstance(old, Kept)
    noticed, before = ({(one.line, one.change) for one in each.mutants.list if one.killed} for each in (new, old))
    return {*new.gaps} >= {*old.gaps} and (noticed > before if more else noticed >= before)


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
