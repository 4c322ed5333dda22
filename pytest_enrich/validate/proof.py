"""A candidate in its place in the test file, ready to be run in one way or another."""

from __future__ import annotations

from msgspec import Struct

from pytest_enrich.data import Answered, Candidate, Dropped, Execution, Grade, Prove, Proved, TestOutcome
from pytest_enrich.protocols import Sandbox, Task

SHOWN = 600


class Trial(Struct, frozen=True, kw_only=True):
    """One way of running a candidate again: other hash seed, in its file, in another order, measured or not."""

    name: str
    hash_seed: int
    shuffle: int | None = None
    alone: bool = False
    measured: bool = False


class Proof(Struct, frozen=True, kw_only=True):
    """A candidate in place, ready to run.

    Attributes:
        task: What it was made for.
        candidate: Untrusted.
        text: The whole text that its test file would have.
        sandbox: Where it runs.
        timeout: Seconds of wall clock for one run, beyond pytest's own start.
        lowest: The lowest grade that is kept.
    """

    task: Task
    candidate: Candidate
    text: str
    sandbox: Sandbox
    timeout: float
    lowest: Grade

    @property
    def nodeid(self) -> str:
        """What pytest will call it: predicted, so that a run cannot choose what it answers for."""
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
