"""How much a changed text still has of the one that the test's author wrote."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from ..explore.calls import Call
from ..explore.reduce import reduce
from .carrier import Record, taken
from .search import Find, Search, objection
from .subject import Variation

LONG = 20
FEWEST = 4
"""Signs in a row: fewer are alike by chance."""
QUOTES = {"'", '"'}


def keeps(own: str, found: str, smaller: str) -> bool:
    """Whether `smaller` has what `found` shares with the author's `own` text, where that is most of a long one.

    What is left of a text that was cut until nothing more could go says less than the whole with a change in it.

    Args:
        own: The author's, as all of them a template.
        found: What came of it.
        smaller: The same with less in it.
    """
    if own[:1] not in QUOTES or len(own) < LONG:
        return True
    shared = _shared(own, found)
    if 2 * sum(map(len, shared)) < len(own):
        return True
    return _has_in_order(smaller, shared)


def _has_in_order(text: str, pieces: Iterable[str]) -> bool:
    at = 0
    for piece in pieces:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@lru_cache(maxsize=64)  # of each find many that are smaller are asked about
def _shared(one: str, other: str) -> tuple[str, ...]:
    """The pieces that both have, in order."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return tuple(one[block.a : block.a + block.size] for block in blocks if block.size >= FEWEST)


@dataclasses.dataclass(frozen=True)
class Reduction:
    """What a find may lose, and still do what it was found for.

    Attributes:
        find: As the search came to it.
        first: Its variation, with all that a candidate would say.
        fewest: Values that have to be left.
        search: Says what branches reach.
        run: Runs a variation.
        tries: Runs that it may take.
        until: When it may take no more, of the monotonic clock.
    """

    find: Find
    first: Variation
    fewest: int
    search: Search
    run: Callable[[Variation], Record]
    tries: int
    until: float

    def variation(self) -> Variation:
        """The smallest that was come to."""
        before, left = self.run(self.find.variation), iter(range(self.tries))
        strange = [self.find.subject.strangeness(self.first)]

        def holds(call: Call) -> bool:
            smaller = self.first.of(call)
            # What is smaller is no gain when a reader stumbles over it.
            if not self._fits(smaller) or self.find.subject.strangeness(smaller) > strange[-1]:
                return False
            if next(left, None) is None or not self._does_the_same(smaller, before):
                return False
            strange.append(self.find.subject.strangeness(smaller))
            return True

        plain = {str(at): pool.plain for at, pool in enumerate(self.find.subject.pools)}
        return self.first.of(reduce(self.first.call(), plain, holds))

    def _fits(self, smaller: Variation) -> bool:
        enough = len(smaller.values) >= self.fewest and self.find.subject.fits(smaller)
        return enough and all(self._keeps(hole, value) for hole, value in smaller.values)

    def _keeps(self, hole: int, value: str) -> bool:
        own = self.find.subject.pools[hole].rows[self.first.row]
        return keeps(own, dict(self.first.values)[hole], value)

    def _does_the_same(self, smaller: Variation, before: Record) -> bool:
        if time.monotonic() > self.until:
            return False
        record = self.run(smaller)
        same = record.get("raised") == before.get("raised") and not objection(record)
        return same and self.find.reached <= self.search.reached(taken(record))
