"""The way down, step by step, towards a number that came about by calculation: nothing tells the number itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

from ..express import evaluate
from .calls import Call
from .mutate import literals
from .probe import Note
from .sites import Make, sites
from .wishes import are_numbers

STEPS = 100
# Where a step of 1 brings it no nearer: what is rounded or divided takes larger ones.
COARSE = (4, 16, 64, 256, 1024)


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
