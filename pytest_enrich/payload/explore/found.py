"""From a search to what is shown: the fewest calls, each made plain, and what each of them did."""

from __future__ import annotations

import time
from typing import Any

from . import calls
from .calls import Call, Program, program
from .clock import shifted
from .corpus import written
from .natural import oddness
from .observe import observe
from .probe import Probes
from .reduce import reduce
from .search import SILENT, Find, Limits, Search, choose, rank
from .world import Scene

REDUCE_SECONDS = 5.0
MOST_RECEIVERS = 12


def search(job: dict[str, Any], scene: Scene, started: float) -> dict[str, Any]:
    """Search through all entries; the answer's `found` are the chosen calls, reduced, with what they reach."""
    limits = Limits(job["executions"], started + job["seconds"], job["seed"])
    looking = Search(scene.runner, Probes(scene.module), map(tuple, job["branches"]), job["lines"], limits)
    for number, inputs in enumerate(scene.inputs):
        looking.through(inputs, number)
    # With a budget in executions there is ample time, so that the clock decides nothing.
    until = max(time.monotonic() + REDUCE_SECONDS, limits.deadline)
    reduced = [_reduced(looking, find, until) for find in choose(looking)]
    plainest = [call for _, call in reduced]
    return {
        "found": [_record(find, call) for find, call in reduced],
        "corpus": written(looking.corpus.chosen(plainest, job["constants"]), scene.entries),
        "executions": looking.executions,
        "dropped": dict(looking.dropped),
    }


def _reduced(looking: Search, find: Find, until: float) -> tuple[Find, Call]:
    plain = {name: pool.plain for name, pool in find.inputs.pools.items()}
    receivers = sorted(find.inputs.known_receivers, key=lambda text: (text.endswith("()"), len(text)))
    plain[""] = tuple(receivers[:MOST_RECEIVERS])
    before = looking.runner.call(find.call)
    odd = [find.oddness]

    def holds(call: Call) -> bool:
        # What is smaller is no gain when it looks stranger.
        if time.monotonic() > until or oddness(call, find.inputs.usual) > odd[-1]:
            return False
        if not does_the_same(call):
            return False
        odd.append(oddness(call, find.inputs.usual))
        return True

    def does_the_same(call: Call) -> bool:
        if find.is_usual and not find.inputs.conforms(call):
            return False
        outcome = looking.runner.call(call)
        same = type(outcome.raised) is type(before.raised) and rank(outcome) <= rank(before)
        if outcome.refusal or not same or not find.reached <= looking.reached(outcome):
            return False
        return rank(outcome) < SILENT or bool(observe(looking.runner, looking.runner.program(call))[1])

    return find, reduce(find.call, plain, holds)


def _record(find: Find, call: Call) -> dict[str, Any]:
    branches = sorted(item for item in find.reached if isinstance(item, tuple))
    lines = sorted(item for item in find.reached if isinstance(item, int))
    return {"call": calls.dump(call), "branches": branches, "reached": lines}


def look(scene: Scene, record: dict[str, Any], days: int) -> dict[str, Any]:
    """The `Finding` for a chosen call, looked at with the clock `days` ahead."""
    call = calls.load(record["call"])
    wanted = _program(scene, call)
    with shifted(days):
        consume, observations = observe(scene.runner, wanted)
    return {
        **record,
        "lines": wanted.lines,
        "action": wanted.action,
        "expression": wanted.expression,
        "consume": consume,
        "observations": observations,
    }


def _program(scene: Scene, call: Call) -> Program:
    """The program, with a variable for each argument that the call changes."""
    mutable = calls.changeable(call)
    if not mutable:
        return program(call, scene.entries)
    hoisted = program(call, scene.entries, mutable)
    _, observations = observe(scene.runner, hoisted)
    looked_at = " ".join(record["expression"] for record in observations if record["subject"] == "state")
    changed = frozenset(name for name in mutable if name in looked_at.replace("(", " ").replace(")", " ").split())
    return program(call, scene.entries, changed)
