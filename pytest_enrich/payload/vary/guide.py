"""What to try next, from what variations compared that came to a wanted condition and took its other way."""

from __future__ import annotations

import dataclasses
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice, zip_longest
from typing import TypeAlias

from ..explore import solve
from ..explore.calls import Call
from ..explore.probe import Note
from ..explore.solve import descend, distance
from ..explore.trace import Branch
from .pool import Pool
from .subject import Variation

MOST_NOTES, MOST_PROPOSALS = 12, 60
Ask: TypeAlias = Callable[[Variation, Sequence[int]], list[Variation]]
"""Variations that would bring one nearer to the other ways of conditions on these lines."""

MOST_WITNESSES = 3


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


class Guide:
    """Remembers variations of one test that came near the wanted branches, and asks what would bring them further.

    Args:
        lines: Of the conditions whose other way is wanted.
        ask: Runs a variation once more and looks at what it compares.
        way: Lines of the conditions that come before: their other way is wanted while the test never took it.

    Attributes:
        is_near: Whether something came to one of `lines`, or there are none to come to.
    """

    def __init__(self, lines: Iterable[int], ask: Ask, way: Iterable[int] = ()) -> None:
        self._ask = ask
        self._lines = frozenset(lines)
        self._way = frozenset(way) - self._lines
        self._left = dict.fromkeys(sorted(self._lines | self._way), MOST_WITNESSES)
        self._taken: dict[int, set[int]] = defaultdict(set)
        self._witnesses: list[tuple[Variation, list[int]]] = []
        self.is_near = not self._lines

    def see(self, variation: Variation, branches: Iterable[Branch]) -> None:
        """A variation ran; the first ones that come to a line are kept for it."""
        branches = list(branches)
        for start, end in branches:
            if start in self._way:
                self._taken[start].add(end)
        lines = sorted({line for branch in branches for line in branch} & self._left.keys())
        self.is_near |= not self._lines.isdisjoint(lines)
        wanted = [line for line in lines if self._left[line]]
        for line in wanted:
            self._left[line] -= 1
        if wanted:
            self._witnesses.append((variation, wanted))

    def ideas(self, is_open: Callable[[int], bool]) -> Iterator[Variation]:
        """Variations to try for the lines that `is_open` says are wanted; ends when nobody new came near."""
        while self._witnesses:
            variation, lines = self._witnesses.pop(0)
            if wanted := [line for line in lines if is_open(line) or self._is_one_way(line)]:
                yield from self._ask(variation, wanted)

    def _is_one_way(self, line: int) -> bool:
        return line in self._way and len(self._taken[line]) < 2  # noqa: PLR2004 - of the two ways
