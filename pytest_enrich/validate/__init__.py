"""The ladder: what a candidate must pass before a person sees it, cheapest rung first.

Policy only: it decides in what order things are asked and what answers count; `check` reads the text, a sandbox
runs it. What candidate code does is never an exception here.
"""

from __future__ import annotations

from msgspec.structs import replace

from pytest_enrich.data import Candidate, Dropped, Grade, Kept, Verdict
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate import check, gain, smaller, stable
from pytest_enrich.validate.kills import grade_refusal
from pytest_enrich.validate.proof import Existing, Proof
from pytest_enrich.validate.smaller import Graded, Sharper, of, sharpened


def judge(  # noqa: PLR0913 - each is known to another part of a run
    task: Task,
    candidate: Candidate,
    sandbox: Sandbox,
    *,
    timeout: float,
    lowest: Grade = "good",
    existing: Existing | None = None,
    sharper: Sharper = lambda *_call: (),
) -> Verdict:
    """The verdict on a candidate: `Kept` when it passes every rung, else `Dropped` at the first that it misses.

    Args:
        task: What it was made for; a gain counts only for gaps of `task.target`.
        candidate: Untrusted.
        sandbox: Where it runs.
        timeout: Seconds of wall clock for one run, beyond pytest's own start.
        lowest: The lowest grade that is kept.
        existing: What the run knows of the tests that exist.
        sharper: Asked where an explored call tells mutants apart that no test notices. What it makes is kept
            instead when it closes the same and notices more.
    """
    if (fault := check.text(task, candidate)) is not None:
        return fault
    proof = gain.placed(task, candidate, sandbox, timeout=timeout, lowest=lowest, existing=existing)
    return proof if isinstance(proof, Dropped) else _run(proof, sharper)


def _run(proof: Proof, sharper: Sharper) -> Verdict:
    graded = of(proof)
    if isinstance(graded, Dropped):
        return graded
    graded = sharpened(graded, sharper)
    counted = graded.counted
    if (fault := grade_refusal(counted.grade, counted.facts, proof.lowest)) is not None:
        return fault
    least = smaller.find(graded.proof, graded.first, graded.counted, graded.parts)
    return _kept(replace(graded, proof=least), proof.candidate)


def _kept(graded: Graded, candidate: Candidate) -> Verdict:
    """The last rung; `candidate` is what it was before."""
    first, counted, least = graded.first, graded.counted, graded.proof.candidate
    ways = stable.check(graded.proof, first)
    if isinstance(ways, Dropped):
        return ways
    return Kept(
        gaps=ways.closed.gaps,
        lines=ways.closed.lines,
        branches=ways.closed.branches,
        runs=("measured", *ways.passed),
        left_out=ways.left_out,
        seconds=first.seconds,
        grade=counted.grade,
        mutants=counted.facts,
        smaller=None if least is candidate else least,
        controls=counted.controls,
    )


__all__ = ["Existing", "Sharper", "judge"]
