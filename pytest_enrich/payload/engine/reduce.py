"""A call made smaller, step by step, as long as it still does what it is for."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..explore.calls import Call, given
from ..explore.templates import literals, shorter
from ..rules.types import NAMES
from .usual import HOST, LONG, RAGGED, TEXTS, cuts, hollow, without

MOST_TRIES = 600
MOST_DIGITS = 18
MOST_ALIKE = 2
"""From how many preferred values parts are taken."""
COLLECTIONS, FEW_ITEMS = {"[", "(", "{"}, 2
"""What tests pass stays as it is, unless it is a collection of more items than that."""


def reduce(
    call: Call,
    plain: Mapping[str, Sequence[str]],
    holds: Callable[[Call], bool],
    unusual: Callable[[Call], Any] = lambda _call: 0,
    most: int = MOST_TRIES,
) -> Call:
    """The plainest call found for which `holds` is true; a smaller call is no gain if a reader stumbles over it.

    Args:
        call: A call for which it is true.
        plain: For each parameter (and "" for the receiver) values to prefer, plainest first.
        holds: Whether a call still does what it is for; must not raise.
        unusual: How much in a call a reader stumbles over; it never increases.
        most: How many calls may be tried.
    """
    # No call is tried twice: two calls that replace each other would never come to an end.
    tried, least, changed = {call}, unusual(call), True
    whole = _whole(itertools.chain.from_iterable(plain.values()))
    while changed:
        changed = False
        for simpler in _simpler(call, plain, whole):
            if simpler in tried or (oddness := unusual(simpler)) > least:
                continue
            if len(tried) > most:
                return call
            tried.add(simpler)
            if holds(simpler):
                call, least, changed = simpler, oddness, True
                break
    return call


def _whole(preferred: Iterable[str]) -> frozenset[str]:
    """The texts in preferred values: half a date is none, and says less, even if it is read as one."""
    matches = (match for template in preferred for match in literals(template))
    return frozenset(match[0] for match in matches if match.lastgroup == "string" and len(match[0]) <= LONG)


def _simpler(call: Call, plain: Mapping[str, Sequence[str]], whole: frozenset[str]) -> Iterator[Call]:
    """The call with a little less in it, or with something plainer, the biggest steps first."""
    for part in ("then", "setup", "patched", "arguments"):
        yield from _with_one_less(call, part)
    yield from _plainer_arguments(call, plain, whole)
    if call.receiver:
        receivers = (*_plainer(call.receiver, plain.get("", ()), whole), *shorter(call.receiver))
        yield from (dataclasses.replace(call, receiver=receiver) for receiver in receivers)
    for value, make in given(call):
        yield from map(make, _plainer(value, (), whole))
    for at, step in enumerate(call.setup):
        for smaller in (*_with_one_less(step, "arguments"), *_plainer_arguments(step, {}, whole)):
            yield call.exchanged("setup", at, smaller)


def _with_one_less(call: Call, part: str) -> Iterator[Call]:
    """The call without one of its arguments or steps, the last one first."""
    return (call.exchanged(part, at) for at in reversed(range(len(getattr(call, part)))))


def _plainer_arguments(call: Call, plain: Mapping[str, Sequence[str]], whole: frozenset[str]) -> Iterator[Call]:
    for at, (name, value) in enumerate(call.arguments):
        for better in _plainer(value, plain.get(name, ()), whole):
            yield call.exchanged("arguments", at, (name, better))


def _plainer(value: str, preferred: Sequence[str], whole: frozenset[str]) -> Iterator[str]:
    """Preferred values, unless this is one already; then values in between, shorter ones, and smaller literals.

    What is preferred stays as it is, apart from the number of items in a collection, and so do the texts in it.
    """
    yield from _preferred(value, preferred)
    if value in preferred and len(value) <= LONG and not RAGGED.search(value):
        yield from _fewer(value) if value[:1] in COLLECTIONS and len(literals(value)) > FEW_ITEMS else ()
        return
    yield from _between(value, preferred)
    yield from _fewer(value)
    for match in literals(value):
        for smaller in _smaller(match) if match[0] not in whole else ():
            yield value[: match.start()] + smaller + value[match.end() :]


def _fewer(value: str) -> Iterator[str]:
    """The value with less in it; no empty collection, which shows little: it is found if nothing else does."""
    for text in sorted(shorter(value), key=hollow):
        if literals(text) or value[:1] not in COLLECTIONS:
            yield text


def _between(value: str, preferred: Sequence[str]) -> Iterator[str]:
    """The value with one part taken from the preferred values that it is most like, of those that differ.

    Its parts are its literals; those of a single text are the words in it.
    """
    parted = _parted(value)
    alike = [other for template in preferred if parted and (other := _parted(template))[::2] == parted[::2]]
    pairs = [(other, [at for at, part in enumerate(parted) if part != other[at]]) for other in alike]
    differing = sorted((pair for pair in pairs if pair[1]), key=lambda pair: len(pair[1]))
    for other, places in differing[:MOST_ALIKE]:
        yield from ("".join((*parted[:at], other[at], *parted[at + 1 :])) for at in places)


@lru_cache(maxsize=5000)
def _parted(template: str) -> tuple[str, ...]:
    """The parts of a template in turn with the text between them; () if it has fewer than two."""
    matches = literals(template)
    if len(matches) == 1 and matches[0][0] == template and template.startswith(TEXTS) and " " in template:
        return ("", *re.split("( )", template))
    if len(matches) <= 1:
        return ()
    places = [0, *(at for match in matches for at in match.span()), len(template)]
    return tuple(template[start:end] for start, end in itertools.pairwise(places))


def _preferred(value: str, preferred: Sequence[str]) -> Sequence[str]:
    """The values that are preferred to this one."""
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
        # An empty text shows little; where nothing else will do, the search itself has found it.
        yield from (repr(left) for left in less if left and left != value)


def _near(value: float) -> list[float]:
    """Numbers to try instead: small ones, its opposite, its half, and itself with fewer digits."""
    options: list[float] = [0, 1, 2, 0.5, 10, 100, 1000, -1, -value, int(value / 2), int(value)]
    options += [-2] if value < 0 else []
    # Beyond that many digits a float cannot tell the rounded numbers apart, and may not hold them.
    for digits in range(1, min(len(str(int(abs(value)))), MOST_DIGITS)):
        unit = 10**digits
        options += [int(value) // unit * unit, -(-int(value) // unit) * unit]
    return options


def _weight(value: float) -> tuple[int, int, bool, float, bool]:
    """Prefer few significant digits, short, not 0, 1 or -1 (which change little), small, positive."""
    text = repr(abs(value)).removesuffix(".0")
    return len(text.rstrip("0") or "0"), len(text), value in {-1, 0, 1}, abs(value), value < 0
