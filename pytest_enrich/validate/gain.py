"""The rung `gains`: which gaps a measured run closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from pytest_enrich import gaps
from pytest_enrich.data import Answered, Branch, Dropped, Execution, Gap, Kept, Proved
from pytest_enrich.protocols import Task
from pytest_enrich.validate import beside, reason
from pytest_enrich.validate.proof import MEASURED, SHOWN, Proof


class Gained(Struct, frozen=True, kw_only=True):
    """What a measured run closed, at least partly; gaps of other targets of the file come last.

    Attributes:
        own: Ids of the target's gaps.
        gaps: Of all.
        lines, branches: The missing ones that it executed.
        seconds: How long it took.
    """

    own: tuple[str, ...]
    gaps: tuple[str, ...]
    lines: tuple[int, ...]
    branches: tuple[Branch, ...]
    seconds: float

    def holds(self, other: Gained | Kept) -> bool:
        """Whether it closes all that another one does, or that a kept test did."""
        pairs = ((self.gaps, other.gaps), (self.lines, other.lines), (self.branches, other.branches))
        return all(set(theirs) <= set(ours) for ours, theirs in pairs)


def measure(proof: Proof) -> Gained | Dropped:
    """Run the candidate measured: the rungs `runs`, `passes` and `gains`."""
    execution = proof.prove()
    outcome = proof.outcome(execution)
    if isinstance(outcome, Dropped) or outcome.result != "passed":
        _doubt(proof)
    if isinstance(outcome, Dropped):
        return outcome
    if outcome.result != "passed":
        return Dropped(rung="passes", reason=outcome.result, detail=outcome.detail[-SHOWN:])
    return read(proof, execution, outcome.seconds)


def _doubt(proof: Proof) -> None:
    """Where nothing can be measured a candidate is dropped whatever it is; then the run says so."""
    found = beside.fallen(proof, MEASURED)
    if found.all:
        way = f"{MEASURED.name} with coverage; nothing can be proven there"
        proof.existing.note(proof.candidate.placement.path, way, reason.last(found.details[0]))


def read(proof: Proof, execution: Execution, seconds: float) -> Gained | Dropped:
    """What a measured run closed; one that tells of branches that the source does not have is not believed."""
    assert isinstance(execution, Answered)
    assert isinstance(execution.answer, Proved)
    task = proof.task
    if _is_forged(execution.answer, task):
        return Dropped(rung="gains", reason="reports branches that the code does not have")
    own = gained(execution.answer, task.target.path, task.target.gaps)
    if not own[0]:
        return Dropped(rung="gains", reason="closes no gap")
    other = gained(execution.answer, task.target.path, task.others)
    return Gained(
        own=own[0],
        gaps=own[0] + other[0],
        lines=own[1] + other[1],
        branches=own[2] + other[2],
        seconds=seconds,
    )


def _is_forged(proved: Proved, task: Task) -> bool:
    exist = gaps.branches(task.source_text)
    return bool(exist) and not exist.issuperset(proved.branches.get(task.target.path, ()))


def gained(
    proved: Proved, path: str, wanted: Sequence[Gap]
) -> tuple[tuple[str, ...], tuple[int, ...], tuple[Branch, ...]]:
    """The gaps that a run closed, at least partly, and the missing lines and branches of them that it executed."""
    ran, took = set(proved.lines.get(path, ())), set(proved.branches.get(path, ()))
    # A gap with branches is closed by taking one: lines alone can be run by other ways (`exec`).
    closed = [gap for gap in wanted if (took & set(gap.branches) if gap.branches else ran & set(gap.lines))]
    lines = sorted(_each(ran & set(gap.lines) for gap in closed))
    branches = sorted(_each(took & set(gap.branches) for gap in closed))
    return tuple(gap.id for gap in closed), tuple(lines), tuple(branches)


def _each(parts: Iterator[set[int]] | Iterator[set[Branch]]) -> set:  # type: ignore[type-arg]
    return set().union(*parts)
