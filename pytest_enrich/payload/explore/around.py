"""Calls a little other than one that was found: a test of one of them may notice more."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Iterator
from itertools import islice, zip_longest

from .calls import Call
from .find import Find
from .inputs import Inputs
from .natural import oddness
from .search import Search
from .varied import Varied

TRIES = 40
MOST, MOST_OF_ALL = 6, 24
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
    """The call with values that tests pass: for one argument, for the object, for all at once."""
    seen = [
        list(islice(inputs.pools[name].seen, MOST)) if name in inputs.pools else [] for name, _ in call.arguments
    ]
    receivers = inputs.known_receivers[:MOST] if call.receiver else []
    for values in zip_longest(receivers, *seen):
        whole = call if values[0] is None else dataclasses.replace(call, receiver=values[0])
        given = [(name, value) for (name, _), value in zip(call.arguments, values[1:], strict=True) if value]
        for name, value in given:
            whole = whole.with_argument(name, value)
            yield call.with_argument(name, value)
        yield whole


def is_usual(inputs: Inputs, call: Call) -> bool:
    """Whether callers might make this call, and people read it without wonder."""
    return inputs.conforms(call) and oddness(call, inputs.usual) <= MOST_ODD


def _fits(looking: Search, find: Find, call: Call, until: float) -> bool:
    if time.monotonic() > until or not is_usual(find.inputs, call):
        return False
    outcome = looking.runner.call(call)
    return not outcome.refusal and find.reached <= looking.reached(outcome)
