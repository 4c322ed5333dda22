"""Make a call smaller and plainer while it still does what it was found for."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from .calls import Call
from .mutate import LITERAL, literals

MOST_TRIES = 400


def reduce(call: Call, plain: Mapping[str, Sequence[str]], holds: Callable[[Call], bool]) -> Call:
    """The plainest call found for which `holds`.

    Args:
        call: One for which it holds.
        plain: For each parameter (and "" for the receiver) values to prefer, plainest first.
        holds: Whether a call still does what it is for; must not raise.
    """
    tries = 0
    changed = True
    while changed:
        changed = False
        for simpler in _simpler(call, plain):
            tries += 1
            if tries > MOST_TRIES:
                return call
            if holds(simpler):
                call, changed = simpler, True
                break
    return call


def _simpler(call: Call, plain: Mapping[str, Sequence[str]]) -> Iterator[Call]:
    for at in range(len(call.setup)):
        yield dataclasses.replace(call, setup=call.setup[:at] + call.setup[at + 1 :])
    for name, _ in reversed(call.arguments):
        if name:
            yield call.with_argument(name, None)
    for at, (name, value) in enumerate(call.arguments):
        for better in _plainer(value, plain.get(name, ())):
            arguments = (*call.arguments[:at], (name, better), *call.arguments[at + 1 :])
            yield dataclasses.replace(call, arguments=arguments)
    if call.receiver:
        for better in _plainer(call.receiver, plain.get("", ())):
            yield dataclasses.replace(call, receiver=better)
    for at, step in enumerate(call.setup):
        for smaller in _simpler(step, {}):
            yield dataclasses.replace(call, setup=(*call.setup[:at], smaller, *call.setup[at + 1 :]))


def _plainer(value: str, preferred: Sequence[str]) -> Iterator[str]:
    """Preferred values, unless this is one already; then the same with one literal smaller."""
    if value in preferred:
        yield from preferred[: preferred.index(value)]
        return
    yield from preferred
    for match in literals(value):
        for smaller in _smaller(match):
            yield value[: match.start()] + smaller + value[match.end() :]
    yield from _shorter(value)


def _smaller(match: re.Match[str]) -> Iterator[str]:
    text = match[0]
    if match.lastgroup == "number":
        value = float(text) if re.search(r"[.e]", text) else int(text)
        options = [
            0,
            1,
            2,
            10,
            100,
            1000,
            -1,
            -value,
            value / 2 if isinstance(value, float) else int(value / 2),
            int(value),
        ]
        smaller = [option for option in options if _weight(option) < _weight(value)]
        yield from (repr(type(value)(option)) for option in sorted(set(smaller), key=_weight))
    elif match.lastgroup == "string":
        value = eval(text, {})
        for size in (len(value), len(value) // 2, 2, 1):
            for at in range(0, len(value), size or 1):
                if size:
                    yield repr(value[:at] + value[at + size :])


def _weight(value: float) -> tuple[int, float, bool]:
    return len(repr(abs(value))), abs(value), value < 0


def _shorter(value: str) -> Iterator[str]:
    """A list, tuple, set or dict display without one of its elements."""
    if value[:1] not in "[({":
        return
    for match in re.finditer(r"[^,\[\](){}]+, |, [^,\[\](){}]+", value):
        if LITERAL.search(match[0]):
            yield value[: match.start()] + value[match.end() :]
