"""From what a test compares to other values for it, with which a condition comes out the other way."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice, zip_longest

from ..explore import solve
from ..explore.calls import Call
from ..explore.descent import descend, distance
from ..explore.probe import Note
from .pool import Pool
from .variation import Variation

MOST_NOTES, MOST_PROPOSALS = 12, 60


@dataclasses.dataclass(frozen=True)
class Approach:
    """The way from one variation towards the other outcome of conditions.

    Attributes:
        whole: The variation, with the value of each hole.
        notes: Says what conditions compare when the test is run with a variation.
        steps: Runs that it may take to come nearer step by step.
        late: When such a run comes too late, of the monotonic clock.
    """

    whole: Variation
    notes: Callable[[Variation], list[Note]]
    steps: int
    late: float

    def variations(self, pools: Sequence[Pool], lines: Sequence[int]) -> list[Variation]:
        """Those in which what is compared on these lines is what is asked for, or comes nearer to it."""
        notes = self.notes(self.whole)

        def like(kind: object) -> list[str]:
            return list(dict.fromkeys(text for pool in pools for text in pool.like(kind)))

        start = self.whole.call()
        asked = (dict.fromkeys(solve.proposals(start, _of_line(notes, line), {}, like)) for line in lines)
        found = _by_turns([list(islice(calls, MOST_PROPOSALS)) for calls in asked])
        far = [line for line in lines if distance(_of_line(notes, line)) < math.inf]
        return [self.whole.of(call) for call in [*found, *self._descents(far)]]

    def _descents(self, lines: Sequence[int]) -> list[Call]:
        """Nearer and nearer to the other ways of the conditions on these lines, as long as that costs little."""
        left = iter(range(self.steps))
        found: list[Call] = []

        def far(call: Call, line: int) -> float:
            if next(left, None) is None or time.monotonic() > self.late:
                return math.inf
            return distance(_of_line(self.notes(self.whole.of(call)), line))

        for line in lines:
            found += descend(self.whole.call(), partial(far, line=line), {})
        return found


def _of_line(notes: Sequence[Note], line: int) -> list[Note]:
    return [note for note in notes if note.line == line][:MOST_NOTES]


def _by_turns(each: Iterable[Sequence[Call]]) -> list[Call]:
    """The first of each, then the second: where a run takes long, few of them are tried."""
    return list(dict.fromkeys(call for row in zip_longest(*each) for call in row if call is not None))
