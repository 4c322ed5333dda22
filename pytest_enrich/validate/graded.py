"""A candidate that gains something, and what it is worth; another one in its place."""

from __future__ import annotations

from msgspec import Struct

from pytest_enrich.data import Candidate, Dropped
from pytest_enrich.validate import gain, kills, minimal, smaller
from pytest_enrich.validate.proof import Proof


class Graded(Struct, frozen=True):
    """A candidate that gains something: what, its assertions when it has several, and what it notices."""

    proof: Proof
    first: gain.Gained
    parts: minimal.Parts | None
    counted: kills.Counted

    def instead(self, other: Candidate) -> Graded | None:
        """What another candidate comes to in its place; None when it does not close all that this one does."""
        placed = smaller.instead(self.proof, other)
        again = of(placed) if placed is not None else None
        return again if isinstance(again, Graded) and again.first.holds(self.first) else None


def of(proof: Proof) -> Graded | Dropped:
    """What a candidate is worth."""
    first = gain.measure(proof)
    if isinstance(first, Dropped):
        return first
    parts = minimal.parts(proof.candidate)
    counted = _counted(proof, first, parts)
    return counted.fault or Graded(proof, first, parts, counted)


def _counted(proof: Proof, first: gain.Gained, parts: minimal.Parts | None) -> kills.Counted:
    closed = [gap for gap in proof.task.target.gaps if gap.id in first.own]
    return kills.count(
        proof.task,
        closed,
        smaller.placed(proof, parts),
        proof.sandbox,
        ran=first.lines,
        seconds=first.seconds,
        corpus=proof.candidate.origin.corpus,
        existing=proof.existing,
    )
