"""The ladder: what a candidate must pass before a person sees it, cheapest rung first.

Policy only: it decides in what order things are asked and what answers count; `check` reads the text, a sandbox
runs it. What candidate code does is never an exception here.
"""

from __future__ import annotations

from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Candidate, Dropped, Grade, Kept, NewRow, Verdict
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate import cases, check, gain, grade, kills, minimal, smaller, stable
from pytest_enrich.validate.proof import Proof


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
    proof = Proof(task=task, candidate=candidate, text=text, sandbox=sandbox, timeout=timeout, lowest=lowest)
    if not isinstance(candidate, NewRow):
        return _run(proof)
    found = cases.find(task, candidate, text, sandbox, timeout)
    return found if isinstance(found, Dropped) else _run(replace(proof, cases=found))


def _run(proof: Proof) -> Verdict:
    first = gain.measure(proof)
    if isinstance(first, Dropped):
        return first
    parts = minimal.parts(proof.candidate)
    counted = _counted(proof, first, parts)
    if (fault := grade.refused(counted.grade, counted.facts, proof.lowest)) is not None:
        return fault
    least = smaller.find(proof, first, counted, parts)
    ways = stable.check(least, first)
    if isinstance(ways, Dropped):
        return ways
    return Kept(
        gaps=first.gaps,
        lines=first.lines,
        branches=first.branches,
        runs=("measured", *ways),
        seconds=first.seconds,
        grade=counted.grade,
        mutants=counted.facts,
        smaller=None if least is proof else least.candidate,
    )


def _counted(proof: Proof, first: gain.Gained, parts: minimal.Parts | None) -> kills.Counted:
    closed = [gap for gap in proof.task.target.gaps if gap.id in first.own]
    return kills.count(
        proof.task,
        closed,
        smaller.placed(proof, parts),
        proof.sandbox,
        corpus=proof.candidate.origin.corpus,
    )
