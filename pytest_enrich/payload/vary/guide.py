"""What to try next, from what variations compared that came to a wanted condition and took its other way."""

from __future__ import annotations

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
    """

    def __init__(self, lines: Iterable[int], ask: Ask) -> None:
        self._ask = ask
        self._left = dict.fromkeys(sorted(lines), MOST_WITNESSES)
        self._witnesses: list[tuple[Variation, list[int]]] = []

    def see(self, variation: Variation, branches: Iterable[Branch]) -> None:
        """A variation ran; the first ones that come to a line are kept for it."""
        lines = sorted({line for branch in branches for line in branch} & self._left.keys())
        wanted = [line for line in lines if self._left[line]]
        for line in wanted:
            self._left[line] -= 1
        if wanted:
            self._witnesses.append((variation, wanted))

    def ideas(self, is_open: Callable[[int], bool]) -> Iterator[Variation]:
        """Variations to try for the lines that `is_open` says are wanted; ends when nobody new came near."""
        while self._witnesses:
            variation, lines = self._witnesses.pop(0)
            if wanted := [line for line in lines if is_open(line)]:
                yield from self._ask(variation, wanted)
