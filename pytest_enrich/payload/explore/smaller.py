"""Smaller calls of which there is the same to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .calls import Call
from .inputs import Inputs
from .mutate import literals
from .observe import observe
from .reduce import reduce
from .search import Search

FEW_TRIES = 60
"""Where no clock ends it, so that it comes to the same everywhere."""
NEUTRAL = {-1, 0, 1}


def done(looking: Search, call: Call) -> list[dict[str, Any]]:
    """What there is to say of a call."""
    return observe(looking.runner, looking.runner.program(call))[1]


def smaller(looking: Search, inputs: Inputs, call: Call) -> Iterator[Call]:
    """The call made as small as it gets, then so that its numbers still change what they are put to."""
    said = done(looking, call)
    if not said:
        return

    def holds(other: Call) -> bool:
        is_plain = inputs.conforms(other) and inputs.oddness(other) <= inputs.oddness(call)
        return is_plain and done(looking, other) == said

    for is_fit in (holds, lambda other: _tell(other) >= _tell(call) and holds(other)):
        yield reduce(call, {}, is_fit, most=FEW_TRIES)


def _tell(call: Call) -> int:
    """How many of its numbers are not among those that change little: -2 tells the end of a list from its start."""
