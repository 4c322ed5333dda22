"""Look for calls that reach what no test reached; each that takes a new branch is a start for further ones."""

from __future__ import annotations

import dataclasses
import random
import time
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from ..express import express
from .calls import Call
from .inputs import Inputs
from .observe import observe
from .run import Outcome, Runner
from .trace import Branch

PATIENCE = 2000
ALTERNATIVES = 5
SILENT = 2
DEEPEST = 3
THEN: tuple[tuple[str, ...], ...] = (
    (),
    ("2",),
    ("'abc'",),
    ("lambda value: value",),
    ("⟨builtins:len⟩",),
    ("2", "3"),
)
Reached = frozenset["Branch | int"]


@dataclasses.dataclass(frozen=True)
class Find:
    """A call, what it reaches of what is wanted, and how good a test it promises (smaller is better)."""

    call: Call
    inputs: Inputs
    reached: Reached
    rank: int

    @cached_property
    def cost(self) -> tuple[int, int]:
        """What to prefer among calls that reach the same."""
        return self.rank, self.call.size


class Search:
    """The search for one file's missing branches and lines through one entry after the other."""

    def __init__(self, runner: Runner, branches: Iterable[Branch], lines: Iterable[int], limits: Limits) -> None:
        self.runner = runner
        self.wanted: Reached = frozenset([*branches, *lines])
        self.limits = limits
        self.executions = 0
        self.dropped: Counter[str] = Counter()
        self.finds: dict[Branch | int, list[Find]] = {}
        self._known: set[Branch] = set()

    @property
    def open(self) -> Reached:
        """What is wanted and was not reached yet."""
        return self.wanted - self.finds.keys()

    def through(self, inputs: Inputs, number: int) -> None:
        """Search through one function until nothing new comes for a while."""
        if not inputs.callable:
            return
        chance = random.Random(self.limits.seed + number)  # noqa: S311 - it need not be hard to guess
        bases = list(dict.fromkeys(inputs.calls))
        idle = 0
        for call in list(bases):
            self._look(inputs, call, bases)
        while idle < PATIENCE and not self.over() and self.open:
            idle = 0 if self._look(inputs, inputs.any(chance, bases), bases) else idle + 1

    def over(self) -> bool:
        """Whether the budget is used up."""
        return self.executions >= self.limits.executions or time.monotonic() >= self.limits.deadline

    def _look(self, inputs: Inputs, call: Call, bases: list[Call]) -> bool:
        """Try a call; whether it took a branch never seen before, and so became a base."""
        outcome = self._try(inputs, call)
        is_new = not outcome.refusal and not self._known.issuperset(outcome.branches)
        if is_new:
            self._known |= outcome.branches
            bases.append(call)
        if is_function(outcome.result) and len(call.then) < DEEPEST and (is_new or call.then):
            # What a decorator or factory gives shows itself when it is called.
            for values in THEN:
                self._look(inputs, dataclasses.replace(call, then=(*call.then, values)), bases)
        return is_new

    def _try(self, inputs: Inputs, call: Call) -> Outcome:
        self.executions += 1
        outcome = self.runner.call(call)
        reached = self.reached(outcome)
        if not reached:
            return outcome
        if refusal := outcome.refusal or self._objection(inputs, call, outcome):
            self.dropped[refusal] += 1
            return outcome
        self._keep(Find(call, inputs, reached, rank(outcome)))
        return outcome

    def _objection(self, inputs: Inputs, call: Call, outcome: Outcome) -> str:
        """Why nobody would want a test of this call, "" when somebody may."""
        if not inputs.conforms(call):
            return "not what callers pass"
        telling = rank(outcome) < SILENT or bool(observe(self.runner, self.runner.program(call))[1])
        return "" if telling else "nothing to observe"

    def reached(self, outcome: Outcome) -> Reached:
        """What of the wanted a call reached."""
        lines = {to for _, to in outcome.branches}
        return self.wanted & (outcome.branches | lines)

    def _keep(self, find: Find) -> None:
        cost = find.cost
        for item in find.reached:
            held = self.finds.setdefault(item, [])
            full = len(held) >= ALTERNATIVES
            if (not full or cost < held[-1].cost) and find.call not in [one.call for one in held]:
                self.finds[item] = sorted([*held, find], key=lambda one: one.cost)[:ALTERNATIVES]


@dataclasses.dataclass(frozen=True)
class Limits:
    """When to stop: a number of executions, a moment of the monotonic clock; and the seed."""

    executions: int
    deadline: float
    seed: int


def rank(outcome: Outcome) -> int:
    """0 for a call with something to say, 1 for an empty or zero result, 2 for None, 3 for a function."""
    if outcome.raised is not None:
        return 0
    if is_function(outcome.result):
        return SILENT + 1
    return SILENT if outcome.result is None else int(is_degenerate(outcome.result))


def is_function(result: object) -> bool:
    """Whether a result is there to be called."""
    return callable(result) and not isinstance(result, type) and express(result) is None


def is_degenerate(result: object) -> bool:
    """Whether a result says little: nothing in it, or zero."""
    try:
        return not isinstance(result, bool) and not result
    except Exception:  # a __bool__ of the project's may raise
        return True


def choose(search: Search) -> list[Find]:
    """The fewest finds that together reach all that was reached: greedily, most first."""
    left = set(search.finds)
    chosen: list[Find] = []
    every = {id(find): find for finds in search.finds.values() for find in finds}.values()
    while left:
        best = max(every, key=lambda find: (len(find.reached & left), -find.rank, -find.call.size))
        chosen.append(dataclasses.replace(best, reached=frozenset(best.reached & left)))
        left -= best.reached
    return chosen
