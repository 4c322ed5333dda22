"""Choices are run for one subject after the other; what takes a new branch is a start for others."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from ..explore.calls import Call
from .bounds import Limits
from .guide import Guide
from .trace import Branch, Reached, reached_by

ALTERNATIVES = 5
"""Results of one subject that are held for one branch or line."""
MOST_KNOWN = 2000
"""Ideas in a row that were tried already, or do not fit: then there are no others."""


R = TypeVar("R", bound="Run")
S = TypeVar("S")


class Run(Protocol):
    """What came of running choices."""

    @property
    def branches(self) -> frozenset[Branch]:
        """Taken in the watched file."""

    @property
    def is_raising(self) -> bool:
        """Whether it ended in an exception."""

    @property
    def is_start(self) -> bool:
        """Whether others may start from it, where it takes a new branch."""


class Cost(NamedTuple):
    """How far a test is from one that passes, tells something, is near to what a person wrote, and is short.

    Attributes:
        exceptional: It raises where it need not, or passes what callers do not.
        uninformative: How little what is seen says of what was reached.
        changes: Values that are other than in the test that a person wrote.
        unusual: How much a reader stumbles over.
        foreign: How far its values are from those that people wrote.
        size: How much there is to read.
    """

    exceptional: bool
    uninformative: int
    changes: int
    unusual: int
    foreign: int
    size: int


@dataclasses.dataclass(frozen=True)
class Result(Generic[S]):
    """Choices, and what they reach of what is wanted; of one that `is_poor` others may say more."""

    subject: S
    call: Call
    reached: Reached
    cost: Cost
    is_poor: bool


class Subject(Protocol[R]):
    """What the search is through: a function, or a test.

    Attributes:
        batch: How many choices are run together.
        known: What was run before.
    """

    batch: int = 1
    known: Sequence[tuple[Call, R]] = ()

    def starts(self) -> list[Call]:
        """Choices to begin with."""

    def ideas(self, search: Search[Any]) -> Iterator[Call]:
        """Choices to try, the most promising first; asked for the next when those before have been run."""

    def fits(self, _call: Call) -> bool:
        """Whether choices are worth a run."""
        return True

    def rules(self, call: Call) -> frozenset[str]:
        """The rules that thought of them."""

    def run(self, calls: Sequence[Call], deadline: float) -> Sequence[R]:
        """What comes of choices."""

    def judge(self, call: Call, run: R, search: Search[Any]) -> Result[Any] | str:
        """What a run that reaches something is worth, or why nobody wants a test of it."""


class Search(Generic[S]):
    """The search for one file's missing branches and lines through one subject after the other.

    Args:
        branches: Those that are wanted.
        lines: The same.
        limits: When to end.
        way, others: Lines of conditions: as in a `Guide`.
        parts: Into so many parts what is left is divided at most, the first of which is a subject's: with 2 the
            first has half of it. What one does not use is left for those after it.

    Attributes:
        turn: The limits of the subject whose turn it is.
        starts: Choices of this subject that took branches of their own.
        idle: Runs of this subject since one took a branch that none had taken.
    """

    guide: Guide

    def __init__(  # noqa: PLR0913, PLR0917 - what is wanted, how long, and what leads there
        self,
        branches: Iterable[Branch],
        lines: Iterable[int],
        limits: Limits,
        way: Iterable[int] = (),
        parts: int = sys.maxsize,
        others: Iterable[int] = (),
    ) -> None:
        self.wanted: Reached = frozenset([*branches, *lines])
        self.limits = self.turn = limits
        self._way, self._others, self._parts = frozenset(way), frozenset(others), parts
        self.executions = self.idle = 0
        self.dropped: Counter[str] = Counter()
        self.ideas: Counter[str] = Counter()
        self.results: dict[Branch | int, list[Result[S]]] = {}
        self.starts: list[Call] = []
        self._taken: set[Branch] = set()

    @property
    def unreached(self) -> Reached:
        """What is wanted and was not reached yet."""
        return self.wanted - self.results.keys()

    def open(self, subject: object = None) -> Reached:
        """What nothing reached yet that says enough, nor this subject in any way."""
        held = self.results.items()
        return self.wanted - {
            item
            for item, results in held
            if not results[0].is_poor or any(result.subject is subject for result in results)
        }

    def is_open(self, line: int, subject: object = None) -> bool:
        """Whether that is so of a branch from this line."""
        return any(isinstance(item, tuple) and item[0] == line for item in self.open(subject))

    def reached(self, run: Run) -> Reached:
        """What of the wanted a run reached."""
        return reached_by(self.wanted, run.branches)

    def is_better(self, cost: Cost, reached: Reached) -> bool:
        """Whether nothing that reaches all of this costs less."""
        return any(item not in self.results or cost < self.results[item][0].cost for item in reached)

    @property
    def is_over(self) -> bool:
        """Whether what this subject may use is used up."""
        return self.turn.over(self.executions)

    def through(self, subjects: Sequence[Callable[[], Subject[Any] | None]]) -> None:
        """Search through each subject, which is made ready when its turn comes; None where it cannot be."""
        for number, prepare in enumerate(subjects):
            if self.limits.over(self.executions) or not self.open():
                return
            if (subject := prepare()) is not None:
                self.executions += len(subject.known)
                self.turn = self.limits.share(self.executions, min(len(subjects) - number, self._parts))
                self._through(subject)

    def _through(self, subject: Subject[Any]) -> None:
        self.idle, self.starts, self._taken = 0, subject.starts(), set()
        self.guide = Guide((item[0] for item in self.open() if isinstance(item, tuple)), self._way, self._others)
        for call, run in subject.known:
            self.guide.see(call, run.branches)
            self._taken |= run.branches
        tried = {call for call, _ in subject.known}
        ideas = subject.ideas(self)
        while not self.is_over:
            size = min(subject.batch, self.turn.executions - self.executions)
            batch = list(islice(_fresh(subject, ideas, tried), size))
            if not batch:
                return
            for call, run in zip(batch, subject.run(batch, self.turn.deadline), strict=True):
                self._note(subject, call, run)

    def _note(self, subject: Subject[Any], call: Call, run: Run) -> None:
        self.executions += 1
        self.idle += 1
        self.ideas.update(subject.rules(call))
        self.guide.see(call, run.branches, is_raising=run.is_raising)
        if run.is_start and not self._taken.issuperset(run.branches):
            self._taken |= run.branches
            self.idle = 0
            self.starts.append(call)
        if not self.reached(run):
            return
        try:
            result = subject.judge(call, run, self)
        except Exception:  # what a call gives is the project's: it may raise whenever somebody looks at it
            result = "cannot be looked at"
        if isinstance(result, str):
            self.dropped[result] += 1
            return
        for item in result.reached:
            self.results[item] = best([*self.results.get(item, ()), result])


def _fresh(subject: Subject[Any], ideas: Iterator[Call], tried: set[Call]) -> Iterator[Call]:
    """Those ideas that fit and were not tried; none when only old ones come."""
    known = 0
    for call in ideas:
        known += 1
        if call not in tried and subject.fits(call):
            known = 0
            tried.add(call)
            yield call
        if known >= MOST_KNOWN:
            return


def best(results: Iterable[Result[S]]) -> list[Result[S]]:
    """The cheapest first, and of each subject a few.

    What says little of one subject may lead to what says more than all of the others.
    """
    held: Counter[int] = Counter()
    kept = []
    for result in sorted(results, key=attrgetter("cost")):
        held[id(result.subject)] += 1
        if held[id(result.subject)] <= ALTERNATIVES:
            kept.append(result)
    return kept


def cover(results: dict[Branch | int, list[Result[S]]], *, apart: bool = False) -> list[Result[S]]:
    """The fewest that together reach all that was reached: greedily, the most and the cheapest first.

    Args:
        results: By what they reach.
        apart: Whether the cheapest is wanted for each, however much it reaches.
    """

    def rank(result: Result[S]) -> tuple[int, Any]:
        gained = len(result.reached & left)
        return -min(gained, 1) if apart else -gained, result.cost

    left = set(results)
    every = list({id(result): result for held in results.values() for result in held}.values())
    chosen: list[Result[S]] = []
    while left:
        most = min(every, key=rank)
        chosen.append(dataclasses.replace(most, reached=frozenset(most.reached & left)))
        left -= most.reached
    return chosen
