"""The rung `stable`: a test that passes once must pass however a team runs it."""

from __future__ import annotations

from pytest_enrich.data import Dropped
from pytest_enrich.validate.proof import SHOWN, Proof, Trial

TRIALS = (
    Trial(name="alone", hash_seed=1, alone=True),
    # Measured, because teams run their suites so: code that asks whether it is traced goes other ways then.
    Trial(name="in its file, with coverage", hash_seed=2, measured=True),
    Trial(name="in its file, shuffled", hash_seed=3, shuffle=1),
)


def check(proof: Proof) -> tuple[str, ...] | Dropped:
    """The name of each way in which the candidate passed, or the first in which it did not."""
    for trial in TRIALS:
        again = proof.outcome(proof.prove(trial))
        if isinstance(again, Dropped) or again.result != "passed":
            detail = again.detail[-SHOWN:]
            return Dropped(rung="stable", reason=f"does not pass {trial.name}", detail=detail)
    return tuple(trial.name for trial in TRIALS)
