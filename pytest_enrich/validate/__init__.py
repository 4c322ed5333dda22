"""The ladder: what a candidate must pass before a person sees it, cheapest rung first.

Policy only: it decides in what order things are asked and what answers count; `check` reads the text, a sandbox
runs it. What candidate code does is never an exception here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import (
    Answered,
    Branch,
    Candidate,
    Dropped,
    Execution,
    Gap,
    Grade,
    Kept,
    Prove,
    Proved,
    TestOutcome,
    Verdict,
)
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate import check, grade, kills

SHOWN = 600


class Trial(Struct, frozen=True, kw_only=True):
    """One way of running a candidate again: other hash seed, in its file, in another order, measured or not."""

    name: str
    hash_seed: int
    shuffle: int | None = None
    alone: bool = False
    measured: bool = False


TRIALS = (
    Trial(name="alone", hash_seed=1, alone=True),
    # Measured, because teams run their suites so: code that asks whether it is traced goes other ways then.
    Trial(name="in its file, with coverage", hash_seed=2, measured=True),
    Trial(name="in its file, shuffled", hash_seed=3, shuffle=1),
)


def judge(
    task: Task, candidate: Candidate, sandbox: Sandbox, *, timeout: float, lowest: Grade = "good"
) -> Verdict:
    """The verdict on a candidate: `Kept` when it passes every rung, else `Dropped` at the first that it misses.

    Args:
        task: What it was made for; a gain counts only for gaps of `task.target`.
        candidate: Untrusted.
        sandbox: Where it runs.
        timeout: Seconds of wall clock for one run, beyond pytest's own start.
        lowest: The lowest grade that is kept.
    """
    if (fault := check.text(task, candidate)) is not None:
        return fault
    try:
        text = patch.insert(task.test_text, candidate)
    except RefusedError as error:
        return Dropped(rung="parses", reason="cannot be put into the test file", detail=str(error))
    return _run(_Proof(task=task, candidate=candidate, text=text, sandbox=sandbox, timeout=timeout, lowest=lowest))


class _Proof(Struct, frozen=True, kw_only=True):
    """A candidate in place, ready to run."""

    task: Task
    candidate: Candidate
    text: str
    sandbox: Sandbox
    timeout: float
    lowest: Grade

    @property
    def nodeid(self) -> str:
        place = self.candidate.placement
        return "::".join([place.path, *(place.owner.split(".") if place.owner else []), self.candidate.name])

    def prove(self, trial: Trial | None) -> Execution:
        """Run it measured (None), or in one of the `TRIALS` as it will run in the suite, unmeasured."""
        job = Prove(
            path=self.candidate.placement.path,
            text=self.text,
            tests=(self.nodeid,) if trial is None or trial.alone else (),
            measure=(self.task.target.path,) if trial is None or trial.measured else (),
            shuffle=trial.shuffle if trial else None,
            hash_seed=trial.hash_seed if trial else 0,
        )
        return self.sandbox.execute(job, timeout=self.timeout)

    def outcome(self, execution: Execution) -> TestOutcome | Dropped:
        """What became of the candidate in a run, or why nothing can be said."""
        if not isinstance(execution, Answered):
            return Dropped(rung="runs", reason=execution.reason, detail=execution.detail[-SHOWN:])
        answer = execution.answer
        found = [o for o in answer.outcomes if o.nodeid == self.nodeid] if isinstance(answer, Proved) else []
        if len(found) != 1:
            detail = "; ".join(o.detail for o in answer.outcomes) if isinstance(answer, Proved) else ""
            return Dropped(rung="runs", reason="was not collected as one test", detail=detail[-SHOWN:])
        return found[0]


def _run(proof: _Proof) -> Verdict:
    execution = proof.prove(None)
    outcome = proof.outcome(execution)
    if isinstance(outcome, Dropped):
        return outcome
    if outcome.result != "passed":
        return Dropped(rung="passes", reason=outcome.result, detail=outcome.detail[-SHOWN:])
    assert isinstance(execution, Answered)
    assert isinstance(execution.answer, Proved)
    gaps, lines, branches = gained(execution.answer, proof.task.target.path, proof.task.target.gaps)
    if not gaps:
        return Dropped(rung="gains", reason="closes no gap")
    in_passing = gained(execution.answer, proof.task.target.path, proof.task.others)
    gaps, lines, branches = gaps + in_passing[0], lines + in_passing[1], branches + in_passing[2]
    for trial in TRIALS:
        again = proof.outcome(proof.prove(trial))
        if isinstance(again, Dropped) or again.result != "passed":
            detail = again.detail[-SHOWN:]
            return Dropped(rung="stable", reason=f"does not pass {trial.name}", detail=detail)
    runs = ("measured", *(trial.name for trial in TRIALS))
    return _graded(proof, Kept(gaps=gaps, lines=lines, branches=branches, runs=runs, seconds=outcome.seconds))


def _graded(proof: _Proof, kept: Kept) -> Verdict:
    closed = [gap for gap in proof.task.target.gaps if gap.id in kept.gaps]
    test = (proof.candidate.placement.path, proof.text, proof.nodeid)
    given, facts = kills.count(proof.task, closed, test, proof.sandbox)
    return grade.refused(given, facts, proof.lowest) or replace(kept, grade=given, mutants=facts)


def gained(
    proved: Proved, path: str, gaps: Sequence[Gap]
) -> tuple[tuple[str, ...], tuple[int, ...], tuple[Branch, ...]]:
    """The gaps that a run closed, at least partly, and the missing lines and branches of them that it executed."""
    ran, took = set(proved.lines.get(path, ())), set(proved.branches.get(path, ()))
    # A gap with branches is closed by taking one: lines alone can be run by other ways (`exec`).
    closed = [gap for gap in gaps if (took & set(gap.branches) if gap.branches else ran & set(gap.lines))]
    lines = sorted(_each(ran & set(gap.lines) for gap in closed))
    branches = sorted(_each(took & set(gap.branches) for gap in closed))
    return tuple(gap.id for gap in closed), tuple(lines), tuple(branches)


def _each(parts: Iterator[set[int]] | Iterator[set[Branch]]) -> set:  # type: ignore[type-arg]
    return set().union(*parts)
