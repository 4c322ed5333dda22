"""From compared values to the input that makes a condition come out the other way.

What a condition compares is often there in the input, as it is or nearly: put in its place what it was compared
with. Where a number came about by calculation, go towards it step by step.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..express import evaluate, express
from .calls import Call
from .mutate import literals
from .probe import Note
from .wishes import NUMBERS, Written, wishes

Make = Callable[[str], Call]
MOST = 160
MOST_PLACES = 4
LONGEST = 200
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
    sites = [(text, make) for text, make in _sites(call, absent) if len(text) <= LONGEST]
    for note in notes:
        for known, wanted in wishes(note, like):
            for text, make in sites:
                yield from (
                    make(changed) for changed in dict.fromkeys(_with(text, known, wanted)) if changed != text
                )


def unmarked(call: Call, notes: Iterable[Note], marks: Iterable[Mark]) -> Iterator[Call]:
    """Calls that give what a condition found to be not given."""
    for note in notes:
        for mark in marks:
            if note.left is mark.default or note.right is mark.default:
                yield from (call.with_argument(mark.name, value) for value in mark.values)


def _sites(call: Call, absent: Mapping[str, str]) -> Iterator[tuple[str, Make]]:
    """Each template of a call, and what makes the call with another in its place."""
    for at, (name, value) in enumerate(call.arguments):
        yield value, _placed(call, at, name)
    for name, value in absent.items():
        yield value, lambda text, name=name: call.with_argument(name, text)  # type: ignore[misc]
    if call.receiver:
        yield call.receiver, lambda text: dataclasses.replace(call, receiver=text)
    for at, step in enumerate(call.setup):
        for text, make in _sites(step, {}):
            yield text, _in_setup(call, at, make)


def _placed(call: Call, at: int, name: str) -> Make:
    before, after = call.arguments[:at], call.arguments[at + 1 :]
    return lambda text: dataclasses.replace(call, arguments=(*before, (name, text), *after))


def _in_setup(call: Call, at: int, make: Make) -> Make:
    return lambda text: dataclasses.replace(call, setup=(*call.setup[:at], make(text), *call.setup[at + 1 :]))


def _with(template: str, known: object, wanted: object) -> Iterator[str]:
    """The template with what stands in it for `known` changed so that it stands for `wanted`."""
    text = str(wanted) if isinstance(wanted, Written) else express(wanted)
    if text is None or len(text) > LONGEST:
        return
    if _is(template, known):
        yield text
    for match in literals(template):
        value = evaluate(match[0])
        for changed in _changed(value, known, wanted):
            yield template[: match.start()] + changed + template[match.end() :]
    yield from _resized(template, known, wanted)


def _is(template: str, known: object) -> bool:
    try:
        value = evaluate(template)
        return type(value) is type(known) and bool(value == known)
    except Exception:  # what is compared is the project's, or it cannot be made here
        return False


def _changed(value: Any, known: Any, wanted: Any) -> Iterator[str]:
    """What a literal of this value becomes, as a template."""
    if isinstance(wanted, Written):
        yield from [str(wanted)] if type(value) is type(known) and value == known else []
    elif isinstance(value, str) and isinstance(known, str) and isinstance(wanted, str):
        if known and known in value:
            yield from map(repr, _replaced(value, known, wanted))
        elif value and known in {value.lower(), value.upper(), value.strip(), value.casefold()}:
            yield repr(wanted)
    elif isinstance(value, str) and _are_numbers(known, wanted):
        shown = dict.fromkeys((str(known), str(known).removesuffix(".0")))
        yield from (repr(value.replace(one, str(wanted), 1)) for one in shown if one in value)
    elif isinstance(value, str) and isinstance(known, enum.Enum) and isinstance(wanted, enum.Enum):
        yield from _named(value, known, wanted)
    elif _are_numbers(value, known, wanted):
        yield from (express(_like(value, one)) or "0" for one in _moved(value, known, wanted))
    elif type(value) is type(known) and value == known:
        yield express(wanted) or "None"


def _named(value: str, known: enum.Enum, wanted: enum.Enum) -> Iterator[str]:
    """Where a text is the name or the value of a member, that of another one."""
    for change in (str, str.lower, str.upper, str.title):
        if value == change(known.name):
            yield repr(change(wanted.name))
    if value == known.value:
        yield repr(wanted.value)


def _replaced(value: str, known: str, wanted: str) -> Iterator[str]:
    """`value` with one of the places where it holds `known` changed: the others may stand for something else."""
    for match in itertools.islice(re.finditer(re.escape(known), value), MOST_PLACES):
        yield value[: match.start()] + wanted + value[match.end() :]


def _are_numbers(*values: object) -> bool:
    return all(isinstance(value, NUMBERS) and not isinstance(value, bool) for value in values)


def _moved(value: float, known: float, wanted: float) -> list[float]:
    """As it is wanted, moved by as much, or in another unit."""
    if value == known or not (_is_finite(known) and _is_finite(wanted)):
        return [wanted]
    with contextlib.suppress(OverflowError):  # a number that no float can hold
        return [value - known + wanted, *([value / known * wanted] if known else [])]
    return []


def _like(value: float, changed: float) -> float:
    whole = isinstance(value, int) and _is_finite(changed) and changed == int(changed)
    return int(changed) if whole else changed


def _is_finite(number: float) -> bool:
    return isinstance(number, int) or math.isfinite(number)


def _resized(template: str, known: object, wanted: object) -> Iterator[str]:
    """Where `known` is the length of something in the template: that, as long as is wanted."""
    if (
        not isinstance(known, int)
        or not isinstance(wanted, int)
        or not 0 <= wanted <= LONGEST
        or template[:1] == "⟨"
    ):
        return
    try:
        value = evaluate(template)
    except Exception:  # it cannot be made here
        return
    if isinstance(value, str | bytes | list | tuple) and len(value) == known and not isinstance(known, bool):
        fill: dict[Any, Any] = {str: "a", bytes: b"a", list: [1], tuple: (1,)}
        longer = value or fill.get(type(value), value)
        resized = (longer * (wanted + 1))[:wanted]
        yield express(resized) or template


def descend(call: Call, far: Callable[[Call], float], absent: Mapping[str, str]) -> Iterator[Call]:
    """Calls that come nearer and nearer to what is wanted: one number after the other, in growing steps.

    Args:
        call: Where to begin.
        far: How far a call is from it; infinite when it does not come to the condition.
        absent: As in `proposals`.
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
    for template, make in _sites(call, absent):
        for match in literals(template):
            if match.lastgroup == "number":
                before, after = template[: match.start()], template[match.end() :]
                yield match[0], lambda text, b=before, a=after, m=make: m(b + text + a)  # type: ignore[misc]


def distance(notes: Iterable[Note]) -> float:
    """How far the nearest of the compared numbers are from each other; infinite where there are none."""
    pairs = (note for note in notes if note.how in {"==", "<"} and _are_numbers(note.left, note.right))
    return min((_between(note.left, note.right) for note in pairs), default=math.inf)


def _between(left: float, right: float) -> float:
    try:
        return float(abs(left - right))
    except OverflowError:  # a number that no float can hold
        return math.inf
