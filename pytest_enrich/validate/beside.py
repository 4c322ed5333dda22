"""The other tests of its file that a candidate is run beside: all, or the quick ones where all take long.

They run several times for each candidate. A slow test says no more about it than a quick one. Where a candidate
does not pass in some way, they are asked whether they do, without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Answered, Execution, Failed, Proved, TestOutcome
from pytest_enrich.validate.proof import (
    PLAIN,
    Fallen,
    Proof,
    Trial,
    first_line,
    function,
    last_line,
    lasting_reason,
    shape_of,
    together,
)

ALONE = 3
"""So many tests, one after the other, are asked whether they pass alone; one that does is enough."""


def of(proof: Proof, trial: Trial, slower: float = 1.0) -> tuple[Proof, dict[str, str] | None]:
    """A proof that runs beside these tests, and how they end in this way without the candidate.

    That is asked once in a run for all candidates of a file. It is None when nothing can be said, or when each of
    them takes too long: then there is nothing to run beside.

    Args:
        proof: Of a candidate.
        trial: How they run when they are asked how they end.
        slower: How many times longer they take where they are to run.
    """
    path, text = proof.candidate.placement.path, proof.task.test_text
    if not text:
        return proof, {}
    execution = proof.existing.ends(path, text, lambda: proof.without(trial))
    known, chosen = proof.others(execution), _quick(execution, proof.existing.seconds / slower)
    if known is None or chosen is None:
        return proof, known
    found = {name: result for name, result in known.items() if function(name) in chosen}
    return replace(proof, beside=chosen), found or None


def excuse(proof: Proof, trial: Trial, detail: str) -> str:
    """Why it says nothing about a candidate that it does not pass in some way; "" when it does say something.

    Existing tests do not pass so either, without it: none of them; or some in another order, which is then about
    their order; or one by the same error. What the candidate does cannot change that.

    Args:
        proof: Of the candidate; beside which tests it ran counts.
        trial: The way in which it did not pass.
        detail: How that ended.
    """
    found = fallen(proof, trial)
    own = shape_of(detail)
    alike = [one for one in found.details if own and shape_of(one) == own]
    if not (alike or found.all or (found.details and trial.is_ordered)):
        return ""
    fall = (alike or found.details)[0]
    way = f"{trial.name}; that is left out of proofs there"
    proof.existing.note(proof.candidate.placement.path, way, last_line(fall))
    return f"existing tests do not pass so: {lasting_reason(fall)}"


def fallen(proof: Proof, trial: Trial) -> Fallen:
    """Of the tests of the file that pass plainly those that do not in this way; asked once in a run."""
    key = (proof.candidate.placement.path, proof.task.test_text, trial, proof.beside)
    return proof.existing.fallen(key, lambda: _fallen(proof, trial))


def _fallen(proof: Proof, trial: Trial) -> Fallen:
    if not proof.task.test_text:
        return Fallen()
    if not trial.alone:
        names = _sound(proof)
        found = why(proof.without(trial), names) if names else {}
        return Fallen(tuple(found.values()), all=0 < len(found) == len(names))
    details: list[str] = []
    for name in _nearest(proof):
        found = why(replace(proof, beside=(name,)).without(trial), (name,))
        if not found:
            return Fallen(tuple(details))
        details += found.values()
    return Fallen(tuple(details), all=bool(details))


def _sound(proof: Proof) -> list[str]:
    """The test functions beside the candidate that pass plainly."""
    path, text = proof.candidate.placement.path, proof.task.test_text
    ends = _by_function(proof.existing.ends(path, text, lambda: proof.without(PLAIN)))
    chosen = [name for name in ends if proof.beside is None or name in proof.beside]
    return [name for name in chosen if together(ends[name]).result == "passed"]


def _nearest(proof: Proof) -> list[str]:
    """A few tests of the file that come near the target: it is known that they pass inside."""
    path = proof.candidate.placement.path
    names = dict.fromkeys(function(near.nodeid) for near in proof.task.target.nearest)
    return [name for name in names if name.partition("::")[0] == path][:ALONE]


def why(execution: Execution, names: Iterable[str]) -> dict[str, str]:
    """Of these test functions those that did not pass, with why; a job that was refused says nothing."""
    if isinstance(execution, Failed):
        told = execution.detail if execution.reason == "crash" else first_line(execution.detail)
        return {} if execution.reason == "refused" else dict.fromkeys(names, told)
    ran, missing = _by_function(execution), [TestOutcome(nodeid="", result="error", detail="it was not run")]
    ends = {name: together(ran.get(name, missing)) for name in names}
    return {name: one.detail for name, one in ends.items() if one.result != "passed"}


def _by_function(execution: Execution) -> dict[str, list[TestOutcome]]:
    found: dict[str, list[TestOutcome]] = {}
    for outcome in _outcomes(execution):
        found.setdefault(function(outcome.nodeid), []).append(outcome)
    return found


def _outcomes(execution: Execution) -> Sequence[TestOutcome]:
    answer = execution.answer if isinstance(execution, Answered) else None
    return answer.outcomes if isinstance(answer, Proved) else ()


def _quick(execution: Execution, left: float) -> tuple[str, ...] | None:
    """The test functions (node ids) that take no longer together, the quickest first; None when all do not."""
    chosen: list[str] = []
    for name, seconds in sorted(_spent(execution).items(), key=lambda pair: pair[1]):
        left -= seconds
        if left < 0:
            return tuple(chosen)
        chosen.append(name)
    return None


def _spent(execution: Execution) -> dict[str, float]:
    """The seconds of each test function, with what pytest does round each case: of hundreds that is the most."""
    outcomes = _outcomes(execution)
    within = sum(outcome.seconds for outcome in outcomes)
    around = max(0.0, execution.seconds - within) / max(1, len(outcomes))
    spent: dict[str, float] = {}
    for outcome in outcomes:
        spent[function(outcome.nodeid)] = spent.get(function(outcome.nodeid), 0.0) + outcome.seconds + around
    return spent
