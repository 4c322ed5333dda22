"""What to try next, from what conditions compared in runs that reached a wanted one but took its other way."""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from typing import TypeAlias

from ..explore.calls import Call, Site, sites
from ..express import evaluate
from .probe import MATCHING, Note
from .solve import Mark, descend, distance, proposals, unmarked
from .trace import Branch

MOST_WITNESSES, MOST_RAISING = 4, 2
MOST_NEAR = 12
"""So many choices are remembered for each wanted line that they reached."""
MOST_NOTES = 12
MOST_VARIATIONS = 80
Towards: TypeAlias = Callable[[Call, Sequence[int]], Iterable[Call]]
"""Choices that would bring a call nearer to the other outcome of the conditions on these lines."""


class Guide:
    """Remembers choices of a subject that came near wanted branches, and suggests how to get further.

    Args:
        lines: Those of the conditions whose other outcome is wanted.
        way: Lines of the conditions before them: the other outcome of these is wanted until it is seen.
        others: Lines of all conditions of the file: likewise, until all of `lines` have been reached.

    Attributes:
        is_near: Whether something reached one of `lines`, or there are none to reach.
    """

    def __init__(self, lines: Iterable[int], way: Iterable[int] = (), others: Iterable[int] = ()) -> None:
        self._lines = frozenset(lines)
        self._way = frozenset(way) - self._lines
        self._others = frozenset(others) - self._way
        self._far = set(self._lines)
        self._room = dict.fromkeys(self._lines | self._way | self._others, MOST_WITNESSES)
        self._ways: set[Branch] = set()
        self._taken: dict[int, set[int]] = defaultdict(set)
        self._witnesses: list[tuple[bool, Call, list[int]]] = []
        self._near: dict[int, list[Call]] = defaultdict(list)
        self.is_near = not self._lines

    def see(self, call: Call, branches: Collection[Branch], *, is_raising: bool = False) -> None:
        """Record a run: the first choices to reach a line are kept for it, as are those that take a new branch.

        Only a few of those that end in an exception are kept: they may have got no further than the line.
        """
        visited = set()
        is_new = not self._ways.issuperset(branches)
        self._ways.update(branches)
        for start, end in branches:
            visited |= {start, end}
            # A branch that ended in an exception may lead further for other choices.
            if start in self._way or (start in self._others and not is_raising):
                self._taken[start].add(end)
        lines = sorted(visited & self._room.keys())
        self._far -= visited
        self.is_near |= not self._lines.isdisjoint(lines)
        for line in self._lines.intersection(lines):
            if is_new or len(self._near[line]) < MOST_WITNESSES:
                self._near[line] = [call, *self._near[line]][:MOST_NEAR]
        full = MOST_WITNESSES - MOST_RAISING if is_raising else 0
        wanted = [line for line in lines if is_new or self._room[line] > full]
        for line in wanted:
            self._room[line] -= 1
        if wanted:
            self._witnesses.append((is_raising, call, wanted))

    def ideas(self, towards: Towards, is_open: Callable[[int], bool]) -> Iterator[Call]:
        """Choices to try for the lines that `is_open` wants; ends when no new choices came near."""
        while self._witnesses:
            nearest = min(self._witnesses, key=lambda witness: witness[0])  # one that did not raise, if any
            self._witnesses.remove(nearest)
            _, call, lines = nearest
            if wanted := [line for line in lines if is_open(line) or self.is_one_way(line)]:
                yield from towards(call, wanted)

    def near(self, is_open: Callable[[int], bool]) -> list[Call]:
        """The choices that reached lines which `is_open` wants: little may be missing."""
        return [*dict.fromkeys(call for line in filter(is_open, self._near) for call in self._near[line])]

    def is_one_way(self, line: int) -> bool:
        """Whether not both outcomes were seen here, and the other one may lead to what is wanted."""
        is_on_way = line in self._way or (line in self._others and bool(self._far))
        return is_on_way and len(self._taken[line]) < 2  # noqa: PLR2004 - of the two ways


class Choices:
    """What is known about the choices of a subject: nothing, unless a subclass says more."""

    def sites(self, call: Call) -> Iterator[Site]:
        """What is chosen, and the defaults of what can be."""
        return sites(call)

    def marks(self, _call: Call) -> Iterable[Mark]:
        """What can be chosen and is not."""
        return ()

    def like(self, _kind: object) -> Iterable[str]:
        """Templates of values of a type, or of texts that a pattern matches."""
        return ()

    def learn(self, values: Iterable[object]) -> None:
        """Remember values that the code compared with: they are worth trying elsewhere, too."""


Watch: TypeAlias = Callable[[Call, Collection[int]], list[Note]]
"""Runs choices, and says what the conditions on these lines compare; on all lines if none are given."""


@dataclasses.dataclass(frozen=True)
class Approach:
    """How to get to the other outcome of conditions.

    Attributes:
        choices: Those of the subject.
        watch: Runs the subject.
        most: The most proposals for one line.
        depth: How many parts of a condition are made to hold, one after the other.
        is_open: Whether the other outcome is still wanted, where the choices are run in the meantime.
    """

    choices: Choices
    watch: Watch
    most: int
    depth: int = 0
    is_open: Callable[[int], bool] = lambda _line: True

    def towards(self, call: Call, lines: Sequence[int]) -> Iterator[Call]:
        """Choices that give what the conditions on these lines ask for, then choices that come nearer to it."""
        notes = self.watch(call, lines)
        notes_of = {line: [note for note in notes if note.line == line] for line in lines}
        likely = {line: self._likely(call, notes_of[line]) for line in lines}
        yield from (proposal for line, proposal in _by_turns(likely) if self.is_open(line))
        for line in lines:
            yield from self._nearer(line, call, notes_of[line], likely[line])

    def _nearer(self, line: int, call: Call, notes: list[Note], likely: list[Call]) -> Iterator[Call]:
        for _ in range(self.depth):
            further = self._further(line, notes, likely) if self.is_open(line) else None
            if further is None:
                break
            call, notes = further
            likely = self._likely(call, notes)
            yield from likely
        if self.is_open(line) and distance(notes) < math.inf:
            yield from descend(call, lambda moved: distance(self.watch(moved, [line])), self.choices.sites)

    def _likely(self, call: Call, notes: Sequence[Note]) -> list[Call]:
        """Calls that would make one of the conditions come out the other way."""
        self.choices.learn(operand for note in notes for operand in (note.left, note.right))
        patterns = (note.left for note in notes if note.how in MATCHING)
        self.choices.learn(map(evaluate, chain.from_iterable(map(self.choices.like, patterns))))
        notes = notes[:MOST_NOTES]
        marked = unmarked(notes, [*self.choices.marks(call)])
        proposed = proposals(notes, self.choices.sites(call), self.choices.like)
        return [*islice(dict.fromkeys(chain(marked, proposed)), self.most)]

    def _further(self, line: int, notes: Sequence[Note], likely: Iterable[Call]) -> tuple[Call, list[Note]] | None:
        """The first call that reaches one more condition of the line: the first part of an `and` holds now."""
        watched = ((call, self.watch(call, [line])) for call in likely)
        return next(((call, more) for call, more in watched if len(more) > len(notes)), None)


def variations(choices: Choices, watch: Watch, call: Call) -> Iterator[Call]:
    """Choices for which one of the last conditions that this call reached comes out the other way."""
    return _proposals(choices, call, watch(call, ())[::-1])


def edges(choices: Choices, watch: Watch, call: Call, lines: Collection[int]) -> Iterator[Call]:
    """Choices for which the numbers that conditions on these lines compare are equal, or nearly so."""
    return _proposals(choices, call, [note for note in watch(call, lines) if note.how == "<"])


def _proposals(choices: Choices, call: Call, notes: Sequence[Note]) -> Iterator[Call]:
    likely = proposals(notes[:MOST_NOTES], choices.sites(call), choices.like)
    return islice(dict.fromkeys(likely), MOST_VARIATIONS)


def _by_turns(likely: Mapping[int, Sequence[Call]]) -> Iterator[tuple[int, Call]]:
    """The first call of each line, then the second: where a run takes long, only a few are tried."""
    for row in zip_longest(*likely.values()):
        yield from ((line, call) for line, call in zip(likely, row, strict=True) if call is not None)
