"""Look for variants of tests that reach what no test reached; what takes a new branch is a start for others."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from ..explore.bounds import Limits
from ..explore.trace import Branch, Reached, reached_by
from .carrier import Record, taken
from .guide import Guide
from .subject import Subject, Variation, drawn_variations, fresh, offered_variations, promising_variations

PATIENCE_AT_ONCE, PATIENCE = 1500, 150
FAR = 5
"""So many times less patience for a test that never came to a decision which is wanted otherwise."""
BATCH_AT_ONCE, BATCH = 100, 10
ALTERNATIVES = 4


@dataclasses.dataclass(frozen=True)
class Find:
    """A variation and what it reaches of what is wanted.

    Attributes:
        raised: Whether it raised.
        dull: Whether the test sees nothing but what it saw in one of its rows: it hardly notices what is reached.
    """

    subject: Subject
    variation: Variation
    reached: Reached
    raised: bool
    dull: bool

    @property
    def cost(self) -> tuple[bool, bool, int, int, int]:
        """What to prefer among those that reach the same: passing, telling, little changed, plain, short."""
        values = self.variation.values
        strange = self.subject.strangeness(self.variation)
        return self.raised, self.dull, len(values), strange, sum(len(value) for _, value in values)


class Search:
    """The search for one file's missing branches and lines through one test after the other."""

    def __init__(
        self, branches: Iterable[Branch], lines: Iterable[int], limits: Limits, way: Iterable[int] = ()
    ) -> None:
        self.wanted: Reached = frozenset([*branches, *lines])
        self.limits = limits
        self._way = frozenset(way)
        self.executions = 0
        self.dropped: Counter[str] = Counter()
        self.ideas: Counter[str] = Counter()
        self.finds: dict[Branch | int, list[Find]] = {}
        self._known: set[Branch] = set()

    def through(self, subjects: Sequence[Callable[[], Subject | None]]) -> None:
        """Search through each test with its share of what is left; it is made ready when its turn comes."""
        for at, prepare in enumerate(subjects):
            if self.is_over() or not self._open():
                return
            subject, left = prepare(), len(subjects) - at
            if subject is None:
                continue
            self.executions += len(subject.known)
            self._known.update(*map(taken, subject.known))
            self._through(subject, self.limits.share(self.executions, left))

    def is_over(self, limits: Limits | None = None) -> bool:
        """Whether the budget is used up."""
        return (limits or self.limits).over(self.executions)

    def _open(self, subject: Subject | None = None) -> Reached:
        """What neither `subject` reached in any way, nor another test that passes and tells something."""
        return self.wanted - {item for item, finds in self.finds.items() if _is_met(finds, subject)}

    def _through(self, subject: Subject, share: Limits) -> None:
        size, patience = (BATCH_AT_ONCE, PATIENCE_AT_ONCE) if subject.is_direct else (BATCH, PATIENCE)
        bases, tried, guide = subject.bases(), set(subject.bases()), self._guide(subject, share.deadline)
        chance = random.Random(share.seed + subject.number)  # noqa: S311 - no secret
        if subject.offers:  # all of them, before anything is asked about one
            most = share.executions - self.executions
            batch = list(fresh(subject, offered_variations(subject, bases), tried, most))
            bases += self._batch(subject, batch, guide, share.deadline)
        source = self._ideas(subject, bases, guide, chance)
        idle = 0
        while idle < (patience if guide.is_near else patience // FAR) and not self.is_over(share):
            if not self._open(subject):
                return
            wanted = min(size, share.executions - self.executions)
            batch = list(fresh(subject, source, tried, wanted))
            if not batch:
                return
            new = self._batch(subject, batch, guide, share.deadline)
            bases += new
            idle = 0 if new else idle + len(batch)

    def _guide(self, subject: Subject, deadline: float) -> Guide:
        """One that has seen the rows."""
        lines = {item[0] for item in self._open() if isinstance(item, tuple)}
        guide = Guide(lines, partial(subject.ask, deadline=deadline), self._way)
        for row, record in enumerate(subject.known):
            guide.see(Variation(row, ()), taken(record))
        return guide

    def _ideas(
        self, subject: Subject, bases: list[Variation], guide: Guide, chance: random.Random
    ) -> Iterator[Variation]:
        """By turns what stands near and what the guide says; then what chance says, and the guide of that."""

        def is_open(line: int) -> bool:
            return any(isinstance(item, tuple) and item[0] == line for item in self._open(subject))

        if subject.offers:
            yield from guide.ideas(is_open)
            return
        plain, guided = promising_variations(subject, bases, chance), guide.ideas(is_open)
        for one, other in itertools.zip_longest(plain, guided):
            yield from (idea for idea in (one, other) if idea is not None)
        for one in drawn_variations(subject, bases, chance):
            yield from guide.ideas(is_open)
            yield one

    def _batch(self, subject: Subject, batch: list[Variation], guide: Guide, deadline: float) -> list[Variation]:
        """Run them; those that took a branch never seen before."""
        self.executions += len(batch)
        new = []
        for variation, record in zip(batch, subject.run(batch, deadline), strict=True):
            self.ideas.update(subject.rules(variation))
            branches = taken(record)
            guide.see(variation, branches)
            if record["refusal"] not in {"crash", "too long"} and not self._known.issuperset(branches):
                self._known |= branches
                new.append(variation)
            self._note(subject, variation, record, self.reached(branches))
        return new

    def reached(self, branches: frozenset[Branch]) -> Reached:
        """What of the wanted these branches reach."""
        return reached_by(self.wanted, branches)

    def _note(self, subject: Subject, variation: Variation, record: Record, reached: Reached) -> None:
        if not reached or not variation.values:
            return
        if refusal := objection(record):
            self.dropped[refusal] += 1
            return
        dull = "raised" not in record and any(record["seen"] == known["seen"] for known in subject.known)
        find = Find(subject, variation, reached, "raised" in record, dull)
        for item in reached:
            self.finds[item] = _best([*self.finds.get(item, ()), find])


def _best(finds: Iterable[Find]) -> list[Find]:
    """Of each test the cheapest, so many at most; all of them the cheapest first."""
    kept: Counter[int] = Counter()
    best = []
    for find in sorted(finds, key=lambda one: one.cost):
        kept[find.subject.number] += 1
        best += [find] if kept[find.subject.number] <= ALTERNATIVES else []
    return best


def _is_met(finds: Iterable[Find], subject: Subject | None) -> bool:
    return any(find.subject is subject or not (find.raised or find.dull) for find in finds)


def objection(record: Record) -> str:
    """Why nobody would want a test of this, "" when somebody may."""
    if record["refusal"] or "raised" in record:
        return str(record["refusal"])
    seen = record["seen"]
    return "" if not seen or any(sighting["value"] for sighting in seen) else "nothing to observe"


def choose(search: Search) -> list[Find]:
    """The fewest finds that together reach all that was reached: greedily, the most and the cheapest first."""
    left = set(search.finds)
    every = list({id(find): find for finds in search.finds.values() for find in finds}.values())
    chosen: list[Find] = []
    while left:
        best = min(every, key=lambda find: (-len(find.reached & left), find.cost))
        chosen.append(dataclasses.replace(best, reached=frozenset(best.reached & left)))
        left -= best.reached
    return chosen
