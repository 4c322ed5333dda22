"""Calls a little other than one that was found: a test of one of them may notice more."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import random
import re
import time
from collections.abc import Iterator
from itertools import islice, zip_longest

from .calls import Call
from .find import Find
from .inputs import Inputs
from .search import Search
from .varied import Varied

TRIES = 200
ONE_NUMBER = re.compile(r"(?P<class>⟨[^⟩]*⟩\()(?P<name>\w+)=(?P<number>-?[\d.]+)\)")
"""`Duration(days=1)`."""
MOST, MOST_OF_ALL = 20, 120
MOST_VALUES = 12
MOST_ODD = 1
LONGER, LONGEST = 2, 120


def around(looking: Search, find: Find, call: Call, finds: int, until: float) -> list[Call]:
    """A few calls that reach the same as a find, near the plain call that it became, and that callers might make.

    First with what tests pass, then with whatever is drawn, the shortest first; the more `finds`, the fewer.
    """
    varied = Varied(find.inputs, random.Random(looking.limits.seed))  # noqa: S311 - it need not be hard to guess
    drawn = (varied.any([call]) for _ in range(TRIES))
    known = [one for one in islice(_known(find.inputs, call), TRIES) if one.size <= LONGEST]
    shortest = sorted((one for one in drawn if one.size <= LONGER * call.size + LONGER), key=lambda one: one.size)
    fitting = (
        one for one in dict.fromkeys([*known, *shortest]) if one != call and _fits(looking, find, one, until)
    )
    return list(islice(fitting, min(MOST, MOST_OF_ALL // finds)))


def _known(inputs: Inputs, call: Call) -> Iterator[Call]:
    """The call with values that tests pass or that stand near, and on other objects, then both."""
    given = list(dict.fromkeys(_given(inputs, call)))
    receivers = [call.receiver, *_receivers(inputs, call)] if call.receiver else [None]
    for steps in range(len(given) + len(receivers)):
        pairs = (
            (receivers[at], given[steps - at]) for at in range(len(receivers)) if 0 <= steps - at < len(given)
        )
        yield from (dataclasses.replace(one, receiver=receiver) for receiver, one in pairs)


def _given(inputs: Inputs, call: Call) -> Iterator[Call]:
    """The call, then with another value for one argument, and for all at once."""
    yield call
    each = [list(islice(_values(inputs, name, value), MOST_VALUES)) for name, value in call.arguments]
    for values in zip_longest(*each):
        whole = call
        for (name, _), value in zip(call.arguments, values, strict=True):
            if value:
                whole = whole.with_argument(name, value)
                yield call.with_argument(name, value)
        yield whole


def _values(inputs: Inputs, name: str, value: str) -> Iterator[str]:
    """Values that stand near one, and those that tests pass, by turns."""
    seen = inputs.pools[name].seen if name in inputs.pools else ()
    for pair in zip_longest(_beside(value, inputs.owner), seen):
        yield from (one for one in pair if one is not None)


def _receivers(inputs: Inputs, call: Call) -> list[str]:
    """Other objects to make the call on: as its own, with another parameter, then those that tests have."""
    known = sorted(set(inputs.known_receivers), key=lambda text: (len(text), text))
    return [*islice(_beside(call.receiver or "", inputs.owner), MOST_VALUES), *known[:MOST_VALUES]]


def _beside(made: str, owner: type | None) -> Iterator[str]:
    """An object made of one number: with 0, and where it is of this class with the number as something else."""
    found = ONE_NUMBER.fullmatch(made)
    if found is None:
        return
    yield f"{found['class']}{found['name']}=0)"
    if owner is None or f":{owner.__qualname__}⟩" not in made:
        return
    with contextlib.suppress(TypeError, ValueError):  # a class that tells no signature
        others = (name for name in inspect.signature(owner).parameters if name != found["name"])
        yield from (f"{found['class']}{name}={found['number']})" for name in others)


def is_usual(inputs: Inputs, call: Call) -> bool:
    """Whether callers might make this call, and people read it without wonder."""
    return inputs.conforms(call) and inputs.oddness(call) <= MOST_ODD


def _fits(looking: Search, find: Find, call: Call, until: float) -> bool:
    if time.monotonic() > until or not is_usual(find.inputs, call):
        return False
    outcome = looking.runner.call(call)
    return not outcome.refusal and find.reached <= looking.reached(outcome)
