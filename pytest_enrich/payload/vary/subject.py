"""A test as the search sees it: its rows, what is known of its holes, and how it is run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from ..explore.trace import Branch
from .carrier import taken
from .ending import Record
from .pool import Pool
from .variation import Variation

MOST_ROWS = 6


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
