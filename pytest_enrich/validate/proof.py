"""A candidate in place, and the ways of running it: alone, and beside the tests of its file.

How existing tests fare in the same way is asked once in a run: where they do not pass either, that says nothing
about the candidate. Slow ones say no more than quick ones, and are left out where all together take long.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from pytest_enrich.data import (
    Answered,
    Candidate,
    Dropped,
    Execution,
    Failed,
    Mutant,
    MutantFate,
    Program,
    Prove,
    Proved,
    TestOutcome,
)
from pytest_enrich.data.code import function
from pytest_enrich.data.jobs import Way
from pytest_enrich.protocols import Sandbox, Task

_ERROR = re.compile(r"[\w.]+(Error|Exception|Exit|Interrupt|Warning)\b")
_ASSERTION = re.compile(r"^(E +)?(assert\b|AssertionError)", re.MULTILINE)
_PATH = r"""/[^\s:'"]+"""
_PARTICULAR = re.compile(rf"""0x[0-9a-f]+|{_PATH}|'[^']*'|"[^"]*"|\d+""")
NAMES_SHOWN = 3
SHOWN = 600
MOST_CASES = 200
"""How many parameters the candidate, or a fixture of it, may have: it is run with each."""
START = 20.0
"""Seconds of wall clock that a fresh interpreter, its imports and its workers may take on top."""


def first_line(text: str) -> str:
    """The line that says how a job failed; what the job printed comes after it."""
    return text.partition("\n")[0]


def last_line(text: str) -> str:
    """The error that a failure ends with, else its last line."""
    lines = [line.strip().removeprefix("E ").strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR.match(line)]
    return (errors or lines or ["no reason given"])[-1]


def lasting_reason(text: str) -> str:
    """The last line without paths: those of scratch folders differ each time."""
    return re.sub(_PATH, "...", last_line(text))


def shape_of(text: str) -> str:
    """The last line without what is specific to one test: paths, numbers, quoted text.

    It is "" for nothing, and for a failed assertion: that is about the test that makes it.
    """
    return "" if not text.strip() or _ASSERTION.search(text) else _PARTICULAR.sub("_", last_line(text))


_Edit: TypeAlias = tuple[str, int, int, str]
Corpus: TypeAlias = tuple[Program, ...]


class Fallen(Struct, frozen=True):
    """Existing tests that pass when run plainly, but not in another way.

    Attributes:
        details: Why, for each.
        all: Whether none of them passes in that way.
    """

    details: tuple[str, ...] = ()
    all: bool = False


class Existing:
    """Remembers for a run how existing tests end, and which of them notice a mutant, so that they run only once.

    `seconds`: how long those of a file that run beside a candidate again and again may take together.
    `unable`: why tests cannot be spread over workers here, "" as long as that is not known.
    `fallen`: which of them fall in a way, where that was asked.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self.unable = ""
        self._known: dict[_Edit, tuple[str, ...]] = {}
        self._compared: dict[Corpus, dict[_Edit, tuple[int, tuple[int, ...]]]] = {}
        self._ends: dict[tuple[str, str], Execution] = {}
        self.fallen: dict[Hashable, Fallen] = {}
        self._useless: dict[tuple[str, str], dict[str, str]] = {}

    def ends(self, path: str, text: str, ask: Callable[[], Execution]) -> Execution:
        """How the tests of a file end; `ask` finds out. The only failure that counts as an answer is a timeout."""
        execution = self._ends.get((path, text)) or ask()
        if isinstance(execution, Answered) or execution.reason == "timeout":
            self._ends[path, text] = execution
        return execution

    def note(self, path: str, way: str, why: str) -> None:
        """Remember for people in which way existing tests of a file do not pass, what that means, and why."""
        self._useless.setdefault((way, shape_of(why)), {}).setdefault(path, why)

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for all files for which the same was noted for the same reason."""
        return tuple(
            f"existing tests of {_named(tuple(files))} do not pass {way}: {next(iter(files.values()))}"
            for (way, _), files in list(self._useless.items())
        )

    def unasked(self, path: str, mutants: Iterable[Mutant]) -> list[Mutant]:
        """The mutants of a source file about which nothing is known."""
        return [mutant for mutant in mutants if _key(path, mutant) not in self._known]

    def compared(self, path: str, mutants: Iterable[Mutant], corpus: Corpus) -> list[Mutant]:
        """The mutants of a source file for which it is known what these calls tell."""
        known = self._compared.get(corpus, {})
        return [mutant for mutant in mutants if _key(path, mutant) in known]

    def completed(
        self, path: str, mutants: Sequence[Mutant], fates: Sequence[MutantFate], corpus: Corpus = ()
    ) -> tuple[MutantFate, ...]:
        """The fates, completed by what is known of the mutants; what the fates tell is remembered."""
        by_id = {mutant.id: mutant for mutant in mutants}
        # Where there was no time for all of them, those that nothing is said of were perhaps not compared.
        is_whole = all(fate.fate != "untried" for fate in fates)
        # Looked up only once: it takes a while to tell one corpus from another.
        compared = self._compared.setdefault(corpus, {}) if corpus else {}
        completed = []
        for fate in (fate for fate in fates if fate.id in by_id):
            key = _key(path, by_id[fate.id])
            if fate.killed_before is not None:
                self._known[key] = fate.killed_before
            if fate.fate == "survived" and (fate.told or fate.alike or is_whole):
                compared.setdefault(key, (fate.alike, fate.told))
            alike, told = compared.get(key, (0, ())) if fate.fate == "survived" else (fate.alike, fate.told)
            completed.append(replace(fate, killed_before=self._known.get(key), alike=alike, told=told))
        return tuple(completed)


def _named(paths: Sequence[str]) -> str:
    more = len(paths) - NAMES_SHOWN
    return ", ".join(paths[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _key(path: str, mutant: Mutant) -> _Edit:
    # Not its id, which only numbers those that are made together.
    return path, mutant.start, mutant.end, mutant.replacement


class Trial(Way, frozen=True, kw_only=True):
    """One way of running a candidate again.

    Attributes:
        how: What is special about it, as people read it; "" for nothing.
        alone: Whether the other tests of its file are left out.
        measured: Whether it runs with coverage.
    """

    how: str = ""
    alone: bool = False
    measured: bool = False

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
    way = {name: getattr(trial, name) for name in Way.__struct_fields__}
    return Prove(path=path, text=text, tests=tests, measure=(source,) if trial.measured else (), **way)


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
        existing: What is known of the tests that exist.
        cases: For a row, the node ids that come with it.
        beside: The other tests of its file that run with it where it is not alone; None for all.
    """

    task: Task
    candidate: Candidate
    text: str
    sandbox: Sandbox
    timeout: float
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
        answer = proved(execution)
        if isinstance(answer, Dropped):
            return answer
        outcomes = [outcome for outcome in answer.outcomes if self._is_own(outcome.nodeid)]
        if not self._is_all([outcome.nodeid for outcome in outcomes]):
            detail = "; ".join(outcome.detail for outcome in answer.outcomes)
            return Dropped(rung="runs", reason="was not collected as one test", detail=detail[-SHOWN:])
        return together(outcomes)

    def _is_own(self, nodeid: str) -> bool:
        """Whether a test is the candidate, or one of its cases for each parameter of a fixture."""
        return nodeid in self.nodeids or (not self.cases and function(nodeid) == self.nodeid)

    def _is_all(self, found: Sequence[str]) -> bool:
        """Whether the whole candidate ran, and nothing of it twice."""
        if self.cases:
            return sorted(found) == sorted(self.cases)
        return 0 < len(found) == len(set(found)) <= MOST_CASES

    def others(self, execution: Execution) -> dict[str, str] | None:
        """How the other tests of the file ended, by node id; None when nothing can be said.

        A class may inherit the candidate: where it passes there, it is not one of the others.
        """
        answer = execution.answer
        if not isinstance(answer, Proved):
            return None
        others = {
            outcome.nodeid: outcome.result for outcome in answer.outcomes if not self._is_own(outcome.nodeid)
        }
        return {
            nodeid: result for nodeid, result in others.items() if result != "passed" or not self._is_named(nodeid)
        }

    def _is_named(self, nodeid: str) -> bool:
        """Whether a test has the candidate's name, in whichever class."""
        return function(nodeid).rpartition("::")[2] == self.candidate.name


def proved(execution: Execution) -> Proved | Dropped:
    """What a run says, or why it says nothing."""
    if isinstance(execution, Failed):
        return Dropped(rung="runs", reason=execution.reason, detail=execution.detail[-SHOWN:])
    return execution.answer if isinstance(execution.answer, Proved) else Dropped(rung="runs", reason="bad answer")


def together(outcomes: Sequence[TestOutcome]) -> TestOutcome:
    """How the cases of one test, at least one of them, ended taken together.

    A fixture may skip some of its parameters here (an extension that is not built): the others decide.
    """
    ran = [outcome for outcome in outcomes if outcome.result != "skipped"] or outcomes
    decisive = next((outcome for outcome in ran if outcome.result != "passed"), ran[0])
    return replace(decisive, seconds=sum(outcome.seconds for outcome in outcomes))


ALONE = 3
"""How many tests, one after the other, are asked whether they pass alone; one that does is enough."""


def beside(proof: Proof, slower: float = 1.0) -> tuple[Proof, dict[str, str] | None]:
    """A proof that runs beside the tests of its file, and how these end without the candidate.

    That is asked only once in a run for all candidates of a file. It is None when nothing can be said, or when
    each of them takes too long: then there is nothing to run beside.

    Args:
        proof: Of a candidate.
        slower: How many times longer they take in the way in which they are to run.
    """
    path, text = proof.candidate.placement.path, proof.task.test_text
    if not text:
        return proof, {}
    execution = proof.existing.ends(path, text, lambda: proof.without(PLAIN))
    known, chosen = proof.others(execution), _quick(execution, proof.existing.seconds / slower)
    if known is None or chosen is None:
        return proof, known
    ends = {name: result for name, result in known.items() if function(name) in chosen}
    return replace(proof, beside=chosen), ends or None


def excuse(proof: Proof, trial: Trial, detail: str) -> str:
    """Why not passing in some way says nothing about a candidate; "" when it does say something.

    Existing tests do not pass that way either, without it: none of them; or some in another order, which is then
    about their order; or one with the same error. Nothing that the candidate does can change that.

    Args:
        proof: Of the candidate; beside which tests it ran counts.
        trial: The way in which it did not pass.
        detail: How that ended.
    """
    existing = fallen(proof, trial)
    shape = shape_of(detail)
    alike = [reason for reason in existing.details if shape and shape_of(reason) == shape]
    if not (alike or existing.all or (existing.details and trial.is_ordered)):
        return ""
    fall = (alike or existing.details)[0]
    way = f"{trial.name}; that is left out of proofs there"
    proof.existing.note(proof.candidate.placement.path, way, last_line(fall))
    return f"existing tests do not pass so: {lasting_reason(fall)}"


def fallen(proof: Proof, trial: Trial) -> Fallen:
    """The tests of the file that pass when run plainly, but not in this way; asked only once in a run."""
    remembered, way = proof.existing.fallen, _way(proof, trial)
    if way not in remembered:
        remembered[way] = _fallen(proof, trial)
    return remembered[way]


def is_known_to_fall(proof: Proof, trial: Trial) -> bool:
    """Whether this was asked already, and some tests do not pass."""
    return bool(proof.existing.fallen.get(_way(proof, trial), Fallen()).details)


def _way(proof: Proof, trial: Trial) -> Hashable:
    return proof.candidate.placement.path, proof.task.test_text, trial, proof.beside


def _fallen(proof: Proof, trial: Trial) -> Fallen:
    if not proof.task.test_text:
        return Fallen()
    if not trial.alone:
        names = _sound(proof)
        failed = failures(proof.without(trial), names) if names else {}
        return Fallen(tuple(failed.values()), all=0 < len(failed) == len(names))
    details: list[str] = []
    for name in _nearest(proof):
        failed = failures(replace(proof, beside=(name,)).without(trial), (name,))
        if not failed:
            return Fallen(tuple(details))
        details += failed.values()
    return Fallen(tuple(details), all=bool(details))


def _sound(proof: Proof) -> list[str]:
    """The test functions beside the candidate that pass when run plainly."""
    path, text = proof.candidate.placement.path, proof.task.test_text
    ends = _by_function(proof.existing.ends(path, text, lambda: proof.without(PLAIN)))
    chosen = [name for name in ends if proof.beside is None or name in proof.beside]
    return [name for name in chosen if together(ends[name]).result == "passed"]


def _nearest(proof: Proof) -> list[str]:
    """A few tests of the file that come near the target: those are known to pass inside the sandbox."""
    path = proof.candidate.placement.path
    names = dict.fromkeys(near.function for near in proof.task.target.nearest)
    return [name for name in names if name.partition("::")[0] == path][:ALONE]


def failures(execution: Execution, names: Iterable[str]) -> dict[str, str]:
    """Those of these test functions that did not pass, and why; a job that was refused says nothing."""
    if isinstance(execution, Failed):
        reason = execution.detail if execution.reason == "crash" else first_line(execution.detail)
        return {} if execution.reason == "refused" else dict.fromkeys(names, reason)
    ran, missing = _by_function(execution), [TestOutcome(nodeid="", result="error", detail="it was not run")]
    ends = {name: together(ran.get(name, missing)) for name in names}
    return {name: outcome.detail for name, outcome in ends.items() if outcome.result != "passed"}


def _by_function(execution: Execution) -> dict[str, list[TestOutcome]]:
    """How the cases of each test function ended; nothing when there is no answer."""
    answer = execution.answer
    by_function: dict[str, list[TestOutcome]] = {}
    for outcome in answer.outcomes if isinstance(answer, Proved) else ():
        by_function.setdefault(function(outcome.nodeid), []).append(outcome)
    return by_function


def _quick(execution: Execution, left: float) -> tuple[str, ...] | None:
    """The quickest test functions (node ids) that fit into this time together; None when all of them do."""
    chosen: list[str] = []
    for name, seconds in sorted(_spent(execution).items(), key=lambda pair: pair[1]):
        left -= seconds
        if left < 0:
            return tuple(chosen)
        chosen.append(name)
    return None


def _spent(execution: Execution) -> dict[str, float]:
    """The seconds of each test function, with what pytest does around each case: of hundreds that is the most."""
    ends = _by_function(execution)
    outcomes = [outcome for cases in ends.values() for outcome in cases]
    within = sum(outcome.seconds for outcome in outcomes)
    around = max(0.0, execution.seconds - within) / max(1, len(outcomes))
    return {name: sum(outcome.seconds + around for outcome in cases) for name, cases in ends.items()}
