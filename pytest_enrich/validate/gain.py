"""The rung `gains`: which gaps a measured run closed, and which cases come with a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import gaps, patch
from pytest_enrich.data import (
    Answered,
    Branch,
    Candidate,
    Dropped,
    Execution,
    Gap,
    Grade,
    Kept,
    NewRow,
    Prove,
    Proved,
    TestOutcome,
)
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate.proof import MEASURED, SHOWN, Existing, Proof, fallen, last_line

T = TypeVar("T")


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

    def shared(self, other: Gained) -> Gained:
        """What both closed."""
        return replace(
            self,
            own=_both(self.own, other.own),
            gaps=_both(self.gaps, other.gaps),
            lines=_both(self.lines, other.lines),
            branches=_both(self.branches, other.branches),
        )

    def holds(self, other: Gained | Kept) -> bool:
        """Whether it closes all that another one does, or that a kept test did."""
        pairs = ((self.gaps, other.gaps), (self.lines, other.lines), (self.branches, other.branches))
        return all(set(theirs) <= set(ours) for ours, theirs in pairs)


def _both(some: Sequence[T], others: Sequence[T]) -> tuple[T, ...]:
    return tuple(one for one in some if one in others)


def placed(  # noqa: PLR0913 - each is known to another part of a run
    task: Task,
    candidate: Candidate,
    sandbox: Sandbox,
    *,
    timeout: float,
    lowest: Grade,
    existing: Existing | None = None,
) -> Proof | Dropped:
    """The candidate in its file, ready to run, or why it is dropped; with a row are its cases."""
    try:
        text = patch.insert(task.test_text, candidate)
    except RefusedError as error:
        return Dropped(rung="parses", reason="cannot be put into the test file", detail=str(error))
    cases = find_cases(task, candidate, text, sandbox, timeout) if isinstance(candidate, NewRow) else ()
    if isinstance(cases, Dropped):
        return cases
    return Proof(
        task=task,
        candidate=candidate,
        text=text,
        sandbox=sandbox,
        timeout=timeout,
        lowest=lowest,
        existing=existing or Existing(),
        cases=cases,
    )


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
    existing = fallen(proof, MEASURED)
    if existing.all:
        way = f"{MEASURED.name} with coverage; nothing can be proven there"
        proof.existing.note(proof.candidate.placement.path, way, last_line(existing.details[0]))


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


class _Runs(Struct, frozen=True):
    """How the cases of a test ended, by node id, without the row and with it."""

    before: dict[str, TestOutcome]
    after: dict[str, TestOutcome]


def find_cases(task: Task, row: NewRow, text: str, sandbox: Sandbox, timeout: float) -> tuple[str, ...] | Dropped:
    """The node ids of the cases that come with `row`; for an `@example`, which has none of its own, the test's.

    Args:
        task: With the test file's text.
        row: Untrusted.
        text: The test file's text with it.
        sandbox: Where the test runs, twice.
        timeout: Seconds of wall clock for each.

    Returns:
        At least one, or why the row is dropped: cases that exist may neither get another name nor end otherwise.
    """
    scope, place = patch.carrier(task.test_text, row), row.placement.path
    measured = () if row.argnames else (task.target.path,)
    before = _run(Prove(path=place, text=task.test_text, tests=(scope,), measure=measured), sandbox, timeout)
    if isinstance(before, Dropped):
        return before
    if not row.argnames and _closed(task, row, before):
        return Dropped(rung="gains", reason="its test closes the gap without it")
    after = _run(Prove(path=place, text=text, tests=(scope,)), sandbox, timeout)
    if isinstance(after, Dropped):
        return after
    runs = _Runs(_by_id(before), _by_id(after))
    return _changed(runs) or _new(runs, row, scope)


def _run(job: Prove, sandbox: Sandbox, timeout: float) -> Proved | Dropped:
    execution = sandbox.execute(job, timeout=timeout)
    if not isinstance(execution, Answered):
        return Dropped(rung="runs", reason=execution.reason, detail=execution.detail[-SHOWN:])
    if not isinstance(execution.answer, Proved):
        return Dropped(rung="runs", reason="bad answer")
    return execution.answer


def _closed(task: Task, row: NewRow, before: Proved) -> bool:
    """Whether an `@example` is credited with what its test does by itself: drawing, it may come by any gap."""
    meant = [gap for gap in task.target.gaps if gap.id in row.gaps]
    return len(gained(before, task.target.path, meant)[0]) == len(meant)


def _by_id(proved: Proved) -> dict[str, TestOutcome]:
    return {outcome.nodeid: outcome for outcome in proved.outcomes}


def _changed(runs: _Runs) -> Dropped | None:
    """Why the row is not just one more, if it is not."""
    gone = [nodeid for nodeid in runs.before if nodeid not in runs.after]
    if gone:
        detail = "; ".join(
            [*gone, *(outcome.detail for outcome in runs.after.values() if outcome.result == "error")]
        )
        return Dropped(rung="runs", reason="cases that exist are gone with it", detail=detail[-SHOWN:])
    other = [nodeid for nodeid, one in runs.before.items() if runs.after[nodeid].result != one.result]
    if other:
        detail = "; ".join(f"{nodeid}: {runs.after[nodeid].detail}" for nodeid in other)
        return Dropped(rung="passes", reason="cases that exist end otherwise with it", detail=detail[-SHOWN:])
    return None


def _new(runs: _Runs, row: NewRow, scope: str) -> tuple[str, ...] | Dropped:
    """Those that came; a run cannot choose others than those of its tests to answer for it."""
    wanted = runs.after if not row.argnames else [nodeid for nodeid in runs.after if nodeid not in runs.before]
    new = tuple(one for one in wanted if one == scope or one.startswith((f"{scope}[", f"{scope}::")))
    whole = [runs.after[one].detail for one in new if one == scope]
    if row.argnames and whole:
        return Dropped(rung="runs", reason="was not collected as a case", detail=whole[0][-SHOWN:])
    return new or Dropped(rung="runs", reason="was not collected as a case")
