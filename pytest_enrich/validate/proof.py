"""A candidate in its place in the test file, ready to be run in one way or another."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pytest_enrich.data import Answered, Candidate, Dropped, Execution, Grade, Prove, Proved, TestOutcome, World
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate.existing import Existing

SHOWN = 600
MOST_CASES = 8
"""So many parameters a fixture of the candidate may have: it is run with each."""
START = 20.0
"""Seconds of wall clock that a fresh interpreter, its imports and its workers may take besides."""


class Trial(Struct, frozen=True, kw_only=True):
    """One way of running a candidate again; the rest is as in `Prove`.

    Attributes:
        how: What is special about it, as people read it; "" for nothing.
        alone: Whether the other tests of its file are left out.
        measured: Whether it runs with coverage.
    """

    how: str = ""
    alone: bool = False
    measured: bool = False
    shuffle: int | None = None
    backwards: bool = False
    world: World = World()
    fresh: bool = False
    workers: int = 0

    @property
    def name(self) -> str:
        """`in its file, shuffled`."""
        return ", ".join(filter(None, ("alone" if self.alone else "in its file", self.how)))

    @property
    def is_ordered(self) -> bool:
        """Whether it is about the order of tests, of which there have to be several."""
        return self.backwards or self.shuffle is not None


PLAIN = Trial()
MEASURED = Trial(alone=True, measured=True)


def asked(trial: Trial, path: str, text: str, tests: tuple[str, ...], source: str) -> Prove:
    """The job that runs these tests (all when empty) of a file with this text; `source` may be measured."""
    return Prove(
        path=path,
        text=text,
        tests=tests,
        measure=(source,) if trial.measured else (),
        shuffle=trial.shuffle,
        backwards=trial.backwards,
        world=trial.world,
        fresh=trial.fresh,
        workers=trial.workers,
    )


def allowed(trial: Trial, timeout: float) -> float:
    """Seconds of wall clock for one run, where `timeout` is allowed beyond pytest's own start."""
    return timeout + (START if trial.fresh or trial.workers else 0.0)


class Proof(Struct, frozen=True, kw_only=True):
    """A candidate in place, ready to run.

    Attributes:
        task: What it was made for.
        candidate: Untrusted.
        text: The whole text that its test file would have.
        sandbox: Where it runs.
        timeout: Seconds of wall clock for one run, beyond pytest's own start.
        lowest: The lowest grade that is kept.
        existing: What is known of the tests that exist.
        cases: Of a row, the node ids that come with it.
        beside: The other tests of its file that run with it where it is not alone; None for all.
    """

    task: Task
    candidate: Candidate
    text: str
    sandbox: Sandbox
    timeout: float
    lowest: Grade
    existing: Existing = field(default_factory=Existing)
    cases: tuple[str, ...] = ()
    beside: tuple[str, ...] | None = None

    @property
    def nodeids(self) -> tuple[str, ...]:
        """All that has to pass."""
        return self.cases or (self.nodeid,)

    @property
    def nodeid(self) -> str:
        """What pytest will call it: predicted, so that a run cannot choose what it answers for."""
        place = self.candidate.placement
        return "::".join([place.path, *(place.owner.split(".") if place.owner else []), self.candidate.name])

    def prove(self, trial: Trial = MEASURED) -> Execution:
        """Run it, alone and measured or in another way."""
        others = () if trial.alone else self.beside
        return self._run(trial, self.text, () if others is None else (*self.nodeids, *others))

    def without(self, trial: Trial) -> Execution:
        """Run the tests that its file has today, in the same way."""
        return self._run(trial, self.task.test_text, self.beside or ())

    def _run(self, trial: Trial, text: str, tests: tuple[str, ...]) -> Execution:
        job = asked(trial, self.candidate.placement.path, text, tests, self.task.target.path)
        return self.sandbox.execute(job, timeout=allowed(trial, self.timeout))

    def outcome(self, execution: Execution) -> TestOutcome | Dropped:
        """What became of the candidate in a run, or why nothing can be said."""
        if not isinstance(execution, Answered):
            return Dropped(rung="runs", reason=execution.reason, detail=execution.detail[-SHOWN:])
        answer = execution.answer
        found = [o for o in answer.outcomes if self._is_own(o.nodeid)] if isinstance(answer, Proved) else []
        if not self._is_all([o.nodeid for o in found]):
            detail = "; ".join(o.detail for o in answer.outcomes) if isinstance(answer, Proved) else ""
            return Dropped(rung="runs", reason="was not collected as one test", detail=detail[-SHOWN:])
        seconds = sum(o.seconds for o in found)
        return replace(next((o for o in found if o.result != "passed"), found[0]), seconds=seconds)

    def _is_own(self, nodeid: str) -> bool:
        """Whether a test is the candidate: one for each parameter, too, that a fixture has."""
        return nodeid in self.nodeids or (not self.cases and function(nodeid) == self.nodeid)

    def _is_all(self, found: Sequence[str]) -> bool:
        """Whether the whole candidate ran, and nothing of it twice."""
        if self.cases:
            return sorted(found) == sorted(self.cases)
        return 0 < len(found) == len(set(found)) <= MOST_CASES

    def others(self, execution: Execution) -> dict[str, str] | None:
        """How the other tests of the file ended, by node id; None when nothing can be said.

        A class that inherits the candidate has it, too: where it passes it is none of them.
        """
        if not isinstance(execution, Answered) or not isinstance(execution.answer, Proved):
            return None
        ends = {one.nodeid: one.result for one in execution.answer.outcomes if not self._is_own(one.nodeid)}
        return {
            nodeid: result for nodeid, result in ends.items() if result != "passed" or not self._is_named(nodeid)
        }

    def _is_named(self, nodeid: str) -> bool:
        """Whether a test has the candidate's name, in whichever class."""
        return function(nodeid).rpartition("::")[2] == self.candidate.name


def function(nodeid: str) -> str:
    """The node id without the parameters; brackets in the name of a file are none."""
    path, colons, name = nodeid.partition("::")
    return f"{path}{colons}{name.partition('[')[0]}"
