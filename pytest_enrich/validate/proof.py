"""What a text of a failure comes down to: one line for people, and what alike failures have in common."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pytest_enrich.data import (
    Answered,
    Candidate,
    Dropped,
    Execution,
    Grade,
    Mutant,
    MutantFate,
    Prove,
    Proved,
    TestOutcome,
    World,
)
from pytest_enrich.protocols import Sandbox, Task

_ERROR = re.compile(r"[\w.]+(Error|Exception|Exit|Interrupt|Warning)\b")
_ASSERTION = re.compile(r"^(E +)?(assert\b|AssertionError)", re.MULTILINE)
_PATH = r"""/[^\s:'"]+"""
_PARTICULAR = re.compile(rf"""0x[0-9a-f]+|{_PATH}|'[^']*'|"[^"]*"|\d+""")
NAMES_SHOWN = 3
SHOWN = 600
MOST_CASES = 200
"""So many parameters the candidate, or a fixture of it, may have: it is run with each."""
START = 20.0
"""Seconds of wall clock that a fresh interpreter, its imports and its workers may take besides."""


def first_line(text: str) -> str:
    """What a job that did not end is said to have come to; what it printed follows."""
    return text.partition("\n")[0]


def last_line(text: str) -> str:
    """The error that a failure ends with, else its last line."""
    lines = [line.strip().removeprefix("E ").strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR.match(line)]
    return (errors or lines or ["no reason given"])[-1]


def lasting_reason(text: str) -> str:
    """The last line without paths: those of scratch folders are others each time."""
    return re.sub(_PATH, "...", last_line(text))


def shape_of(text: str) -> str:
    """The last line without what is particular to one test: paths, numbers, quoted texts.

    It is "" for nothing, and for a failed assertion: that is about the test that makes it.
    """
    return "" if not text.strip() or _ASSERTION.search(text) else _PARTICULAR.sub("_", last_line(text))


class Fallen(Struct, frozen=True):
    """Of existing tests that pass plainly those that do not in another way.

    Attributes:
        details: Why, of each.
        all: Whether none of them passes so.
    """

    details: tuple[str, ...] = ()
    all: bool = False


class Existing:
    """Remembers for a run how existing tests end, and which notice a mutant, so that they run only once.

    `seconds`: so long those of a file may take, together, that run beside a candidate again and again.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self._known: dict[tuple[str, int, int, str], tuple[str, ...]] = {}
        self._ends: dict[tuple[str, str], Execution] = {}
        self._fallen: dict[Hashable, Fallen] = {}
        self._useless: dict[tuple[str, str], dict[str, str]] = {}

    def ends(self, path: str, text: str, ask: Callable[[], Execution]) -> Execution:
        """How the tests of a file end, which `ask` finds out; of failures only a timeout is an answer."""
        found = self._ends.get((path, text)) or ask()
        if isinstance(found, Answered) or found.reason == "timeout":
            self._ends[path, text] = found
        return found

    def fallen(self, key: Hashable, ask: Callable[[], Fallen]) -> Fallen:
        """Which of them fall in a way, which `ask` finds out."""
        found = self._fallen.get(key) or ask()
        self._fallen[key] = found
        return found

    def note(self, path: str, way: str, why: str) -> None:
        """Remember for people in which way existing tests of a file do not pass, with what that means, and why."""
        self._useless.setdefault((way, shape_of(why)), {}).setdefault(path, why)

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for all files of which the same was noted for the same reason."""
        return tuple(
            f"existing tests of {_named(tuple(files))} do not pass {way}: {next(iter(files.values()))}"
            for (way, _), files in list(self._useless.items())
        )

    def unasked(self, path: str, mutants: Iterable[Mutant]) -> list[Mutant]:
        """Of the mutants of a source file those of which nothing is known."""
        return [mutant for mutant in mutants if _key(path, mutant) not in self._known]

    def completed(
        self, path: str, mutants: Sequence[Mutant], fates: Sequence[MutantFate]
    ) -> tuple[MutantFate, ...]:
        """The fates with what is known of the mutants; what the fates tell is known from now on."""
        by_id = {mutant.id: mutant for mutant in mutants}
        return tuple(self._completed(_key(path, by_id[fate.id]), fate) for fate in fates if fate.id in by_id)

    def _completed(self, key: tuple[str, int, int, str], fate: MutantFate) -> MutantFate:
        if fate.killed_before is not None:
            self._known[key] = fate.killed_before
        return replace(fate, killed_before=self._known.get(key))


def _named(paths: Sequence[str]) -> str:
    more = len(paths) - NAMES_SHOWN
    return ", ".join(paths[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _key(path: str, mutant: Mutant) -> tuple[str, int, int, str]:
    # Not its id, which counts only those that are made together.
    return path, mutant.start, mutant.end, mutant.replacement


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
        return together(found)

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
        ends = {
            outcome.nodeid: outcome.result
            for outcome in execution.answer.outcomes
            if not self._is_own(outcome.nodeid)
        }
        return {
            nodeid: result for nodeid, result in ends.items() if result != "passed" or not self._is_named(nodeid)
        }

    def _is_named(self, nodeid: str) -> bool:
        """Whether a test has the candidate's name, in whichever class."""
        return function(nodeid).rpartition("::")[2] == self.candidate.name


def together(outcomes: Sequence[TestOutcome]) -> TestOutcome:
    """How the parameters of one test, at least one, ended together.

    A fixture may skip some of its parameters here (an extension that is not built): the others tell.
    """
    ran = [outcome for outcome in outcomes if outcome.result != "skipped"] or outcomes
    told = next((one for one in ran if one.result != "passed"), ran[0])
    return replace(told, seconds=sum(outcome.seconds for outcome in outcomes))


def function(nodeid: str) -> str:
    """The node id without the parameters; brackets in the name of a file are none."""
    path, colons, name = nodeid.partition("::")
    return f"{path}{colons}{name.partition('[')[0]}"
