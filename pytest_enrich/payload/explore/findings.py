"""What a search through functions comes to: a few calls that together reach the most, made plain."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Iterable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any, TypeAlias

from ..engine.bounds import Limits
from ..engine.probe import Probes
from ..engine.reduce import reduce, share
from ..engine.search import Result, Search, cover
from ..engine.trace import Reached, reached_by
from . import calls, corpus, informative
from .calls import Call
from .function import Function, Laboratory
from .informative import informative_rank
from .inputs import Inputs
from .observe import said
from .world import Scene

REDUCE_SECONDS, ASK_SECONDS = 5.0, 0.5
FEW_TRIES = 60
"""Where no clock ends it, so that it comes to the same everywhere."""
MOST_RECEIVERS = 12
TELLING = 4
"""What tells mutants apart is looked for in one of so many parts of the time of the search."""
CONTRADICTING = 2
INDIFFERENT = 2
MADE = re.compile(r"⟨[\w.]+:(?:\w+\.)*(\w+)⟩\(")
"""The class of an object."""
Record: TypeAlias = dict[str, Any]


def search(job: Record, scene: Scene, started: float) -> Record:
    """Search through all entries; the answer's `found` are the chosen calls, reduced, with what they reach."""
    branches, lines = frozenset(map(tuple, job["branches"])), frozenset(job["lines"])
    if job["only"]:
        return _given(scene, branches | lines, [calls.load(record) for record in job["only"]])
    limits = Limits(job["executions"], started + job["seconds"], job["seed"])
    laboratory = Laboratory(scene.runner, Probes(scene.module), scene.given.arguments)
    # The first half of the time is for the function itself, half of the rest for the first of those that call it.
    looking: Search[Function] = Search(branches, lines, limits, parts=2, others=laboratory.probes.conditions)
    functions = enumerate(scene.inputs)
    looking.through([partial(_function, looking, laboratory, *numbered) for numbered in functions])
    # With a budget in executions there is ample time, so that the clock decides nothing.
    until = max(time.monotonic() + REDUCE_SECONDS, limits.deadline)
    return _shown(looking, scene, laboratory.corpus, job, until)


def _function(looking: Search[Function], laboratory: Laboratory, number: int, inputs: Inputs) -> Function | None:
    if not inputs.obstacle:
        return Function(inputs, number, laboratory)
    looking.dropped[inputs.obstacle] += 1
    return None


def _shown(looking: Search[Function], scene: Scene, seen: corpus.Corpus, job: Record, until: float) -> Record:
    """What a search that has ended comes to, made plain as long as there is time."""
    results = cover(looking.results)
    reduced = [
        (result, _reduced(looking, result, share(until, len(results) - at))) for at, result in enumerate(results)
    ]
    # What tells mutants apart may make a test better: to find it takes no longer than a part of the search.
    soon = min(until, time.monotonic() + job["seconds"] / TELLING)
    near = [corpus.around(looking, result, call, len(reduced), soon) for result, call in reduced]
    edges = [edge for result, call in reduced for edge in corpus.edges(result, call, soon)]
    others = [*edges, *(call for of_result in near for call in of_result)]
    chosen = seen.chosen([call for _, call in reduced], others, job["constants"])
    testable = frozenset(call for call in chosen if _is_wanted(scene, call))
    return {
        "found": [
            record
            for (result, call), beside in zip(reduced, near, strict=True)
            for record in _records(looking, result, call, beside, until)
        ],
        "corpus": corpus.written(chosen, scene.entries, testable),
        "executions": looking.executions,
        "dropped": dict(looking.dropped),
        "ideas": dict(looking.ideas),
    }


def _given(scene: Scene, wanted: Reached, given: list[Call]) -> Record:
    """As `search` answers, of these calls: smaller ones of which there is the same to say, then as they are."""
    outcomes = [(call, scene.runner.call(call)) for call in given]
    found = [
        _record(reached_by(wanted, outcome.branches), shown)
        for call, outcome in outcomes
        if not outcome.refusal
        for shown in dict.fromkeys((_smaller(scene, call), call))
    ]
    return {"found": found, "corpus": [], "executions": len(given), "dropped": {}, "ideas": {}}


def _smaller(scene: Scene, call: Call) -> Call:
    """The call made small, as long as the same is to be said of it."""
    inputs = _inputs(scene, call)
    done = said(scene.runner, call)
    if inputs is None or not done:
        return call

    def holds(other: Call) -> bool:
        return inputs.conforms(other) and said(scene.runner, other) == done

    return reduce(call, {}, holds, inputs.strangeness, FEW_TRIES)


def _inputs(scene: Scene, call: Call) -> Inputs | None:
    """What is known of the function that is called."""
    return next((inputs for inputs in scene.inputs if inputs.entry.key == call.qualname), None)


def _is_wanted(scene: Scene, call: Call) -> bool:
    """Whether a test of this call is one that people might want: usual, short, and of values that people write."""
    inputs = _inputs(scene, call)
    if inputs is None or call.size > corpus.LONGEST:
        return False
    return inputs.is_usual(call) and not inputs.unwritten(call)


def _records(
    looking: Search[Function], result: Result[Function], call: Call, near: Iterable[Call], until: float
) -> Iterator[Record]:
    """A chosen call, and behind it one that does something else on the same way: its test may notice more."""
    rules = result.subject.rules(result.call)
    function = result.subject
    yield {**_record(result.reached, call, rules), "doubt": _doubt(looking, function, call, result.reached, until)}
    done = said(function.runner, call)
    for other in (*_others(looking, result), *(dataclasses.replace(result, call=beside) for beside in near)):
        if said(function.runner, other.call) not in ([], done):
            least = _reduced(looking, other, until, unlike=done)
            doubt = _doubt(looking, function, least, result.reached, until)
            yield {**_record(result.reached, least, rules), "spare": True, "doubt": doubt}
            return


def _doubt(looking: Search[Function], function: Function, call: Call, reached: Reached, until: float) -> int:
    """As of a `Finding`."""
    runner, inputs = function.runner, function.inputs
    # On a slow machine making it small may have taken all the time.
    until = max(until, time.monotonic() + ASK_SECONDS)
    shows_nothing = (
        informative.is_void(runner, call)
        or informative.is_indifferent(runner, call, reached, looking.reached)
        or informative.is_ineffective(runner, inputs, call, looking.reached, until)
    )
    # A class that the annotation allows is refused: one of the two is wrong, and a test would side with the code.
    contradicts = isinstance(function.runner.call(call).raised, TypeError) and inputs.are_declared(call)
    # Where nobody wrote anything, all values are nobody's: that alone silences no test.
    odd = bool(inputs.oddness(call) + inputs.unwritten(call))
    return odd + INDIFFERENT * shows_nothing + CONTRADICTING * contradicts


def _others(looking: Search[Function], result: Result[Function]) -> list[Result[Function]]:
    """The other results that reach the same and that callers might make, the best first."""
    held = {other.call: other for item in result.reached for other in looking.results[item]}
    fitting = (
        other
        for other in held.values()
        if result.reached <= other.reached and not other.cost.exceptional and other.call != result.call
    )
    return [
        dataclasses.replace(other, reached=result.reached) for other in sorted(fitting, key=attrgetter("cost"))
    ]


def _reduced(
    looking: Search[Function], result: Result[Function], until: float, unlike: list[Record] | None = None
) -> Call:
    """The call made small, as long as it reaches the same; what it does stays something else than `unlike`."""
    function = result.subject
    inputs = function.inputs
    about = _words(function, result.reached)

    def unspoken(value: str) -> int:
        """How many of its objects are of a class that the lines which are reached do not speak of."""
        return sum(name.lower() not in about for name in MADE.findall(value))

    plain = {name: pool.preferred(unspoken) for name, pool in inputs.pools.items()}
    refilled = inputs.refilled(result.call.receiver or "")
    plain[""] = (*refilled, *sorted(inputs.known_receivers, key=len)[:MOST_RECEIVERS])
    # Made from nothing, or as nobody made it, an object shows little where it matters what is in it.
    known = {result.call.receiver, *(one for one in plain[""] if not one.endswith("()"))}
    before = function.runner.call(result.call)
    is_ineffective = partial(informative.is_ineffective, function.runner, inputs, of=looking.reached, until=until)
    is_telling = not result.cost.uninformative and not is_ineffective(result.call)

    def unusual(call: Call) -> tuple[int, int, int]:
        return *function.strangeness(call, before), sum(unspoken(value) for _, value in call.arguments)

    def does_the_same(call: Call) -> bool:
        if time.monotonic() > until:
            return False
        if not result.cost.exceptional and not inputs.conforms(call):
            return False
        outcome = function.runner.call(call)
        if outcome.refusal or type(outcome.raised) is not type(before.raised):
            return False
        rank = informative_rank(outcome)
        if rank > informative_rank(before) or not result.reached <= looking.reached(outcome):
            return False
        if call.setup and informative.unobserved(function.runner, call, result.reached, looking.reached):
            return False
        shown = said(function.runner, call)
        on_first = dataclasses.replace(call, receiver=result.call.receiver)
        is_same = not plain[""] or call.receiver in known or shown == said(function.runner, on_first)
        return shown not in ([], unlike) and is_same and not (is_telling and is_ineffective(call))

    return reduce(result.call, plain, does_the_same, unusual)


def _words(function: Function, reached: Reached) -> frozenset[str]:
    """The words of what is reached; a statement may go on in the next line."""
    lines = {at + further for at in informative.lines_of(reached) for further in (0, 1)}
    return frozenset(word for at in lines for word in re.findall(r"[a-z]+", function.runner.line(at).lower()))


def _record(reached: Reached, call: Call, rules: frozenset[str] = frozenset()) -> Record:
    branches = sorted(item for item in reached if isinstance(item, tuple))
    lines = sorted(item for item in reached if isinstance(item, int))
    return {"call": calls.dump(call), "branches": branches, "reached": lines, "rules": sorted(rules)}
