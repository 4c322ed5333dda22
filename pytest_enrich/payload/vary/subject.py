"""A test as the search sees it: its rows, its holes, other values for them, and which of those to try."""

from __future__ import annotations

import dataclasses
import functools
import random
from collections.abc import Callable, Iterator, Sequence

from ..explore.calls import Call
from ..explore.trace import Branch
from .carrier import Record, taken
from .pool import Pool

MOST_ROWS = 6


@dataclasses.dataclass(frozen=True)
class Variation:
    """Row `row` of a test with other values (templates) in some holes, in the order of the holes."""

    row: int
    values: tuple[tuple[int, str], ...]

    def with_value(self, hole: int, value: str) -> Variation:
        """The same with this value."""
        return dataclasses.replace(self, values=tuple(sorted({**dict(self.values), hole: value}.items())))

    def call(self) -> Call:
        """Its values as arguments, for what works with calls."""
        return Call("", tuple((str(hole), value) for hole, value in self.values))

    def of(self, call: Call) -> Variation:
        """The same row with the arguments of such a call."""
        return Variation(self.row, tuple((int(hole), value) for hole, value in call.arguments))


@dataclasses.dataclass(frozen=True)
class Subject:
    """A test to vary.

    Attributes:
        number: Its place among the patterns.
        pools: One for each hole.
        known: What its rows do as they are.
        is_direct: Whether a run costs little.
        run: Runs a batch of variations, those for which there is time.
        ask: As a `Guide` asks, with a `deadline`.
        offers: Values for some of its holes each, by their places, that are to be tried instead of all else.
    """

    number: int
    pools: tuple[Pool, ...]
    known: Sequence[Record]
    is_direct: bool
    run: Callable[[Sequence[Variation], float], list[Record]]
    ask: Callable[..., list[Variation]]
    offers: Sequence[tuple[tuple[int, str], ...]] = ()

    def value(self, variation: Variation, hole: int) -> str:
        """What is in a hole."""
        changed = dict(variation.values)
        return changed[hole] if hole in changed else self.pools[hole].rows[variation.row]

    def fits(self, variation: Variation) -> bool:
        """Whether its values are such as the rows have."""
        return all(self.pools[hole].fits(value) for hole, value in variation.values)

    def strangeness(self, variation: Variation) -> int:
        """How much of it a reader would stumble over."""
        return sum(self.pools[hole].strangeness(value) for hole, value in variation.values)

    def rules(self, variation: Variation) -> frozenset[str]:
        """The rules that thought of its values."""
        return frozenset(self.pools[hole].rule_of(value) for hole, value in variation.values)

    def bases(self) -> list[Variation]:
        """Rows to begin with: those that take branches which the ones before do not, then others."""
        met: set[Branch] = set()
        telling = []
        for row, record in enumerate(self.known):
            if not met.issuperset(taken(record)):
                telling.append(row)
                met |= taken(record)
        others = [row for row in range(len(self.known)) if row not in telling]
        return [Variation(row, ()) for row in [*telling, *others][:MOST_ROWS]]


def promising_variations(subject: Subject, bases: list[Variation], chance: random.Random) -> Iterator[Variation]:
    """Each promising value in each hole, best first."""
    for rank in range(max((len(pool.promising) for pool in subject.pools), default=0)):
        for hole, pool in enumerate(subject.pools):
            for base in (bases[0], chance.choice(bases)):
                if rank < len(pool.promising):
                    yield base.with_value(hole, pool.promising[rank])


def offered_variations(subject: Subject, bases: list[Variation]) -> Iterator[Variation]:
    """Each offer, in one of `bases` after the other; the first is enough for one that leaves nothing of it."""
    for number, base in enumerate(list(bases)):
        for values in subject.offers:
            if not number or len(values) < len(subject.pools):
                yield functools.reduce(lambda one, change: one.with_value(*change), values, base)


def drawn_variations(subject: Subject, bases: list[Variation], chance: random.Random) -> Iterator[Variation]:
    """Whatever chance says about growing `bases`."""
    while subject.pools:
        variation = chance.choice(bases)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            hole = chance.randrange(len(subject.pools))
            value = subject.pools[hole].any(chance, subject.value(variation, hole))
            variation = variation.with_value(hole, value)
        yield variation


def fresh(subject: Subject, ideas: Iterator[Variation], tried: set[Variation], size: int) -> Iterator[Variation]:
    """The next ideas that fit and were not tried; none when there are only old ones."""
    found = old = 0
    while found < size and old < 20 * size:
        variation = next(ideas, None)
        if variation is None:
            return
        if variation in tried or not subject.fits(variation):
            old += 1
            continue
        tried.add(variation)
        found += 1
        yield variation
