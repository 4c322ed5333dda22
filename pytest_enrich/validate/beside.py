"""The other tests of its file that a candidate is run beside: all, or the quick ones where all take long.

They run several times for each candidate. A slow test says no more about it than a quick one.
"""

from __future__ import annotations

from msgspec.structs import replace

from pytest_enrich.data import Answered, Execution, Proved
from pytest_enrich.validate.proof import Proof, Trial, function


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
    answer = execution.answer if isinstance(execution, Answered) else None
    outcomes = answer.outcomes if isinstance(answer, Proved) else ()
    within = sum(one.seconds for one in outcomes)
    around = max(0.0, execution.seconds - within) / max(1, len(outcomes))
    spent: dict[str, float] = {}
    for one in outcomes:
        spent[function(one.nodeid)] = spent.get(function(one.nodeid), 0.0) + one.seconds + around
    return spent
