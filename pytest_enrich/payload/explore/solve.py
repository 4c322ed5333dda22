"""From compared values to the input that makes a condition come out the other way.

What a condition compares is often there in the input, as it is or nearly: put in its place what it was compared
with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..express import evaluate
from .calls import Call, Make, sites
from .probe import Note
from .replacement import LONGEST, are_numbers, replacements, wishes
from .templates import literals

MOST = 160
STEPS = 100
# Where a step of 1 brings it no nearer: what is rounded or divided takes larger ones.
COARSE = (4, 16, 64, 256, 1024)


class Mark(NamedTuple):
    """A parameter that a call does not give, whose default has no template: most often a mark for just that."""

    name: str
    default: object
    values: Sequence[str]
    """Templates of values to give."""


def proposals(
    call: Call, notes: Iterable[Note], absent: Mapping[str, str], like: Callable[[object], Iterable[str]]
) -> Iterator[Call]:
    """Calls in which an operand of one of the conditions is what the condition asks for.

    Args:
        call: The call that the notes are of.
        notes: Of the conditions that should come out another way.
        absent: Templates of the defaults of the parameters that the call does not give.
        like: Templates of values of a type, or texts that a pattern matches.
    """
    short = [(text, make) for text, make in sites(call, absent) if len(text) <= LONGEST]
    for note in notes:
        for known, wanted in wishes(note, like):
            for text, make in short:
                yield from (
                    make(changed)
                    for changed in dict.fromkeys(replacements(text, known, wanted))
                    if changed != text
                )


def unmarked(call: Call, notes: Iterable[Note], marks: Iterable[Mark]) -> Iterator[Call]:
    """Calls that give what a condition found to be not given."""
    for note in notes:
        for mark in marks:
            if note.left is mark.default or note.right is mark.default:
                yield from (call.with_argument(mark.name, value) for value in mark.values)


def descend(call: Call, far: Callable[[Call], float], absent: Mapping[str, str]) -> Iterator[Call]:
    """Calls that come nearer and nearer to what is wanted: one number after the other, in growing steps.

    Args:
        call: Where to begin.
        far: How far a call is from it; infinite when it does not come to the condition.
        absent: As in `sites`.
    """
    tries, best = 0, far(call)
    for which in range(sum(1 for _ in _numbers(call, absent))):
        step, grown, coarse = 1, False, iter(COARSE)
        while step and tries < STEPS and 0 < best < float("inf"):
            text, make = list(_numbers(call, absent))[which]
            moved = [make(repr(evaluate(text) + move)) for move in (step, -step)]  # type: ignore[operator]
            tries += 2
            distance, nearer = min(((far(one), at) for at, one in enumerate(moved)), default=(best, 0))
            if distance < best:
                best, call, step, grown, coarse = distance, moved[nearer], step * 2, True, iter(COARSE)
                yield call
            else:
                step, grown = 1 if grown else next(coarse, 0), False


def _numbers(call: Call, absent: Mapping[str, str]) -> Iterator[tuple[str, Make]]:
    for template, make in sites(call, absent):
        for match in literals(template):
            if match.lastgroup == "number":
                before, after = template[: match.start()], template[match.end() :]
                yield match[0], lambda text, b=before, a=after, m=make: m(b + text + a)  # type: ignore[misc]


def distance(notes: Iterable[Note]) -> float:
    """How far the nearest of the compared numbers are from each other; infinite where there are none."""
    pairs = (note for note in notes if note.how in {"==", "<"} and are_numbers(note.left, note.right))
    return min((_between(note.left, note.right) for note in pairs), default=math.inf)


def _between(left: float, right: float) -> float:
    try:
        return float(abs(left - right))
    except OverflowError:  # a number that no float can hold
        return math.inf
