"""Where an explored call notices more than a candidate, a test of that call in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from pytest_enrich.data import Call, Candidate
from pytest_enrich.protocols import Task
from pytest_enrich.validate.graded import Graded

MOST_SHARPENED = 2
Sharper: TypeAlias = Callable[[Task, Candidate, Call], Iterable[Sequence[Candidate]]]
"""Makes tests of a call that may take the place of a candidate, the shortest first; of a smaller call before."""


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
