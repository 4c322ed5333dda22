"""The `Explore` job: a search through functions, then the few calls that together reach the most, simplified."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import attrgetter
from types import ModuleType
from typing import Any, TypeAlias

import pytest

from .. import confine, fork, guard
from ..engine.bounds import DAYS_AHEAD, Limits, share, shifted
from ..engine.probe import Probes
from ..engine.reduce import reduce
from ..engine.search import Result, Search, cover
from ..engine.trace import Reached, reached_by
from ..fork import UnableError
from ..objects import aliases
from ..project import module_of
from ..rules import classes
from ..rules.files import listed_backwards
from . import calls, contract, corpus, informative, world
from .calls import Call, Program, program
from .function import Function, Laboratory
from .inputs import Inputs
from .observe import observe, said
from .reduction import reduced
from .world import Scene

LOOK_SECONDS = 5.0
LOOKS_IN_TIME = 10
GRACE_SECONDS = 10.0
REDUCE_SECONDS, ASK_SECONDS = 5.0, 0.5
FEW_TRIES = 60
"""The limit of a reduction that no clock ends, so that its result is the same everywhere."""
TELLING = 4
"""Calls that tell mutants apart are sought for this fraction (one in so many) of the time of the search."""
CONTRADICTING = 2
INDIFFERENT = 2
Record: TypeAlias = dict[str, Any]


def explore(work: dict[str, Any]) -> dict[str, Any]:
    """Do the `Explore` job in `work["job"]`; the answer is the JSON form of `Explored`."""
    job, started = work["job"], time.monotonic()
    module = _imported(job["module"])
    for name in job["beside"]:
        with contextlib.suppress(Exception):  # what the tests do before may be missing here
            module_of(name)
    scene = world.build(job, module, work["rootdir"])
    drawn = _apart(work, partial(search, job, scene, started), job["seconds"] + GRACE_SECONDS)
    if "why" in drawn:
        raise RuntimeError(f"the search ended by {drawn['why']}")
    if "ended" in drawn:  # because of what was called: the process is gone, or hangs
        return {"type": "explored", "findings": [], "executions": 0, "dropped": {"search ended early": 1}}
    findings, dropped = _looks(work, scene, drawn)
    return {
        "type": "explored",
        "findings": findings,
        "executions": drawn["executions"],
        "aliases": aliases(json.dumps(findings, ensure_ascii=False), sys.modules),
        "dropped": dropped,
        "ideas": drawn["ideas"],
        "corpus": drawn["corpus"],
    }


def _imported(name: str) -> ModuleType:
    try:
        return module_of(name)
    except Exception as error:  # it may be for another platform, or need what is not installed
        reason = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise UnableError(f"{reason} (when {name} was imported)") from error


def _apart(work: dict[str, Any], action: Callable[[], dict[str, Any]], seconds: float) -> dict[str, Any]:
    """What `action` returns in a fork that may not start programs."""

    def narrowed() -> dict[str, Any]:
        guard.install(work["scratch"], work["rootdir"], subprocesses=False)
        confine.narrow(work["confinement"])
        return action()

    return fork.run(narrowed, seconds)


def search(job: Record, scene: Scene, started: float) -> Record:
    """Search through all entries; `found` in the answer are the chosen calls, reduced, with what they reach."""
    branches, lines = frozenset(map(tuple, job["branches"])), frozenset(job["lines"])
    if job["only"]:
        return _given(scene, branches | lines, [calls.load(record) for record in job["only"]])
    limits = Limits(job["executions"], started + job["seconds"], job["seed"], job["idle"])
    laboratory = Laboratory(scene.runner, Probes(scene.module), scene.given)
    # Half of the time is for the function itself, half of the rest for its first caller, and so on.
    looking: Search[Function] = Search(branches, lines, limits, parts=2, others=laboratory.probes.conditions)
    functions = enumerate(scene.inputs)
    looking.through([partial(_function, looking, laboratory, *numbered) for numbered in functions])
    # With a budget of executions there is ample time, so that the clock decides nothing.
    until = max(time.monotonic() + REDUCE_SECONDS, limits.deadline)
    return _shown(looking, scene, laboratory.corpus, job, until)


def _function(looking: Search[Function], laboratory: Laboratory, number: int, inputs: Inputs) -> Function | None:
    if not inputs.obstacle:
        return Function(inputs, number, laboratory)
    looking.dropped[inputs.obstacle] += 1
    return None


def _shown(looking: Search[Function], scene: Scene, seen: corpus.Corpus, job: Record, until: float) -> Record:
    """The answer of a finished search, its calls simplified as far as time allows."""
    results = cover(looking.results, apart=job["apart"])
    least = [
        (result, reduced(looking, result, share(until, len(results) - at))) for at, result in enumerate(results)
    ]
    # Calls that tell mutants apart may make a test better, but are worth only a part of the search's time.
    soon = min(until, time.monotonic() + job["seconds"] / TELLING)
    near = [corpus.around(looking, result, call, len(least), soon) for result, call in least]
    edges = [edge for result, call in least for edge in corpus.edges(result, call, soon)]
    # What is too much for reaching a line may be what shows that it was reached.
    whole = [other.call for result, _ in least for other in (result, *_others(looking, result))]
    others = [*(call for calls_near in near for call in calls_near), *whole, *edges]
    chosen = seen.chosen([call for _, call in least], others)
    testable = frozenset(call for call in chosen if _is_wanted(scene, call))
    return {
        "found": [
            record
            for (result, call), beside in zip(least, near, strict=True)
            for record in _records(looking, result, call, beside, until)
        ],
        "corpus": corpus.written(chosen, scene.entries, testable),
        "executions": looking.executions,
        "dropped": dict(looking.dropped),
        "ideas": dict(looking.ideas),
    }


def _given(scene: Scene, wanted: Reached, given: list[Call]) -> Record:
    """The answer of `search` for given calls: each made smaller if it shows the same, then as it is."""
    outcomes = [(call, scene.runner.call(call)) for call in given]
    records = [
        _record(reached_by(wanted, outcome.branches), variant)
        for call, outcome in outcomes
        if not outcome.refusal
        for variant in dict.fromkeys((_smaller(scene, call), call))
    ]
    return {"found": records, "corpus": [], "executions": len(given), "dropped": {}, "ideas": {}}


def _smaller(scene: Scene, call: Call) -> Call:
    """The call made as small as it can be while it shows the same."""
    inputs = _inputs(scene, call)
    observations = said(scene.runner, call)
    if inputs is None or not observations:
        return call

    def holds(other: Call) -> bool:
        return inputs.conforms(other) and said(scene.runner, other) == observations

    return reduce(call, {}, holds, inputs.strangeness, FEW_TRIES)


def _inputs(scene: Scene, call: Call) -> Inputs | None:
    """What is known of the function that is called."""
    return next((inputs for inputs in scene.inputs if inputs.entry.key == call.qualname), None)


def _is_wanted(scene: Scene, call: Call) -> bool:
    """Whether people might want a test of this call: it is usual, short, and has values that people write."""
    inputs = _inputs(scene, call) if call.size <= corpus.LONGEST else None
    return inputs is not None and inputs.is_usual(call) and not inputs.unwritten(call)


def _records(
    looking: Search[Function], result: Result[Function], call: Call, near: Iterable[Call], until: float
) -> Iterator[Record]:
    """A chosen call, then a spare that takes the same way but shows something else: its test may notice more."""
    rules = result.subject.rules(result.call)
    function = result.subject
    yield {**_record(result.reached, call, rules), "doubt": _doubt(looking, function, call, result.reached, until)}
    observations = said(function.runner, call)
    for other in (*_others(looking, result), *(dataclasses.replace(result, call=beside) for beside in near)):
        if said(function.runner, other.call) not in ([], observations):
            least = reduced(looking, other, until, unlike=observations)
            doubt = _doubt(looking, function, least, result.reached, until)
            yield {**_record(result.reached, least, rules), "spare": True, "doubt": doubt}
            return


def _doubt(looking: Search[Function], function: Function, call: Call, reached: Reached, until: float) -> int:
    """The `doubt` of its `Finding`."""
    runner, inputs = function.runner, function.inputs
    # On a slow machine the reduction may have taken all the time.
    until = max(until, time.monotonic() + ASK_SECONDS)
    shows_nothing = (
        informative.is_void(runner, call)
        or informative.is_indifferent(runner, call, reached, looking.reached)
        or informative.is_ineffective(runner, inputs, call, looking.reached, until)
    )
    outcome = runner.call(call)
    # The code refuses a class that its annotation allows: one of them is wrong, and a test would back the code.
    contradicts = isinstance(outcome.raised, TypeError) and inputs.are_declared(call)
    # Nobody wants another caller of deprecated code; only that it warns is worth a test.
    is_outdated = outcome.result is not None and any("Deprecat" in warning.category for warning in outcome.warned)
    # Where nobody wrote anything, no value is like what people wrote: that alone rules out no test.
    odd = bool(inputs.oddness(call) + inputs.unwritten(call))
    # What is put into an attribute from outside may be something that it never has.
    is_filled = any(step.qualname.endswith("=") for step in call.setup)
    return odd + is_filled + is_outdated + INDIFFERENT * shows_nothing + CONTRADICTING * contradicts


def _others(looking: Search[Function], result: Result[Function]) -> list[Result[Function]]:
    """The other results that reach the same and that callers might make, the best first."""
    by_call = {other.call: other for item in result.reached for other in looking.results[item]}
    alike = (other for other in by_call.values() if result.reached <= other.reached and not other.cost.exceptional)
    fitting = (dataclasses.replace(other, reached=result.reached) for other in alike if other.call != result.call)
    return sorted(fitting, key=attrgetter("cost"))


def _record(reached: Reached, call: Call, rules: frozenset[str] = frozenset()) -> Record:
    branches = sorted(item for item in reached if isinstance(item, tuple))
    lines = sorted(item for item in reached if isinstance(item, int))
    return {"call": calls.dump(call), "branches": branches, "reached": lines, "rules": sorted(rules)}


def _looks(
    work: dict[str, Any], scene: world.Scene, drawn: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Findings of the calls that did the same each time, and why the others are left out."""
    findings, dropped = [], Counter(drawn["dropped"])
    seconds = max(LOOK_SECONDS, work["job"]["seconds"] / LOOKS_IN_TIME)
    for record in drawn["found"]:
        finding = _steady([_apart(work, partial(look, scene, record, days), seconds) for days in DAYS_AHEAD])
        if not isinstance(finding, str):
            findings.append(finding)
        elif not record.get("spare"):
            dropped[finding] += 1
    return findings, dict(dropped)


def _steady(looks: Sequence[Record]) -> Record | str:
    """A finding with the observations made at every look, or why no test should be made of it."""
    first, *others = looks
    differs = any(other | {"observations": first.get("observations")} != first for other in others)
    if "ended" in first or differs:
        return "not the same each time"
    observations = first["observations"]
    if steady := [record for record in observations if all(record in other["observations"] for other in others)]:
        return {**first, "observations": steady}
    return "not the same each time" if observations else "nothing to observe"


def look(scene: Scene, record: dict[str, Any], days: int) -> dict[str, Any]:
    """The `Finding` for a chosen call, observed with the clock `days` ahead and, if it is, in another setting."""
    call = calls.load(record["call"])
    lines = {*record["reached"], *(to for _, to in record["branches"])}
    texts = [scene.runner.line(at) for at in lines]
    about = frozenset(word for text in texts for word in re.findall(r"\w+", text))
    observed = dataclasses.replace(_with_classes(_program(scene, call)), about=about)
    elsewhere = listed_backwards() if days else contextlib.nullcontext()
    random.seed(days)
    with shifted(days), elsewhere, pytest.MonkeyPatch.context() as patching:
        patching.setattr(sys, "argv", ["__main__.py" if days else "pytest", *sys.argv[1:]])
        consume, observations = observe(scene.runner, observed, warns=any(map(contract.warns, texts)))
    return {**record, **observed.dump(), "consume": consume, "observations": observations}


def _with_classes(wanted: Program) -> Program:
    """The program as people write it; only for findings, since thousands of calls are made before."""
    *lines, action = classes.unfolded([*wanted.lines, wanted.action])
    return dataclasses.replace(wanted, lines=tuple(lines), action=action)


def _program(scene: Scene, call: Call) -> Program:
    """The program, with a variable for each argument that the call changes or that makes the line too long."""
    mutable, apart = calls.changeable(call), calls.lengthy(call, scene.entries)
    if not mutable:
        return program(call, scene.entries, apart)
    hoisted = program(call, scene.entries, mutable)
    _, observations = observe(scene.runner, hoisted)
    looked_at = " ".join(record["expression"] for record in observations if record["subject"] == "state")
    changed = frozenset(name for name in mutable if re.search(rf"(?<![\w.]){re.escape(name)}\b", looked_at))
    return program(call, scene.entries, changed | apart)
