"""A function as the subject of a search: which calls to try, and which of them are worth a test."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice

from ..engine import guide
from ..engine.guide import Approach
from ..engine.probe import Note, Probes
from ..engine.search import Cost, Result, Search, Subject
from ..express import evaluable, express
from ..rules import rule
from . import informative
from .calls import Call, ordered
from .corpus import Corpus
from .entry import MAKERS
from .inputs import Inputs
from .run import Outcome, Runner
from .varied import Given, Varied

ROUND = 100
OPENING, MIXED = 30, 3
"""So many calls by chance come first, and one after so many of the guide's: what is easy needs no guide."""
POLISH = 60
"""So many calls more, when all is reached, in the hope of ones that make better tests."""
MOST_REFINED = 6
BESIDE = informative.SILENT + 2
"""How little a refusal says of what ended well before it: less than anything else does."""
DETOUR = 2
"""It is stranger than one odd value."""
MOST_CARRIED, MOST_CARRYING = 24, 3
"""So many calls are carried over, each into so many of those that tests make."""
"""Of a structure that a function walks down."""
MOST_PROPOSALS = 160
DEEPEST = 2
DEEPEST_RETURNED = 3
MOST_RETURNED = 12
"""Returned callables that are tried where no new branch was taken: what the first were made of may matter."""


@dataclasses.dataclass(frozen=True)
class Laboratory:
    """What all functions of a search are called with.

    Attributes:
        runner: Runs calls.
        probes: Of the file's functions.
        given: What to do with what a call returned.
        corpus: Keeps the calls that were made.
    """

    runner: Runner
    probes: Probes
    given: Given
    corpus: Corpus = dataclasses.field(default_factory=Corpus)


class Function(Subject[Outcome]):
    """One function; `inputs` is what is known about calling it, `number` its place among the others.

    Any call fits: it costs little, and may show what to try next.
    """

    def __init__(self, inputs: Inputs, number: int, laboratory: Laboratory) -> None:
        self.inputs = inputs
        self._number, self._laboratory = number, laboratory
        self.runner = laboratory.runner
        self._latest: Outcome | None = None

    def starts(self) -> list[Call]:
        """The calls that tests make, and those that were found before."""
        return list(dict.fromkeys([*self.inputs.calls, *self.inputs.starts]))

    def rules(self, call: Call) -> frozenset[str]:
        """The rules that thought of a call."""
        return self.inputs.rules(call)

    def run(self, calls: Sequence[Call], _deadline: float) -> list[Outcome]:
        """What each call did; what one gave is looked at before the next."""
        outcomes = [self.runner.call(call) for call in calls]
        for call, outcome in zip(calls, outcomes, strict=True):
            self._latest = outcome
            if outcome.branches and not outcome.refusal:
                self._laboratory.corpus.add(call, outcome)
        return outcomes

    def watch(self, call: Call, lines: Collection[int]) -> list[Note]:
        """What conditions compare when the call is made."""
        with self._laboratory.probes.watching(lines) as notes:
            self.runner.call(call)
        return notes

    def ideas(self, search: Search[Function]) -> Iterator[Call]:
        """What tests do, then whatever chance says, and what a guide makes of what came near."""
        varied = Varied(self.inputs, random.Random(search.limits.seed + self._number))  # noqa: S311 - no secret
        returned = iter(range(MOST_RETURNED))
        starts, carried = [*search.starts], chain(self._carried(search), self._patched(varied))
        opening = (varied.any(search.starts) for _ in range(OPENING) if search.unreached)
        for call in chain(starts, carried, self.inputs.wrong(starts or [varied.any([])]), opening):
            yield from self._with_returned(call, search, returned)
        while search.idle < search.limits.idle and search.unreached:
            for call in self._mixed(search, varied):
                yield from self._with_returned(call, search, returned)
            for _ in range(ROUND):
                if not search.unreached:
                    break
                known = len(search.starts)
                yield from self._with_returned(varied.any(search.starts, search.idle), search, returned)
                if len(search.starts) > known:
                    break
        for call in chain(self._guided(search), self._refined(search)):
            yield from self._with_returned(call, search, returned)
        for _ in range(POLISH):
            if search.unreached or not any(_can_be_better(first) for first, *_ in search.results.values()):
                return
            yield from self._with_returned(varied.any(search.starts), search, returned)

    @rule("carried to the front")
    def _carried(self, search: Search[Function]) -> Iterator[Call]:
        """Calls of tests with what is passed on a detour, by its name: as parameters, or as keywords."""
        held = (result for results in search.results.values() for result in results)
        found = dict.fromkeys(one.call for one in held if one.subject.inputs.is_detour)
        for call in islice(found, MOST_CARRIED):
            passed = dict(call.arguments)
            for _, value in evaluable([*passed.values()]):
                if isinstance(value, dict) and all(isinstance(key, str) and key.isidentifier() for key in value):
                    passed |= {key: text for key, one in value.items() if (text := express(one)) is not None}
            taken = self.inputs.pools.keys() | (passed.keys() if self.inputs.keywords else set())
            for start in self.starts()[:MOST_CARRYING]:
                carried = start
                for name in sorted(passed.keys() & taken):
                    carried = carried.with_argument(name, passed[name])
                yield ordered(carried, self.inputs.entry)

    def _patched(self, varied: Varied) -> Iterator[Call]:
        """Calls with that set before which the code asks its surroundings for."""
        for pair in self.inputs.patched:
            for start in self.starts()[:MOST_CARRYING] or [varied.any([])]:
                yield dataclasses.replace(start, patched=(pair,))

    def _with_returned(self, call: Call, search: Search[Function], returned: Iterator[int]) -> Iterator[Call]:
        """A call, then what a decorator or factory returned: it shows itself when it is used."""
        known = len(search.starts)
        self._latest = None
        yield call
        outcome = self._latest
        if outcome is None or call.is_used or len(call.then) >= DEEPEST_RETURNED:
            return
        used = self._laboratory.given.uses(outcome.result)
        if used and (len(search.starts) > known or call.then or next(returned, None) is not None):
            for values in used:
                further = dataclasses.replace(call, then=(*call.then, values))
                yield from self._with_returned(further, search, returned)

    def _mixed(self, search: Search[Function], varied: Varied) -> Iterator[Call]:
        """What the guide thinks would help, and between that calls by chance."""
        for number, call in enumerate(self._guided(search)):
            yield call
            if number % MIXED == 0:
                yield varied.any(search.starts, search.idle)

    def _guided(self, search: Search[Function]) -> Iterator[Call]:
        """What the guide thinks would help, as long as something is left to be found."""

        def is_wanted(line: int) -> bool:
            return search.is_open(line) or search.guide.is_one_way(line)

        approach = Approach(self.inputs, self.watch, MOST_PROPOSALS, DEEPEST, is_wanted)
        return search.guide.ideas(approach.towards, search.is_open)

    def _refined(self, search: Search[Function]) -> Iterator[Call]:
        """Calls near those that say little, in the hope that they say more."""
        held = (search.results.get(item, ()) for item in search.open())
        own = (next((result for result in results if result.subject is self), None) for results in held)
        poor = {result.call: result for result in own if result is not None and result.is_poor}
        for result in sorted(poor.values(), key=lambda result: result.cost)[:MOST_REFINED]:
            for call in guide.variations(self.inputs, self.watch, result.call):
                if not result.reached & search.open():
                    break
                yield call

    def strangeness(self, call: Call, outcome: Outcome) -> tuple[int, int]:
        """As of `Inputs`; what is refused is what people pass by mistake, and no negative number is taken."""
        misleading = self.inputs.unlikely(call) if outcome.raised else self.inputs.below_zero(call)
        odd, far = self.inputs.strangeness(call)
        # To be refused an object needs nothing in it.
        odd -= self.inputs.made_from_nothing(call) if outcome.raised else 0
        return odd + misleading + DETOUR * self.inputs.is_detour, far

    def judge(self, call: Call, outcome: Outcome, search: Search[Function]) -> Result[Function] | str:
        """How good a test it promises, or why nobody would want one."""
        runner, inputs, reached = self.runner, self.inputs, search.reached(outcome)
        if refusal := outcome.refusal or informative.objection(runner, inputs, call, outcome):
            return refusal
        led = reached
        # What made an object that refuses to be used so is why it does.
        if outcome.raised is not None and not call.is_used:
            led = informative.led_to_refusal(outcome, runner, reached)
        # What ended well on the way to a refusal is shown by that only where nothing else comes there.
        is_beside, reached = bool(reached) and not led, led or reached
        if call.setup:
            reached -= informative.unobserved(runner, call, reached, search.reached)
        rank = BESIDE if is_beside else informative.rank(runner, inputs, call, outcome, search.reached)
        cost = Cost(not inputs.conforms(call), rank, 0, *self.strangeness(call, outcome), call.size)
        # To ask takes several calls: only what would be the best is worth them.
        is_best = not rank and outcome.raised is None and search.is_better(cost, reached)
        if is_best and informative.is_ineffective(runner, inputs, call, search.reached, search.turn.deadline):
            cost = cost._replace(uninformative=1)
        is_dull = bool(cost.uninformative) and (inputs.entry.answers or inputs.entry.name in MAKERS)
        return Result(self, call, reached, cost, is_dull or is_beside or inputs.is_detour)


def _can_be_better(result: Result[Function]) -> bool:
    """Whether it says little, or is what nobody writes; other values, and fewer, it gets when it is made plain."""
    return any(result.cost._replace(foreign=0, size=0))
