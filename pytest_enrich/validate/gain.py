"""The rung `gains`: which gaps a measured run closed, and which cases come with a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import gaps, patch
from pytest_enrich.data import (
    Branch,
    Candidate,
    Dropped,
    Execution,
    Gap,
    Kept,
    NewRow,
    Prove,
    Proved,
    TestOutcome,
)
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate.proof import MEASURED, SHOWN, Existing, Proof, fallen, last_line, proved

_Ends: TypeAlias = dict[str, TestOutcome]
"""How the cases of a test ended, by node id."""


class Gained(Struct, frozen=True, kw_only=True):
    """What a measured run closed, at least partly; gaps of other targets of the file come last.

    Attributes:
        own: Ids of the target's gaps.
        gaps: Ids of all gaps.
        lines, branches: The missing ones that it executed.
        ran: All lines of the target's file that it executed.
        seconds: How long it took.
    """

    own: tuple[str, ...]
    gaps: tuple[str, ...]
    lines: tuple[int, ...]
    branches: tuple[Branch, ...]
    ran: tuple[int, ...] = ()
    seconds: float

    def shared(self, other: Gained) -> Gained:
        """What both closed."""
        names = ("own", "gaps", "lines", "branches")
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in names}
        both = {name: tuple(item for item in ours if item in theirs) for name, (ours, theirs) in pairs.items()}
        return replace(self, **both)

    def holds(self, other: Gained | Kept) -> bool:
        """Whether it closes all that another candidate, or a kept test, does."""
        pairs = ((self.gaps, other.gaps), (self.lines, other.lines), (self.branches, other.branches))
        return all(set(theirs) <= set(ours) for ours, theirs in pairs)


def placed(
    task: Task, candidate: Candidate, sandbox: Sandbox, *, timeout: float, existing: Existing | None = None
) -> Proof | Dropped:
    """The candidate in its file, ready to run, or why it is dropped; a row comes with its cases."""
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
        existing=existing or Existing(),
        cases=cases,
    )


def measure(proof: Proof) -> Gained | Dropped:
    """Run the candidate measured: the rungs `runs`, `passes` and `gains`."""
    execution = proof.prove()
    outcome = proof.outcome(execution)
    if not isinstance(outcome, Dropped) and outcome.result == "passed":
        return read(proof, execution, outcome.seconds)
    _doubt(proof)
    if isinstance(outcome, Dropped):
        return outcome
    return Dropped(rung="passes", reason=outcome.result, detail=outcome.detail[-SHOWN:])


def _doubt(proof: Proof) -> None:
    """Where nothing can be measured, every candidate is dropped; note that, so that the run says so."""
    existing = fallen(proof, MEASURED)
    if existing.all:
        way = f"{MEASURED.name} with coverage; nothing can be proven there"
        proof.existing.note(proof.candidate.placement.path, way, last_line(existing.details[0]))


def read(proof: Proof, execution: Execution, seconds: float) -> Gained | Dropped:
    """What a measured run closed; a run that reports branches that the source does not have is not believed."""
    answer, task = proved(execution), proof.task
    if isinstance(answer, Dropped):
        return answer
    if _is_forged(answer, task):
        return Dropped(rung="gains", reason="reports branches that the code does not have")
    own, *_ = gained(answer, task.target.path, task.target.gaps)
    if not own:
        return Dropped(rung="gains", reason="closes no gap")
    closed, lines, branches = gained(answer, task.target.path, (*task.target.gaps, *task.others))
    ran = answer.lines.get(task.target.path, ())
    return Gained(own=own, gaps=closed, lines=lines, branches=branches, ran=ran, seconds=seconds)


def _is_forged(answer: Proved, task: Task) -> bool:
    exist = gaps.branches(task.source_text)
    return bool(exist) and not exist.issuperset(answer.branches.get(task.target.path, ()))


def gained(
    answer: Proved, path: str, wanted: Sequence[Gap]
) -> tuple[tuple[str, ...], tuple[int, ...], tuple[Branch, ...]]:
    """The gaps that a run closed, at least partly, and the missing lines and branches of them that it executed."""
    ran, took = set(answer.lines.get(path, ())), set(answer.branches.get(path, ()))
    # A gap with branches is closed by taking one: lines alone can be run in other ways (`exec`).
    closed = [gap for gap in wanted if (took & set(gap.branches) if gap.branches else ran & set(gap.lines))]
    lines = sorted(ran & {line for gap in closed for line in gap.lines})
    branches = sorted(took & {branch for gap in closed for branch in gap.branches})
    return tuple(gap.id for gap in closed), tuple(lines), tuple(branches)


def find_cases(task: Task, row: NewRow, text: str, sandbox: Sandbox, timeout: float) -> tuple[str, ...] | Dropped:
    """The node ids of the cases that come with `row`.

    Args:
        task: With the test file's text.
        row: Untrusted.
        text: The test file's text with it.
        sandbox: Where the test runs, twice.
        timeout: Seconds of wall clock for each.

    Returns:
        At least one, or why the row is dropped: existing cases may neither get another name nor end differently.
    """
    scope, place = patch.Cases(task.test_text, row).carrier, row.placement.path
    today = Prove(path=place, text=task.test_text, tests=(scope,), measure=())
    without = proved(sandbox.execute(today, timeout=timeout))
    if isinstance(without, Dropped):
        return without
    with_it = proved(sandbox.execute(replace(today, text=text), timeout=timeout))
    if isinstance(with_it, Dropped):
        return with_it
    before, after = _by_id(without), _by_id(with_it)
    return _changed(before, after) or _new(before, after, scope)


def _by_id(answer: Proved) -> _Ends:
    return {outcome.nodeid: outcome for outcome in answer.outcomes}


def _changed(before: _Ends, after: _Ends) -> Dropped | None:
    """Why the row is not just one more case, or None when it is."""
    gone = [nodeid for nodeid in before if nodeid not in after]
    if gone:
        detail = "; ".join([*gone, *(outcome.detail for outcome in after.values() if outcome.result == "error")])
        return Dropped(rung="runs", reason="cases that exist are gone with it", detail=detail[-SHOWN:])
    differing = [nodeid for nodeid, outcome in before.items() if after[nodeid].result != outcome.result]
    if differing:
        detail = "; ".join(f"{nodeid}: {after[nodeid].detail}" for nodeid in differing)
        return Dropped(rung="passes", reason="cases that exist end otherwise with it", detail=detail[-SHOWN:])
    return None


def _new(before: _Ends, after: _Ends, scope: str) -> tuple[str, ...] | Dropped:
    """The cases that are new; a run cannot let any but those of its own test answer for it."""
    wanted = [nodeid for nodeid in after if nodeid not in before]
    new = tuple(nodeid for nodeid in wanted if nodeid == scope or nodeid.startswith((f"{scope}[", f"{scope}::")))
    details = [after[nodeid].detail for nodeid in new if nodeid == scope]
    if details:
        return Dropped(rung="runs", reason="was not collected as a case", detail=details[0][-SHOWN:])
    return new or Dropped(rung="runs", reason="was not collected as a case")
