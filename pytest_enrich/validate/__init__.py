"""The ladder: what a candidate must pass before a person sees it, cheapest rung first.

Policy only: it decides in what order things are asked and what answers count; `check` reads the text, a sandbox
runs it. What candidate code does is never an exception here.
"""

from __future__ import annotations

from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Answered, Candidate, Dropped, Grade, Kept, Proved, Verdict
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate import check, grade, kills, stable
from pytest_enrich.validate.gain import gained
from pytest_enrich.validate.proof import SHOWN, Proof


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
    return _run(Proof(task=task, candidate=candidate, text=text, sandbox=sandbox, timeout=timeout, lowest=lowest))


def _run(proof: Proof) -> Verdict:
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
    ways = stable.check(proof)
    if isinstance(ways, Dropped):
        return ways
    runs = ("measured", *ways)
    return _graded(proof, Kept(gaps=gaps, lines=lines, branches=branches, runs=runs, seconds=outcome.seconds))


def _graded(proof: Proof, kept: Kept) -> Verdict:
    closed = [gap for gap in proof.task.target.gaps if gap.id in kept.gaps]
    test = (proof.candidate.placement.path, proof.text, proof.nodeid)
    given, facts = kills.count(proof.task, closed, test, proof.sandbox)
    return grade.refused(given, facts, proof.lowest) or replace(kept, grade=given, mutants=facts)
