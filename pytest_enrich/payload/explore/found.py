"""Calls a little other than one that was found: a test of one of them may notice more."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import random
import re
import time
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile, zip_longest
from typing import Any

from . import calls, worth
from .bounds import Limits
from .calls import Call
from .inputs import Inputs
from .observe import said
from .probe import Probes
from .reduce import reduce
from .search import Search
from .symbolic import solved
from .trace import Reached, reached_by
from .varied import Varied
from .world import Scene
from .worth import SILENT, Find, choose, informative_rank, written

TRIES = 200
ONE_NUMBER = re.compile(r"(?P<class>⟨[^⟩]*⟩\()(?P<name>\w+)=(?P<number>-?[\d.]+)\)")
"""`Duration(days=1)`."""
MOST, MOST_OF_ALL = 20, 120
MOST_VALUES = 12
MOST_ODD = 1
LONGER, LONGEST = 2, 120
REDUCE_SECONDS = 5.0
FEW_TRIES = 60
"""Where no clock ends it, so that it comes to the same everywhere."""
MOST_RECEIVERS, MOST_EDGES = 12, 6


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
    given = list(dict.fromkeys(_given_around(inputs, call)))
    receivers = [call.receiver, *_receivers(inputs, call)] if call.receiver else [None]
    for steps in range(len(given) + len(receivers)):
        pairs = (
            (receivers[at], given[steps - at]) for at in range(len(receivers)) if 0 <= steps - at < len(given)
        )
        yield from (dataclasses.replace(one, receiver=receiver) for receiver, one in pairs)


def _given_around(inputs: Inputs, call: Call) -> Iterator[Call]:
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


def search(job: dict[str, Any], scene: Scene, started: float) -> dict[str, Any]:
    """Search through all entries; the answer's `found` are the chosen calls, reduced, with what they reach."""
    branches, lines = frozenset(map(tuple, job["branches"])), frozenset(job["lines"])
    if job["only"]:
        return _given(scene, branches | lines, [calls.load(one) for one in job["only"]])
    limits = Limits(job["executions"], started + job["seconds"], job["seed"])
    solver = [lambda inputs, seconds: solved(inputs, scene.runner, seconds)] if job["solver"] else []
    looking = Search(scene.runner, Probes(scene.module), branches, lines, limits, scene.given.arguments, *solver)
    looking.everywhere(scene.inputs)
    # With a budget in executions there is ample time, so that the clock decides nothing.
    until = max(time.monotonic() + REDUCE_SECONDS, limits.deadline)
    return _shown(looking, scene, job["constants"], until)


def _shown(looking: Search, scene: Scene, constants: list[str], until: float) -> dict[str, Any]:
    """What a search that has ended comes to, made plain as long as there is time."""
    reduced = [(find, _reduced(looking, find, until)) for find in choose(looking.finds)]
    near = [around(looking, find, call, len(reduced), until) for find, call in reduced]
    edges = [edge for find, call in reduced for edge in _edges(looking, find, call, until)]
    others = [*edges, *(call for of_find in near for call in of_find)]
    chosen = looking.corpus.chosen([call for _, call in reduced], others, constants)
    pairs = zip(reduced, near, strict=True)
    return {
        "found": [
            record for (find, call), beside in pairs for record in _records(looking, find, call, beside, until)
        ],
        "corpus": written(chosen, scene.entries, frozenset(call for call in chosen if _is_wanted(scene, call))),
        "executions": looking.executions,
        "dropped": dict(looking.dropped),
        "ideas": dict(looking.ideas),
    }


def _given(scene: Scene, wanted: Reached, given: list[Call]) -> dict[str, Any]:
    """As `search` answers, of these calls: smaller ones of which there is the same to say, then as they are."""
    outcomes = [(call, scene.runner.call(call)) for call in given]
    found = [
        _record(reached_by(wanted, outcome.branches), one)
        for call, outcome in outcomes
        if not outcome.refusal
        for one in dict.fromkeys((_smaller(scene, call), call))
    ]
    return {"found": found, "corpus": [], "executions": len(given), "dropped": {}, "ideas": {}}


def _smaller(scene: Scene, call: Call) -> Call:
    """The call made small, as long as the same is to be said of it."""
    inputs = _inputs(scene, call)
    done = said(scene.runner, call)
    if inputs is None or not done:
        return call

    def holds(other: Call) -> bool:
        is_plain = inputs.conforms(other) and inputs.oddness(other) <= inputs.oddness(call)
        return is_plain and said(scene.runner, other) == done

    return reduce(call, {}, holds, most=FEW_TRIES)


def _inputs(scene: Scene, call: Call) -> Inputs | None:
    """What is known of the function that is called."""
    return next((one for one in scene.inputs if one.entry.key == call.qualname), None)


def _is_wanted(scene: Scene, call: Call) -> bool:
    """Whether a test of this call is one that people might want: as `is_usual`, and short."""
    own = _inputs(scene, call)
    return own is not None and call.size <= LONGEST and is_usual(own, call)


def _records(
    looking: Search, find: Find, call: Call, near: Iterable[Call], until: float
) -> Iterator[dict[str, Any]]:
    """A chosen call, and behind it one that does something else on the same way: its test may notice more."""
    yield _record(find.reached, call, find.inputs)
    done = _done(looking, call)
    for other in (*_others(looking, find), *(dataclasses.replace(find, call=one) for one in near)):
        if _done(looking, other.call) not in ([], done):
            smaller = _reduced(looking, other, until, unlike=done)
            yield {**_record(find.reached, smaller, find.inputs), "spare": True}
            return


def _edges(looking: Search, find: Find, call: Call, until: float) -> Iterator[Call]:
    """A few calls at the limits of the conditions whose outcome a find is about, where they end as calls do."""
    lines = {item[0] if isinstance(item, tuple) else item for item in find.reached}
    calls = takewhile(lambda _: time.monotonic() < until, looking.guide.edges(call, find.inputs, lines))
    return islice((other for other in calls if not looking.runner.call(other).refusal), MOST_EDGES)


def _others(looking: Search, find: Find) -> list[Find]:
    """The other finds that reach the same and that callers might make, the best first."""
    held = (one for item in find.reached for one in looking.finds[item])
    fitting = {one.call: one for one in held if find.reached <= one.reached and one.is_usual}
    others = sorted((one for one in fitting.values() if one.call != find.call), key=lambda one: one.cost)
    return [dataclasses.replace(one, reached=find.reached) for one in others]


def _done(looking: Search, call: Call) -> list[dict[str, Any]]:
    """What there is to say of a call."""
    return said(looking.runner, call)


def _reduced(looking: Search, find: Find, until: float, unlike: list[dict[str, Any]] | None = None) -> Call:
    """The call made small, as long as it reaches the same; what it does stays something else than `unlike`."""
    plain = {name: (*pool.plain, *pool.short) for name, pool in find.inputs.pools.items()}
    receivers = sorted(find.inputs.known_receivers, key=lambda text: (text.endswith("()"), len(text)))
    plain[""] = tuple(receivers[:MOST_RECEIVERS])
    before = looking.runner.call(find.call)
    odd = [find.oddness]

    def holds(call: Call) -> bool:
        # What is smaller is no gain when it looks stranger.
        if time.monotonic() > until or find.inputs.oddness(call) > odd[-1]:
            return False
        if not does_the_same(call):
            return False
        odd.append(find.inputs.oddness(call))
        return True

    def does_the_same(call: Call) -> bool:
        if find.is_usual and not find.inputs.conforms(call):
            return False
        outcome = looking.runner.call(call)
        same = type(outcome.raised) is type(before.raised) and informative_rank(outcome) <= informative_rank(
            before
        )
        if outcome.refusal or not same or not find.reached <= looking.reached(outcome):
            return False
        if call.setup and worth.untold(looking.runner, call, find.reached, looking.reached):
            return False
        if informative_rank(outcome) < SILENT and unlike is None:
            return True
        return _done(looking, call) not in ([], unlike)

    return reduce(find.call, plain, holds)


def _record(reached: Reached, call: Call, inputs: Inputs | None = None) -> dict[str, Any]:
    branches = sorted(item for item in reached if isinstance(item, tuple))
    lines = sorted(item for item in reached if isinstance(item, int))
    rules = sorted(inputs.rules(call)) if inputs is not None else []
    return {"call": calls.dump(call), "branches": branches, "reached": lines, "rules": rules}
