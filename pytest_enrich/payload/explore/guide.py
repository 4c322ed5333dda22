"""What to try next, from what calls compared that came to a wanted condition and took its other way."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator

from . import solve
from .calls import Call
from .inputs import Inputs
from .probe import Note, Probes
from .run import Outcome, Runner
from .solve import descend, distance
from .trace import Branch

MOST_WITNESSES, MOST_RAISING = 4, 2
MOST_NOTES = 12
MOST_VARIATIONS = 80
# So many parts of a condition are made to hold one after the other.
DEEPEST = 3


class Guide:
    """Remembers calls that came near the wanted branches, and says what would bring them further."""

    def __init__(self, runner: Runner, probes: Probes, branches: Collection[Branch]) -> None:
        self._runner = runner
        self._probes = probes
        self._origins = {line for line, _ in branches}
        self._witnesses: dict[str, dict[int, list[Call]]] = {}
        self._asked: set[tuple[int, Call]] = set()

    def see(self, call: Call, outcome: Outcome) -> None:
        """A call was made; the first ones of a function that come to a line are kept for it.

        Few of those that end in an exception: they may have come no further than to the line.
        """
        most = MOST_WITNESSES if outcome.raised is None else MOST_RAISING
        lines = self._witnesses.setdefault(call.qualname, {})
        for line in self._origins & {to for _, to in outcome.branches}:
            held = lines.setdefault(line, [])
            if len(held) < most and call not in held:
                held.append(call)

    def calls(self, inputs: Inputs, is_open: Callable[[int], bool]) -> Iterator[Call]:
        """Calls to try for the conditions that `is_open` says are still wanted, by their line."""
        for line, witnesses in sorted(self._witnesses.get(inputs.entry.key, {}).items()):
            for call in [*witnesses]:
                if (line, call) in self._asked or not is_open(line):
                    continue
                self._asked.add((line, call))
                yield from self._towards(line, call, inputs, is_open)

    def variations(self, call: Call, inputs: Inputs) -> Iterator[Call]:
        """Calls for which one of the last conditions that this one came to comes out another way."""
        with self._probes.watching() as notes:
            self._runner.call(call)
        return self._otherwise(call, [*reversed(notes)], inputs)

    def edges(self, call: Call, inputs: Inputs, lines: Collection[int]) -> Iterator[Call]:
        """Calls for which the numbers that conditions on these lines compare are equal, or nearly so."""
        with self._probes.watching(lines) as notes:
            self._runner.call(call)
        return self._otherwise(call, [note for note in notes if note.how == "<"], inputs)

    @staticmethod
    def _otherwise(call: Call, notes: list[Note], inputs: Inputs) -> Iterator[Call]:
        """Calls in which what one of the first conditions compares is something else."""
        likely = solve.proposals(call, notes[:MOST_NOTES], inputs.absent(call), inputs.like)
        return itertools.islice(dict.fromkeys(likely), MOST_VARIATIONS)

    def _towards(self, line: int, call: Call, inputs: Inputs, is_open: Callable[[int], bool]) -> Iterator[Call]:
        notes, nearest = self._notes(call, line), call
        for _ in range(DEEPEST):
            likely = self._likely(nearest, notes, inputs)
            yield from likely
            further = self._further(likely, line, len(notes)) if is_open(line) else None
            if further is None:
                break
            nearest, notes = further
        if is_open(line) and distance(notes) < float("inf"):
            absent = inputs.absent(nearest)
            yield from descend(nearest, lambda one: distance(self._notes(one, line)), absent)

    @staticmethod
    def _likely(call: Call, notes: list[Note], inputs: Inputs) -> list[Call]:
        """What would make one of the conditions come out another way."""
        inputs.learn(part for note in notes for part in (note.left, note.right))
        notes = notes[:MOST_NOTES]
        marked = solve.unmarked(call, notes, inputs.marks(call))
        likely = itertools.chain(marked, solve.proposals(call, notes, inputs.absent(call), inputs.like))
        return [*itertools.islice(dict.fromkeys(likely), solve.MOST)]

    def _further(self, likely: Collection[Call], line: int, before: int) -> tuple[Call, list[Note]] | None:
        """The first that comes to one more condition of the line: of an `and`, the first part holds now."""
        noted = ((call, self._notes(call, line)) for call in likely)
        return next(((call, notes) for call, notes in noted if len(notes) > before), None)

    def _notes(self, call: Call, line: int) -> list[Note]:
        """What the condition on a line compares when the call is made."""
        with self._probes.watching({line}) as notes:
            self._runner.call(call)
        return notes
