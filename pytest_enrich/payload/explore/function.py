"""A function as the subject of a search: which calls to try, and which of them are worth a test."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice

from ..engine import guide
from ..engine.guide import Approach
from ..engine.probe import LACKING, Note, Probes
from ..engine.search import Cost, Result, Search, Subject
from ..engine.solve import proposals
from ..rules import rule
from . import informative
from .calls import Call
from .corpus import Corpus
from .entry import MAKERS
from .inputs import Inputs
from .run import UNMADE, Outcome, Runner
from .varied import Given, Varied

ROUND = 100
OPENING, MIXED = 30, 3
"""So many random calls come first, and one after so many of the guide's: easy targets need no guide."""
POLISH = 60
"""So many more calls are tried when all is reached, in the hope of better tests."""
MOST_REFINED = 6
BESIDE = informative.SILENT + 2
"""The rank of a refusal as a test of what ended well before it: it shows less of that than anything else."""
DETOUR = 2
"""How strange a detour is: more so than one odd value."""
MOST_PATCHED = 3
"""So many of the calls that tests make are tried in other surroundings."""
MOST_PROPOSALS = 160
MOST_LACKING, MOST_PROVIDED = 3, 20
"""So many calls in which an object of one type lacks an attribute lead to so many others each."""
DEEPEST = 2
DEEPEST_RETURNED = 3
MOST_RETURNED = 12
"""So many returned callables are tried without a new branch taken: how the first were made may matter."""


@dataclasses.dataclass(frozen=True)
class Laboratory:
    """What all functions of a search are called with.

    Attributes:
        runner: Runs calls.
        probes: Of the file's functions.
        given: Arguments for functions that calls return.
        corpus: Keeps the calls that were made.
    """

    runner: Runner
    probes: Probes
    given: Given
    corpus: Corpus = dataclasses.field(default_factory=Corpus)


class Function(Subject[Outcome]):
    """One function; `inputs` is what is known about calling it, `number` its place among the others.

    Any call fits, since it costs little and may show what to try next, except on an object that cannot be made.
    """

    def __init__(self, inputs: Inputs, number: int, laboratory: Laboratory) -> None:
        self.inputs = inputs
        self._number, self._laboratory = number, laboratory
        self.runner = laboratory.runner
        self._latest: Outcome | None = None
        self._unmade: set[str] = set()
        self._lacking: list[tuple[Call, Note]] = []
        self._lacked = Counter[tuple[type, str]]()

    def fits(self, call: Call) -> bool:
        """Whether its object can be made, as far as it is known."""
        return call.receiver not in self._unmade

    def starts(self) -> list[Call]:
        """The calls that tests make, and those that were found before."""
        return list(dict.fromkeys([*self.inputs.calls, *self.inputs.starts]))

    def rules(self, call: Call) -> frozenset[str]:
        """The rules that came up with a call."""
        return self.inputs.rules(call)

    def run(self, calls: Sequence[Call], _deadline: float) -> list[Outcome]:
        """What each call did; its result is looked at before the next call."""
        outcomes = [self.runner.call(call) for call in calls]
        for call, outcome in zip(calls, outcomes, strict=True):
            self._latest = outcome
            if outcome.refusal == UNMADE and call.receiver and not call.setup:
                # An argument that makes an object may be what cannot be made.
                is_alone = not any("⟩(" in value for _, value in call.arguments)
                self._unmade |= {call.receiver} if is_alone else set()
            if outcome.branches and not outcome.refusal:
                self._laboratory.corpus.add(call, outcome)
            if isinstance(error := outcome.raised, AttributeError) and isinstance(error.name, str):
                self._lacked[asked := (type(error.obj), error.name)] += 1
                if self._lacked[asked] <= MOST_LACKING:
                    self._lacking.append((call, Note(0, LACKING, error.obj, error.name)))
        return outcomes

    @rule("attributes lacked")
    def _provided(self) -> Iterator[Call]:
        """Calls in which an object that lacked an attribute gives way to one that has it."""
        while self._lacking:
            call, note = self._lacking.pop(0)
            likely = proposals([note], self.inputs.sites(call), self.inputs.like)
            yield from islice(dict.fromkeys(likely), MOST_PROVIDED)

    def watch(self, call: Call, lines: Collection[int]) -> list[Note]:
        """What conditions compare when the call is made."""
        with self._laboratory.probes.watching(lines) as notes:
            self.runner.call(call)
        return notes

    def ideas(self, search: Search[Function]) -> Iterator[Call]:
        """Calls that tests make, then random ones, and what a guide makes of those that came near."""
        varied = Varied(self.inputs, random.Random(search.limits.seed + self._number))  # noqa: S311 - no secret
        returned = iter(range(MOST_RETURNED))
        starts, patched = [*search.starts], self._patched(varied)
        opening = (varied.any(search.starts) for _ in range(OPENING) if search.unreached)
        for call in chain(starts, patched, self.inputs.wrong(starts or [varied.any([])]), opening):
            yield from self._with_returned(call, search, returned)
        while search.idle < search.limits.idle and search.unreached:
            for call in chain(self._provided(), self._mixed(search, varied)):
                yield from self._with_returned(call, search, returned)
            near = search.guide.near(search.is_open)
            for number in range(ROUND):
                if not search.unreached:
                    break
                starts_before = len(search.starts)
                bases = near if near and number % 2 else search.starts
                yield from self._with_returned(varied.any(bases, search.idle), search, returned)
                if len(search.starts) > starts_before:
                    break
        for call in chain(self._guided(search), self._refined(search)):
            yield from self._with_returned(call, search, returned)
        for _ in range(POLISH):
            if search.unreached or not any(_can_be_better(first) for first, *_ in search.results.values()):
                return
            yield from self._with_returned(varied.any(search.starts), search, returned)

    def _patched(self, varied: Varied) -> Iterator[Call]:
        """Calls before which something is set that the code asks its surroundings for."""
        for pair in self.inputs.patched:
            for start in self.starts()[:MOST_PATCHED] or [varied.any([])]:
                yield dataclasses.replace(start, patched=(pair,))

    def _with_returned(self, call: Call, search: Search[Function], returned: Iterator[int]) -> Iterator[Call]:
        """A call, then calls of what it returned: decorators and factories show what they do only then."""
        starts_before = len(search.starts)
        self._latest = None
        yield call
        outcome = self._latest
        if outcome is None or len(call.then) >= DEEPEST_RETURNED or not informative.is_function(outcome.result):
            return
        if len(search.starts) > starts_before or call.then or next(returned, None) is not None:
            for values in self._laboratory.given.arguments(outcome.result):
                further = dataclasses.replace(call, then=(*call.then, values))
                yield from self._with_returned(further, search, returned)

    def _mixed(self, search: Search[Function], varied: Varied) -> Iterator[Call]:
        """The guide's proposals, mixed with random calls."""
        for number, call in enumerate(self._guided(search)):
            yield call
            if number % MIXED == 0:
                yield varied.any(search.starts, search.idle)

    def _guided(self, search: Search[Function]) -> Iterator[Call]:
        """The guide's proposals, as long as something is left to be found."""

        def is_wanted(line: int) -> bool:
            return search.is_open(line) or search.guide.is_one_way(line)

        approach = Approach(self.inputs, self.watch, MOST_PROPOSALS, DEEPEST, is_wanted)
        return search.guide.ideas(approach.towards, search.is_open)

    def _refined(self, search: Search[Function]) -> Iterator[Call]:
        """Calls near those that say little, in the hope that they say more."""
        groups = (search.results.get(item, ()) for item in search.open())
        best = (next((result for result in results if result.subject is self), None) for results in groups)
        poor = {result.call: result for result in best if result is not None and result.is_poor}
        for result in sorted(poor.values(), key=lambda result: result.cost)[:MOST_REFINED]:
            for call in guide.variations(self.inputs, self.watch, result.call):
                if not result.reached & search.open():
                    break
                yield call

    def strangeness(self, call: Call, outcome: Outcome) -> tuple[int, int]:
        """As of `Inputs`, plus values that nobody passes by mistake if refused, and negative numbers if not."""
        misleading = self.inputs.unlikely(call) if outcome.raised else self.inputs.below_zero(call)
        odd, far = self.inputs.strangeness(call)
        # For a refusal an object needs nothing in it.
        odd -= self.inputs.made_from_nothing(call) if outcome.raised else 0
        return odd + misleading + DETOUR * self.inputs.is_detour, far

    def judge(self, call: Call, outcome: Outcome, search: Search[Function]) -> Result[Function] | str:
        """How good a test the call promises, or why nobody would want one."""
        runner, inputs, reached = self.runner, self.inputs, search.reached(outcome)
        if refusal := outcome.refusal or informative.objection(runner, inputs, call, outcome):
            return refusal
        led = informative.led_to_refusal(outcome, runner, reached) if outcome.raised is not None else reached
        # A refusal stands for what ended well on the way to it only if nothing else reaches that.
        is_beside, reached = bool(reached) and not led, led or reached
        if call.setup:
            reached -= informative.unobserved(runner, call, reached, search.reached)
        rank = BESIDE if is_beside else informative.rank(runner, inputs, call, outcome, search.reached)
        cost = Cost(not inputs.conforms(call), rank, 0, *self.strangeness(call, outcome), call.size)
        # Finding out takes several calls: only what would be the best is worth them.
        is_best = not rank and outcome.raised is None and search.is_better(cost, reached)
        if is_best and informative.is_ineffective(runner, inputs, call, search.reached, search.turn.deadline):
            cost = cost._replace(uninformative=1)
        is_dull = bool(cost.uninformative) and (inputs.entry.answers or inputs.entry.name in MAKERS)
        return Result(self, call, reached, cost, is_dull or is_beside or inputs.is_detour)


def _can_be_better(result: Result[Function]) -> bool:
    """Whether it shows little, or nobody writes it; its values and their number are improved by the reduction."""
    return any(result.cost._replace(foreign=0, size=0))
