"""Look for calls that reach what no test reached; each that takes a new branch is a start for further ones."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from . import worth
from .bounds import Limits
from .calls import Call
from .guide import Guide
from .inputs import Inputs
from .probe import Probes
from .run import Outcome, Runner
from .trace import Branch, Reached, reached_by
from .varied import Varied
from .worth import Corpus, Find, best, is_function

PATIENCE = 2000
ROUND = 100
# So many calls more, when all is reached, in the hope of ones that make better tests.
POLISH = 60
MOST_REFINED = 6
DEEPEST = 3
MOST_GIVEN = 12
Solver: TypeAlias = Callable[[Inputs, float], Iterable[Call]]
"""Calls of a function for conditions to which nothing else leads, found in so many seconds."""
Arguments: TypeAlias = Callable[[object], Iterable[tuple[str, ...]]]
"""What to call a function with that a call gave."""


class Search:
    """The search for one file's missing branches and lines through one entry after the other."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is known to another part of a job
        self,
        runner: Runner,
        probes: Probes,
        branches: Iterable[Branch],
        lines: Iterable[int],
        limits: Limits,
        arguments: Arguments,
        solver: Solver = lambda _inputs, _seconds: (),
    ) -> None:
        self._arguments, self._solver = arguments, solver
        wanted = frozenset(branches)
        self.runner = runner
        self.wanted: Reached = wanted | frozenset(lines)
        self.guide = Guide(runner, probes, wanted)
        self.limits = self._now = limits
        self.executions = 0
        self.dropped: Counter[str] = Counter()
        self.ideas: Counter[str] = Counter()
        self.finds: dict[Branch | int, list[Find]] = {}
        self.corpus = Corpus()
        self._known: set[Branch] = set()
        self._given = 0

    @property
    def open(self) -> Reached:
        """What is wanted and was not reached yet."""
        return self.wanted - self.finds.keys()

    @property
    def unsettled(self) -> Reached:
        """What is wanted and was reached by nothing yet, or only by calls that say little."""
        return self.wanted - {item for item, (first, *_) in self.finds.items() if not first.is_poor}

    def everywhere(self, ways: Sequence[Inputs]) -> None:
        """Search through one function after the other."""
        for number, inputs in enumerate(ways):
            self._now = self.limits.part(self.executions, len(ways) - number)
            if not self.unsettled:
                return
            if inputs.obstacle:
                self.dropped[inputs.obstacle] += 1
            else:
                self._through(inputs, number)

    def _through(self, inputs: Inputs, number: int) -> None:
        """Search through one function until nothing new comes for a while."""
        self._known, self._given = set(), 0
        varied = Varied(inputs, random.Random(self.limits.seed + number))  # noqa: S311 - it need not be hard to guess
        bases = list(dict.fromkeys(inputs.calls))
        idle = 0
        for call in (*bases, *inputs.wrong(bases or [varied.any([])])):
            if self.over():
                return
            self._look(inputs, call, bases)
        while idle < PATIENCE and not self.over() and self.open:
            if idle % ROUND == 0:
                self._guided(inputs, bases)
            idle = 0 if self._look(inputs, varied.any(bases), bases) else idle + 1
        self._guided(inputs, bases)
        self._solved(inputs, bases)
        self._refine(inputs, bases)
        for _ in range(POLISH):
            if self.over() or self.open or not self._is_poor():
                return
            self._look(inputs, varied.any(bases), bases)

    def _is_poor(self) -> bool:
        """Whether some of what was reached was reached only by a call that says little, or that nobody writes."""
        return any(not one.is_usual or one.rank or one.oddness for one, *_ in self.finds.values())

    def _guided(self, inputs: Inputs, bases: list[Call]) -> None:
        """Try what the guide thinks would help, as long as that is new."""
        for call in self.guide.calls(inputs, self._is_open):
            if self.over() or not self.unsettled:
                return
            self._look(inputs, call, bases)

    def _solved(self, inputs: Inputs, bases: list[Call]) -> None:
        """Try what a solver says, where nothing else led to all that is wanted."""
        if self.open and not self.over():
            for call in self._solver(inputs, self._now.left):
                self._look(inputs, call, bases)

    def _is_open(self, line: int) -> bool:
        """Whether a branch from this line is still wanted, or a better call for it."""
        return any(isinstance(item, tuple) and item[0] == line for item in self.unsettled)

    def _refine(self, inputs: Inputs, bases: list[Call]) -> None:
        """Try calls near those that say little, in the hope that they say more."""
        own = (
            next((one for one in self.finds.get(item, ()) if one.inputs is inputs), None)
            for item in self.unsettled
        )
        poor = {one.call: one for one in own if one is not None and one.is_poor}
        for find in sorted(poor.values(), key=lambda one: one.cost)[:MOST_REFINED]:
            for call in self.guide.variations(find.call, inputs):
                if self.over() or not find.reached & self.unsettled:
                    break
                self._look(inputs, call, bases)

    def over(self) -> bool:
        """Whether what this function may use is used up."""
        return self._now.over(self.executions)

    def _look(self, inputs: Inputs, call: Call, bases: list[Call]) -> bool:
        """Try a call; whether it took a branch never seen before, and so became a base."""
        outcome = self._try(inputs, call)
        is_new = not outcome.refusal and not self._known.issuperset(outcome.branches)
        if is_new:
            self._known |= outcome.branches
            bases.append(call)
        if is_function(outcome.result) and len(call.then) < DEEPEST:
            if is_new or call.then:
                self._call_given(inputs, call, outcome.result, bases)
            elif self._is_early:
                self._given += 1
                self._call_given(inputs, call, outcome.result, bases)
        return is_new

    def _call_given(self, inputs: Inputs, call: Call, given: object, bases: list[Call]) -> None:
        """Call what a decorator or factory gives: it shows itself then."""
        for values in self._arguments(given):
            if self.over():
                return
            self._look(inputs, dataclasses.replace(call, then=(*call.then, values)), bases)

    @property
    def _is_early(self) -> bool:
        """Whether few functions were given so far: what the first ones were made of may matter."""
        return self._given < MOST_GIVEN

    def _try(self, inputs: Inputs, call: Call) -> Outcome:
        self.executions += 1
        self.ideas.update(inputs.rules(call))
        outcome = self.runner.call(call)
        self.guide.see(call, outcome)
        reached = self.reached(outcome)
        if outcome.branches and not outcome.refusal:
            self.corpus.add(call, outcome)
        if not reached:
            return outcome
        if refusal := outcome.refusal or worth.objection(self.runner, inputs, call, outcome):
            self.dropped[refusal] += 1
            return outcome
        if call.setup and reached & self.unsettled:  # it costs some runs to know
            reached -= worth.untold(self.runner, call, reached, self.reached)
        self._keep(Find(call, inputs, reached, worth.rank(inputs, outcome, reached, self.runner.filename)))
        return outcome

    def reached(self, outcome: Outcome) -> Reached:
        """What of the wanted a call reached."""
        return reached_by(self.wanted, outcome.branches)

    def _keep(self, find: Find) -> None:
        for item in find.reached:
            self.finds[item] = best(self.finds.get(item, ()), find)
