"""A find made small: a reader of the test should meet nothing that it would do without."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from ..explore.calls import Call
from ..explore.reduce import reduce
from .carrier import taken
from .ending import Record
from .likeness import keeps
from .search import Find, Search, objection
from .variation import Variation


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
