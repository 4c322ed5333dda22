"""A candidate that gains something, and others in its place: smaller, or sharper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import patch, refine
from pytest_enrich.data import Call, Candidate, Dropped, NewTest
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Task
from pytest_enrich.refine import Parts
from pytest_enrich.validate import check, gain, kills
from pytest_enrich.validate.gain import Gained
from pytest_enrich.validate.kills import Counted
from pytest_enrich.validate.proof import Proof

MOST_SHARPENED = 2
Sharper: TypeAlias = Callable[[Task, Candidate, Call], Iterable[Sequence[Candidate]]]
"""Makes tests of a call that may take the place of a candidate, the shortest first; of a smaller call before."""


def find(proof: Proof, first: Gained, counted: Counted, parts: Parts | None) -> Proof:
    """The smallest candidate found that closes and kills the same, in its place; `proof` when it is that already.

    Args:
        proof: One that passed.
        first: What it closes.
        counted: What it kills; where that is nothing, nobody can say what is needed.
        parts: Its assertions, when it has several.
    """
    if not counted.killed or not isinstance(proof.candidate, NewTest):
        return proof
    holds = partial(_holds, proof, first, counted)
    least: NewTest = proof.candidate
    chosen = refine.smallest(frozenset(mutant.id for mutant in counted.killed), counted.by_part)
    if parts is not None and chosen is not None:
        least = _fewest(parts, parts.completed(chosen), holds)
    least = refine.reduce(least, holds)
    return proof if least is proof.candidate else _put(proof, least)


def _fewest(parts: Parts, needed: tuple[int, ...], holds: Callable[[NewTest], bool]) -> NewTest:
    """The test with the assertions that kill something, and with those without which it closes less."""
    kept = tuple(range(len(parts.each)))
    spare = [at for at in kept if at not in needed]
    if spare and holds(only := parts.only(needed)):
        return only
    for at in spare[::-1] if len(spare) > 1 else ():
        fewer = tuple(one for one in kept if one != at)
        kept = fewer if holds(parts.only(fewer)) else kept
    return parts.only(kept) if len(kept) < len(parts.each) else parts.whole


def _holds(proof: Proof, first: Gained, counted: Counted, candidate: NewTest) -> bool:
    """Whether a candidate climbs the ladder again and does as much as the one that `proof` is about."""
    again = instead(proof, candidate)
    if again is None:
        return False
    found = gain.measure(again)
    if isinstance(found, Dropped) or not found.holds(first):
        return False
    return kills.all_by(again, counted, seconds=found.seconds)


def instead(proof: Proof, candidate: Candidate) -> Proof | None:
    """Another candidate in the place of the proof's; None when it is not sound, or does not fit there."""
    if check.text(proof.task, candidate) is not None:
        return None
    try:
        return _put(proof, candidate)
    except RefusedError:
        return None


def _put(proof: Proof, candidate: Candidate) -> Proof:
    return replace(proof, candidate=candidate, text=patch.insert(proof.task.test_text, candidate))


class Graded(Struct, frozen=True):
    """A candidate that gains something: what, its assertions when it has several, and what it notices."""

    proof: Proof
    first: gain.Gained
    parts: refine.Parts | None
    counted: kills.Counted

    def instead(self, other: Candidate) -> Graded | None:
        """What another candidate comes to in its place; None when it does not close all that this one does."""
        placed = instead(self.proof, other)
        again = of(placed) if placed is not None else None
        return again if isinstance(again, Graded) and again.first.holds(self.first) else None


def of(proof: Proof) -> Graded | Dropped:
    """What a candidate is worth."""
    first = gain.measure(proof)
    if isinstance(first, Dropped):
        return first
    parts = refine.parts(proof.candidate)
    counted = kills.count(proof, first, parts.each if parts else ())
    return counted.fault or Graded(proof, first, parts, counted)


def sharpened(graded: Graded, sharper: Sharper) -> Graded:
    """What notices more, as long as one more call helps, and a few times at most."""
    for _ in range(MOST_SHARPENED):
        better = _sharper(graded, sharper)
        if better is graded:
            break
        graded = better
    return graded


def _sharper(graded: Graded, sharper: Sharper) -> Graded:
    """The best of what is made of the first call that helps to tell more mutants apart; else the same."""
    task, candidate = graded.proof.task, graded.proof.candidate
    made = (tests for call in graded.counted.told for tests in sharper(task, candidate, call))
    best = (_best(graded, tests) for tests in made)
    return next((one for one in best if one is not graded), graded)


def _best(graded: Graded, tests: Iterable[Candidate]) -> Graded:
    """The one that kills most; none of the others once one is strong."""
    best = graded
    for other in tests:
        best = max(best, graded.instead(other) or graded, key=lambda one: len(one.counted.killed))
        if best.counted.grade == "strong":
            break
    return best
