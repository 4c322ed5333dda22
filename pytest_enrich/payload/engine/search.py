"""Runs choices for one subject after another; choices that take a new branch are starting points for others."""

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
"""How many results of one subject are kept for one branch or line."""
MOST_KNOWN = 2000
"""After so many ideas in a row that were tried already or do not fit, no others are expected."""


R = TypeVar("R", bound="Run")
S = TypeVar("S")


class Run(Protocol):
    """What running choices led to."""

    @property
    def branches(self) -> frozenset[Branch]:
        """The branches taken in the watched file."""

    @property
    def is_raising(self) -> bool:
        """Whether it ended in an exception."""

    @property
    def is_start(self) -> bool:
        """Whether it may be a starting point for others, if it takes a new branch."""


class Cost(NamedTuple):
    """How far a test is from one that passes, is informative, is close to what a person wrote, and is short.

    Attributes:
        exceptional: Whether it raises where it need not, or passes what callers do not.
        uninformative: How little its observations say about what was reached.
        changes: How many values differ from the test that a person wrote.
        unusual: How much in it a reader stumbles over.
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
    """Choices, and what they reach of what is wanted; where a result `is_poor`, others may say more."""

    subject: S
    call: Call
    reached: Reached
    cost: Cost
    is_poor: bool


class Subject(Protocol[R]):
    """What a search goes through: a function, or a test.

    Attributes:
        batch: How many choices are run at once.
        known: What was run before.
    """

    batch: int = 1
    known: Sequence[tuple[Call, R]] = ()

    def starts(self) -> list[Call]:
        """Choices to begin with."""

    def ideas(self, search: Search[Any]) -> Iterator[Call]:
        """Choices to try, the most promising first; the next is asked for once those before it have been run."""

    def fits(self, _call: Call) -> bool:
        """Whether choices are worth running."""
        return True

    def rules(self, call: Call) -> frozenset[str]:
        """The rules that proposed these choices."""

    def run(self, calls: Sequence[Call], deadline: float) -> Sequence[R]:
        """Run choices."""

    def judge(self, call: Call, run: R, search: Search[Any]) -> Result[Any] | str:
        """The result of a run that reaches something, or the reason why nobody wants a test of it."""


class Search(Generic[S]):
    """The search for the missing branches and lines of one file, through one subject after another.

    Args:
        branches: The branches that are wanted.
        lines: The lines that are wanted.
        limits: When to stop.
        way, others: Lines of conditions, as in a `Guide`.
        parts: The most parts that the remaining budget is divided into; a subject gets one of them: with 2, the
            first subject gets half. What one subject does not use is left for those after it.

    Attributes:
        turn: The limits of the subject whose turn it is.
        starts: Choices of this subject that took new branches.
        idle: Runs of this subject since one took a branch that none before had taken.
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
        """What is wanted and not reached yet."""
        return self.wanted - self.results.keys()

    def open(self, subject: object = None) -> Reached:
        """What neither any informative result nor any result of this subject has reached yet."""
        reached = self.results.items()
        return self.wanted - {
            item
            for item, results in reached
            if not results[0].is_poor or any(result.subject is subject for result in results)
        }

    def is_open(self, line: int, subject: object = None) -> bool:
        """Whether a branch from this line is still open."""
        return any(isinstance(item, tuple) and item[0] == line for item in self.open(subject))

    def reached(self, run: Run) -> Reached:
        """What a run reached of what is wanted."""
        return reached_by(self.wanted, run.branches)

    def is_better(self, cost: Cost, reached: Reached) -> bool:
        """Whether nothing that reaches all of this costs less."""
        return any(item not in self.results or cost < self.results[item][0].cost for item in reached)

    @property
    def is_over(self) -> bool:
        """Whether the budget of this subject is used up."""
        return self.turn.over(self.executions)

    def through(self, subjects: Sequence[Callable[[], Subject[Any] | None]]) -> None:
        """Search through each subject, prepared when its turn comes; one that cannot be is None and skipped."""
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
        except Exception:  # what a call returns is the project's object: it may raise whenever it is looked at
            result = "cannot be looked at"
        if isinstance(result, str):
            self.dropped[result] += 1
            return
        for item in result.reached:
            self.results[item] = best([*self.results.get(item, ()), result])


def _fresh(subject: Subject[Any], ideas: Iterator[Call], tried: set[Call]) -> Iterator[Call]:
    """The ideas that fit and were not tried yet; ends when too many in a row are neither."""
    skipped = 0
    for call in ideas:
        skipped += 1
        if call not in tried and subject.fits(call):
            skipped = 0
            tried.add(call)
            yield call
        if skipped >= MOST_KNOWN:
            return


def best(results: Iterable[Result[S]]) -> list[Result[S]]:
    """The cheapest results first, a few of each subject.

    A result that says little may lead to another of the same subject that says more than all of the others.
    """
    seen: Counter[int] = Counter()
    kept = []
    for result in sorted(results, key=attrgetter("cost")):
        seen[id(result.subject)] += 1
        if seen[id(result.subject)] <= ALTERNATIVES:
            kept.append(result)
    return kept


def cover(results: dict[Branch | int, list[Result[S]]], *, apart: bool = False) -> list[Result[S]]:
    """The fewest results that together reach everything reached: greedily, those that reach most first.

    Args:
        results: The results, by what they reach.
        apart: Whether to prefer the cheapest result for each item, however much it reaches.
    """

    def rank(result: Result[S]) -> tuple[int, Any]:
        gained = len(result.reached & left)
        return -min(gained, 1) if apart else -gained, result.cost

    left = set(results)
    unique = list({id(result): result for group in results.values() for result in group}.values())
    chosen: list[Result[S]] = []
    while left:
        pick = min(unique, key=rank)
        chosen.append(dataclasses.replace(pick, reached=frozenset(pick.reached & left)))
        left -= pick.reached
    return chosen
