"""The ladder: what a candidate must pass before a person sees it, cheapest rung first.

Policy only: it decides in what order things are asked and what answers count; `check` reads the text, a sandbox
runs it. What candidate code does is never an exception here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Call, Candidate, Dropped, Grade, Kept, NewRow, Verdict
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate import cases, check, gain, grade, kills, minimal, smaller, stable
from pytest_enrich.validate.existing import Existing
from pytest_enrich.validate.proof import Proof

MOST_SHARPENED = 2
Sharper: TypeAlias = Callable[[Task, Candidate, Call], Iterable[Candidate]]
"""Makes of a call tests that may take the place of a candidate, the shortest first."""


def judge(  # noqa: PLR0913 - each is known to another part of a run
    task: Task,
    candidate: Candidate,
    sandbox: Sandbox,
    *,
    timeout: float,
    lowest: Grade = "good",
    existing: Existing | None = None,
    sharper: Sharper = lambda *_call: (),
) -> Verdict:
    """The verdict on a candidate: `Kept` when it passes every rung, else `Dropped` at the first that it misses.

    Args:
        task: What it was made for; a gain counts only for gaps of `task.target`.
        candidate: Untrusted.
        sandbox: Where it runs.
        timeout: Seconds of wall clock for one run, beyond pytest's own start.
        lowest: The lowest grade that is kept.
        existing: What the run knows of the tests that exist.
        sharper: Asked where an explored call tells mutants apart that no test notices. What it makes is kept
            instead when it closes the same and notices more.
    """
    if (fault := check.text(task, candidate)) is not None:
        return fault
    try:
        text = patch.insert(task.test_text, candidate)
    except RefusedError as error:
        return Dropped(rung="parses", reason="cannot be put into the test file", detail=str(error))
    proof = Proof(
        task=task,
        candidate=candidate,
        text=text,
        sandbox=sandbox,
        timeout=timeout,
        lowest=lowest,
        existing=existing or Existing(),
    )
    if not isinstance(candidate, NewRow):
        return _run(proof, sharper)
    found = cases.find(task, candidate, text, sandbox, timeout)
    return found if isinstance(found, Dropped) else _run(replace(proof, cases=found), sharper)


def _run(proof: Proof, sharper: Sharper) -> Verdict:
    graded = _graded(proof)
    if isinstance(graded, Dropped):
        return graded
    graded = _sharpened(graded, sharper)
    first, counted = graded.first, graded.counted
    if (fault := grade.refused(counted.grade, counted.facts, proof.lowest)) is not None:
        return fault
    least = smaller.find(graded.proof, first, counted, graded.parts)
    ways = stable.check(least, first)
    if isinstance(ways, Dropped):
        return ways
    return Kept(
        gaps=first.gaps,
        lines=first.lines,
        branches=first.branches,
        runs=("measured", *ways),
        seconds=first.seconds,
        grade=counted.grade,
        mutants=counted.facts,
        smaller=None if least.candidate is proof.candidate else least.candidate,
    )


class _Graded(Struct, frozen=True):
    """A candidate that gains something: what, its assertions when it has several, and what it notices."""

    proof: Proof
    first: gain.Gained
    parts: minimal.Parts | None
    counted: kills.Counted


def _graded(proof: Proof) -> _Graded | Dropped:
    """What a candidate is worth."""
    first = gain.measure(proof)
    if isinstance(first, Dropped):
        return first
    parts = minimal.parts(proof.candidate)
    return _Graded(proof, first, parts, _counted(proof, first, parts))


def _sharpened(graded: _Graded, sharper: Sharper) -> _Graded:
    """What notices more, as long as one more call helps, and a few times at most."""
    for _ in range(MOST_SHARPENED):
        better = _sharper(graded, sharper)
        if better is graded:
            break
        graded = better
    return graded


def _sharper(graded: _Graded, sharper: Sharper) -> _Graded:
    """The best of what is made of the first call that helps to tell more mutants apart; else the same."""
    best = graded
    for call in graded.counted.told:
        for other in sharper(graded.proof.task, graded.proof.candidate, call):
            best = max(best, _instead(graded, other), key=lambda one: len(one.counted.killed))
            if best.counted.grade == "strong":
                break
        if best is not graded:
            break
    return best


def _instead(graded: _Graded, other: Candidate) -> _Graded:
    """What another candidate comes to that closes the same; `graded` when it does not."""
    placed = smaller.instead(graded.proof, other)
    again = _graded(placed) if placed is not None else None
    return again if isinstance(again, _Graded) and again.first.holds(graded.first) else graded


def _counted(proof: Proof, first: gain.Gained, parts: minimal.Parts | None) -> kills.Counted:
    closed = [gap for gap in proof.task.target.gaps if gap.id in first.own]
    return kills.count(
        proof.task,
        closed,
        smaller.placed(proof, parts),
        proof.sandbox,
        corpus=proof.candidate.origin.corpus,
        existing=proof.existing,
    )


__all__ = ["Existing", "Sharper", "judge"]
