"""Sites: the places of a call where a template stands, each with what puts another one there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from .calls import Call

Make: TypeAlias = Callable[[str], Call]
"""Makes a call with another template in one place of it."""


def sites(call: Call, absent: Mapping[str, str]) -> Iterator[tuple[str, Make]]:
    """Each template of a call, and what makes the call with another in its place.

    `absent` are templates of the defaults of parameters that the call does not give.
    """
    for at, (name, value) in enumerate(call.arguments):
        yield value, _placed(call, at, name)
    for name, value in absent.items():
        yield value, lambda text, name=name: call.with_argument(name, text)  # type: ignore[misc]
    if call.receiver:
        yield call.receiver, lambda text: dataclasses.replace(call, receiver=text)
    yield from given(call)
    for at, step in enumerate(call.setup):
        for text, make in sites(step, {}):
            yield text, _in_setup(call, at, make)


def given(call: Call) -> Iterator[tuple[str, Make]]:
    """Those of what is passed to the functions that the call gives."""
    for at, values in enumerate(call.then):
        for place, value in enumerate(values):
            yield value, _given(call, at, place)


def _placed(call: Call, at: int, name: str) -> Make:
    before, after = call.arguments[:at], call.arguments[at + 1 :]
    return lambda text: dataclasses.replace(call, arguments=(*before, (name, text), *after))


def _given(call: Call, at: int, place: int) -> Make:
    def make(text: str) -> Call:
        values = (*call.then[at][:place], text, *call.then[at][place + 1 :])
        return dataclasses.replace(call, then=(*call.then[:at], values, *call.then[at + 1 :]))

    return make


def _in_setup(call: Call, at: int, make: Make) -> Make:
    return lambda text: dataclasses.replace(call, setup=(*call.setup[:at], make(text), *call.setup[at + 1 :]))
