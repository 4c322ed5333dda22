"""A call made smaller, step by step, as long as it does what it is for."""

from __future__ import annotations

import dataclasses
import itertools
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..explore.calls import Call, given
from ..explore.templates import literals, shorter
from ..rules.types import NAMES
from .usual import HOST, LONG, RAGGED, cuts, hollow, without

MOST_TRIES = 600
MOST_DIGITS = 18


def reduce(
    call: Call,
    plain: Mapping[str, Sequence[str]],
    holds: Callable[[Call], bool],
    unusual: Callable[[Call], Any] = lambda _call: 0,
    most: int = MOST_TRIES,
) -> Call:
    """The plainest call found for which `holds`; what is smaller is no gain when a reader stumbles over it.

    Args:
        call: One for which it holds.
        plain: For each parameter (and "" for the receiver) values to prefer, plainest first.
        holds: Whether a call still does what it is for; must not raise.
        unusual: How much a reader stumbles over: it never becomes more.
        most: How many calls may be asked about.
    """
    # What was asked about once is not asked about again: two that take each other's place would never be done.
    asked, least, changed = {call}, unusual(call), True
    while changed:
        changed = False
        for simpler in _simpler(call, plain):
            if simpler in asked or (much := unusual(simpler)) > least:
                continue
            if len(asked) > most:
                return call
            asked.add(simpler)
            if holds(simpler):
                call, least, changed = simpler, much, True
                break
    return call


def share(until: float, parts: int) -> float:
    """The end of the first of so many equal parts of what is left: one long text leaves time for the others."""
    now = time.monotonic()
    return now + (until - now) / parts


def _simpler(call: Call, plain: Mapping[str, Sequence[str]]) -> Iterator[Call]:
    """The call with a little less, or with something plainer, the greatest steps first."""
    for parts in ("then", "setup", "patched", "arguments"):
        yield from _with_one_less(call, parts)
    yield from _plainer_arguments(call, plain)
    if call.receiver:
        others = (*_plainer(call.receiver, plain.get("", ())), *shorter(call.receiver))
        yield from (dataclasses.replace(call, receiver=receiver) for receiver in others)
    for value, make in given(call):
        yield from map(make, _plainer(value, ()))
    for at, step in enumerate(call.setup):
        for smaller in (*_with_one_less(step, "arguments"), *_plainer_arguments(step, {})):
            yield dataclasses.replace(call, setup=(*call.setup[:at], smaller, *call.setup[at + 1 :]))


def _with_one_less(call: Call, parts: str) -> Iterator[Call]:
    """The call without one of its arguments, or of its steps, the last one first."""
    held = getattr(call, parts)
    for fewer in itertools.combinations(held, len(held) - 1) if held else ():
        changed: dict[str, Any] = {parts: fewer}
        yield dataclasses.replace(call, **changed)


def _plainer_arguments(call: Call, plain: Mapping[str, Sequence[str]]) -> Iterator[Call]:
    for at, (name, value) in enumerate(call.arguments):
        for better in _plainer(value, plain.get(name, ())):
            arguments = (*call.arguments[:at], (name, better), *call.arguments[at + 1 :])
            yield dataclasses.replace(call, arguments=arguments)


def _plainer(value: str, preferred: Sequence[str]) -> Iterator[str]:
    """Preferred values, unless this is one already; then what is between them, and less of it or of a literal."""
    yield from _preferred(value, preferred)
    if value in preferred and len(value) <= LONG and not RAGGED.search(value):
        return
    yield from _between(value, preferred)
    yield from sorted(shorter(value), key=hollow)
    for match in literals(value):
        for smaller in _smaller(match):
            yield value[: match.start()] + smaller + value[match.end() :]


def _between(value: str, preferred: Sequence[str]) -> Iterator[str]:
    """The value with one literal as in the preferred one that it is most like; they differ in several."""
    form = _form(value)
    alike = [one for one in preferred if _form(one) == form] if form else []
    pairs = [[*zip(literals(value), literals(one), strict=True)] for one in alike]
    others = [[(own, theirs[0]) for own, theirs in one if own[0] != theirs[0]] for one in pairs]
    for own, theirs in min(filter(None, others), key=len, default=()):
        yield value[: own.start()] + theirs + value[own.end() :]


@lru_cache(maxsize=5000)
def _form(template: str) -> tuple[str, ...]:
    """What is between its literals, () for a single one and for what is nothing but that."""
    found = literals(template)
    starts, ends = [0, *(match.end() for match in found)], [*(match.start() for match in found), len(template)]
    return tuple(template[start:end] for start, end in zip(starts, ends, strict=True)) if found[1:] else ()


def _preferred(value: str, preferred: Sequence[str]) -> Sequence[str]:
    """What is preferred to it."""
    return preferred[: preferred.index(value)] if value in preferred and len(value) <= LONG else preferred


def _smaller(match: re.Match[str]) -> Iterator[str]:
    text = match[0]
    if match.lastgroup == "number":
        value = float(text) if re.search(r"[.e]", text) else int(text)
        if isinstance(value, float) and value.is_integer():
            yield repr(int(value))
        smaller = {option for option in _near(value) if _weight(option) < _weight(value)}
        yield from (repr(type(value)(option)) for option in sorted(smaller, key=_weight))
    elif match.lastgroup == "string" and text not in NAMES and HOST not in text:
        value = eval(text, {})
        less = itertools.chain([value.rstrip()], *(without(value, places) for places in cuts(value)))
        # An empty text shows little; where only that will do, the search has found it as such.
        yield from (repr(left) for left in less if left and left != value)


def _near(value: float) -> list[float]:
    """Numbers to put in its place: small ones, its opposite, its half, and itself with fewer digits."""
    options: list[float] = [0, 1, 2, 0.5, 10, 100, 1000, -1, -value, int(value / 2), int(value)]
    options += [-2] if value < 0 else []
    # Beyond that many digits a float cannot tell, and may not hold, what is rounded up.
    for digits in range(1, min(len(str(int(abs(value)))), MOST_DIGITS)):
        unit = 10**digits
        options += [int(value) // unit * unit, -(-int(value) // unit) * unit]
    return options


def _weight(value: float) -> tuple[int, int, bool, float, bool]:
    """Few digits that matter, short, not 0, 1 or -1 (which change little), small, positive."""
    text = repr(abs(value)).removesuffix(".0")
    return len(text.rstrip("0") or "0"), len(text), value in {-1, 0, 1}, abs(value), value < 0
