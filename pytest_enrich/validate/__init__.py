"""The ladder: what a candidate must pass before a person sees it, cheapest rung first.

Policy only: it decides in what order things are asked and what answers count; `check` reads the text, a sandbox
runs it. What candidate code does is never an exception here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import patch, refine
from pytest_enrich.data import Call, Candidate, Dropped, Grade, Kept, NewTest, Verdict
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate import check, gain, kills, stable
from pytest_enrich.validate.proof import Existing, Proof

MOST_SHARPENED = 2
Sharper: TypeAlias = Callable[[Task, Candidate, Call], Iterable[Sequence[Candidate]]]
"""Makes tests of a call that may take the place of a candidate, the shortest first; of a smaller call before."""


class Graded(Struct, frozen=True):
    """A candidate that gains something: its gain, its assertions when there are several, and what it notices."""

    proof: Proof
    first: gain.Gained
    parts: refine.Parts | None
    counted: kills.Counted

    def instead(self, other: Candidate) -> Graded | None:
        """Another candidate in its place; None unless that closes all that this one does, and kills more.

        Before all mutants, it is run on those that this one leaves alive: most candidates leave them alive, too.
        """
        measured = self._measured(other)
        if measured is None or not kills.more_by(measured[0], self.counted, seconds=measured[1].seconds):
            return None
        graded = _counted(*measured)
        return graded if isinstance(graded, Graded) else None

    def as_done_by(self, other: NewTest) -> Graded | None:
        """The same with another test in its place that climbs the ladder again and does as much; else None."""
        measured = self._measured(other)
        if measured is None:
            return None
        proof, gained = measured
        counted = kills.as_much_by(proof, self.counted, seconds=gained.seconds)
        return replace(self, proof=proof, counted=counted) if counted is not None else None

    def _measured(self, other: Candidate) -> tuple[Proof, gain.Gained] | None:
        """Another candidate in its place, with its gain; None when it does not close all that this one does."""
        proof = _instead(self.proof, other)
        gained = gain.measure(proof) if proof is not None else None
        if proof is None or not isinstance(gained, gain.Gained) or not gained.holds(self.first):
            return None
        return proof, gained


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
    proof = gain.placed(task, candidate, sandbox, timeout=timeout, existing=existing)
    graded = proof if isinstance(proof, Dropped) else _graded(proof)
    if isinstance(graded, Dropped):
        return graded
    graded = _sharpened(graded, sharper)
    counted = graded.counted
    if (fault := kills.grade_refusal(counted.grade, counted.facts, lowest)) is not None:
        return fault
    return _kept(_smallest(graded), candidate)


def _graded(proof: Proof) -> Graded | Dropped:
    """What a candidate is worth."""
    gained = gain.measure(proof)
    return gained if isinstance(gained, Dropped) else _counted(proof, gained)


def _counted(proof: Proof, first: gain.Gained) -> Graded | Dropped:
    """The same, for a candidate whose gain is known."""
    parts = refine.parts(proof.candidate)
    counted = kills.count(proof, first, parts.each if parts else ())
    return counted.fault or Graded(proof, first, parts, counted)


def _kept(graded: Graded, candidate: Candidate) -> Verdict:
    """The last rung; `candidate` is the original one."""
    first, counted, least = graded.first, graded.counted, graded.proof.candidate
    ways = stable.check(graded.proof, first)
    if isinstance(ways, Dropped):
        return ways
    return Kept(
        gaps=ways.closed.gaps,
        lines=ways.closed.lines,
        branches=ways.closed.branches,
        runs=("measured", *ways.passed),
        left_out=ways.left_out,
        seconds=first.seconds,
        grade=counted.grade,
        mutants=counted.facts,
        smaller=None if least is candidate else least,
        controls=counted.controls,
    )


def _sharpened(graded: Graded, sharper: Sharper) -> Graded:
    """The candidate made to notice more, as long as one more call helps, a few times at most."""
    for _ in range(MOST_SHARPENED):
        better = _sharper(graded, sharper)
        if better is graded:
            break
        graded = better
    return graded


def _sharper(graded: Graded, sharper: Sharper) -> Graded:
    """The best test made of the first call that helps to tell more mutants apart; else the same candidate."""
    task, candidate = graded.proof.task, graded.proof.candidate
    versions = (tests for call in graded.counted.told for tests in sharper(task, candidate, call))
    best = (_best(graded, tests) for tests in versions)
    return next((better for better in best if better is not graded), graded)


def _best(graded: Graded, tests: Iterable[Candidate]) -> Graded:
    """The one that kills most; once one is strong, the others are not tried."""
    best = graded
    for other in tests:
        best = max(best, graded.instead(other) or graded, key=lambda candidate: len(candidate.counted.killed))
        if best.counted.grade == "strong":
            break
    return best


def _smallest(graded: Graded) -> Graded:
    """The smallest candidate found that closes as much and has the same grade, in its place.

    Where nothing is killed, nobody can say what is needed.
    """
    proof, counted, parts = graded.proof, graded.counted, graded.parts
    if not counted.killed or not isinstance(proof.candidate, NewTest):
        return graded
    proven: dict[str, Graded] = {}

    def holds(other: NewTest) -> bool:
        done = graded.as_done_by(other)
        proven.update({other.code: done} if done is not None else {})
        return done is not None

    least: NewTest = proof.candidate
    chosen = refine.smallest(frozenset(mutant.id for mutant in counted.killed), counted.by_part)
    if parts is not None and chosen is not None:
        least = _fewest(parts, parts.completed(chosen), holds)
    return proven.get(refine.reduce(least, holds).code, graded)


def _fewest(parts: refine.Parts, needed: tuple[int, ...], holds: Callable[[NewTest], bool]) -> NewTest:
    """The test with the assertions that kill something, and with those without which it closes less."""
    kept = tuple(range(len(parts.each)))
    spare = [at for at in kept if at not in needed]
    if spare and holds(only := parts.only(needed)):
        return only
    for at in spare[::-1] if len(spare) > 1 else ():
        fewer = tuple(index for index in kept if index != at)
        kept = fewer if holds(parts.only(fewer)) else kept
    return parts.only(kept) if len(kept) < len(parts.each) else parts.whole


def _instead(proof: Proof, candidate: Candidate) -> Proof | None:
    """The proof with another candidate; None when that is not sound, or does not fit there."""
    if check.text(proof.task, candidate) is not None:
        return None
    try:
        text = patch.insert(proof.task.test_text, candidate)
    except RefusedError:
        return None
    return replace(proof, candidate=candidate, text=text)


__all__ = ["Existing", "Sharper", "judge"]
