"""Two tests for one target as one: proven as a whole, closing what both close, and worth no less than either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Candidate, Grade, Kept, NewTest, Target, Verdict
from pytest_enrich.protocols import Task
from pytest_enrich.validate import grade
from pytest_enrich.validate.graded import Graded

Joiner: TypeAlias = Callable[[Task, NewTest, NewTest], NewTest | None]
"""Makes one test of one that was kept and one that is new; None where two read better."""


class Beside(Struct, frozen=True, kw_only=True):
    """What was kept for a target before a candidate, and may become one test with it.

    Attributes:
        target: As it was before these tests, with the gaps that they close.
        attempts: They.
        joiner: Who writes one test of two.
    """

    target: Target
    attempts: tuple[Attempt, ...]
    joiner: Joiner

    def joint(self, graded: Graded) -> Iterator[tuple[Graded, Candidate]]:
        """The tests that may take the place of two: of a candidate that would be kept, and of one that was."""
        task = replace(graded.proof.task, target=self.target)
        opened = replace(graded, proof=replace(graded.proof, task=task))
        for attempt in self.attempts:
            both = self._written(task, attempt.candidate, graded.proof.candidate)
            one = opened.instead(both) if both is not None else None
            if one is not None and _is_worth(one, graded.counted.grade, attempt.verdict):
                yield one, attempt.candidate

    def _written(self, task: Task, first: Candidate, second: Candidate) -> NewTest | None:
        if not (isinstance(first, NewTest) and isinstance(second, NewTest)):
            return None
        return self.joiner(task, first, second)


def _is_worth(joint: Graded, given: Grade, kept: Verdict) -> bool:
    """Whether it closes what was closed before, and neither grade is better."""
    if not (isinstance(kept, Kept) and joint.first.holds(kept)):
        return False
    return all(grade.is_no_worse(joint.counted.grade, one) for one in (given, kept.grade))
