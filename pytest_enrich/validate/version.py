"""A person's version of a test: the ladder's measurements, without its refusals. They may write what they like."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from pytest_enrich.data import Candidate, Dropped, NewRow, Prove, Reproof
from pytest_enrich.data.code import function
from pytest_enrich.data.suggestion import RunsPart
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate import gain, kills, stable
from pytest_enrich.validate.proof import SHOWN, Proof, proved

_KNOWN = "expected to fail:"


def examine(
    task: Task, candidate: Candidate, names: Sequence[str], sandbox: Sandbox, *, timeout: float
) -> Reproof:
    """How the version fares: does it pass and reach the gap, what does it notice, does it pass however it is run?

    Args:
        task: With the gap as its target's only one.
        candidate: The version.
        names: Of all the functions that it consists of.
        sandbox: Where it runs.
        timeout: Seconds of wall clock for one run.
    """
    proof = _placed(task, candidate, names, sandbox, timeout)
    if isinstance(proof, Dropped):
        return _missed(Reproof(), proof)
    first = gain.measure(proof)
    if isinstance(first, Dropped):
        return _missed(Reproof(passed=first.rung == "gains"), first)
    counted = kills.count(proof, first)
    known = Reproof(
        passed=True,
        seconds=first.seconds,
        covers=True,
        lines=len(first.lines),
        branches=len(first.branches),
        grade=counted.grade,
        mutants=counted.facts,
    )
    ways = stable.check(proof, first)
    if isinstance(ways, Dropped):
        return _missed(replace(known, runs=RunsPart(passed=1, of=2, modes=("measured",))), ways)
    modes = ("measured", *ways.passed)
    return replace(known, runs=RunsPart(passed=len(modes), of=len(modes), modes=modes, left_out=ways.left_out))


def fails(task: Task, candidate: Candidate, sandbox: Sandbox, *, timeout: float) -> Reproof:
    """Whether the test of a possible bug, which is marked as known to fail, does fail."""
    proof = _placed(task, candidate, (candidate.name,), sandbox, timeout)
    outcome = proof if isinstance(proof, Dropped) else proof.outcome(proof.prove())
    if isinstance(outcome, Dropped):
        return _missed(Reproof(), outcome)
    if outcome.result == "skipped" and outcome.detail.startswith(_KNOWN):
        return Reproof(passed=True, seconds=outcome.seconds)
    return Reproof(trouble="its test does not fail as it should", detail=outcome.detail[-SHOWN:])


def _placed(
    task: Task, candidate: Candidate, names: Sequence[str], sandbox: Sandbox, timeout: float
) -> Proof | Dropped:
    proof = gain.placed(task, candidate, sandbox, timeout=timeout)
    if isinstance(proof, Dropped) or isinstance(candidate, NewRow):
        return proof
    found = _collected(proof, names)
    return found if isinstance(found, Dropped) else replace(proof, cases=found)


def _collected(proof: Proof, names: Sequence[str]) -> tuple[str, ...] | Dropped:
    """The node ids of the version's tests: a person may have made it several, or given it parameters."""
    stem = proof.nodeid.removesuffix(proof.candidate.name)
    wanted = tuple(f"{stem}{name}" for name in names)
    job = Prove(path=proof.candidate.placement.path, text=proof.text, tests=())
    answer = proved(proof.sandbox.execute(job, timeout=proof.timeout))
    if isinstance(answer, Dropped):
        return replace(answer, reason="its file did not run")
    found = tuple(one.nodeid for one in answer.outcomes if function(one.nodeid) in wanted)
    detail = "; ".join(outcome.detail for outcome in answer.outcomes if outcome.detail)
    return found or Dropped(rung="runs", reason="pytest collects no test of it", detail=detail[-SHOWN:])


def _missed(known: Reproof, fault: Dropped) -> Reproof:
    return replace(known, trouble=fault.reason, detail=fault.detail)
