"""What to try next, from what variations compared that came to a wanted condition and took its other way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from ..explore.trace import Branch
from .variation import Variation

Ask: TypeAlias = Callable[[Variation, Sequence[int]], list[Variation]]
"""Variations that would bring one nearer to the other ways of conditions on these lines."""

MOST_WITNESSES = 3


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
