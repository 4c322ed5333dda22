"""Calls drawn at random, and arguments for functions that calls return: only these show what decorators do."""

from __future__ import annotations

import dataclasses
import inspect
import random
from collections.abc import Iterable, Iterator, Sequence
from types import CodeType, FunctionType, MethodType
from typing import Any, TypeAlias

from ..express import evaluable
from ..rules import rule, types
from ..rules.body import parameters
from ..rules.values import World
from .calls import Call, given, ordered
from .entry import Entry
from .examples import POSITIONAL
from .inputs import Inputs
from .pool import Pool
from .shown import namesakes
from .supply import Known, Seen
from .templates import grafted, vary

Arguments: TypeAlias = tuple[str, ...]
GENERAL: tuple[Arguments, ...] = (
    (), ("2",), ("'abc'",), ("lambda value: value",), ("⟨builtins:len⟩",), ("2", "3"),
)  # fmt: skip
"""Arguments that many functions accept, for those of which nothing tells what they take."""
MOST = 6
LONGEST = 80
MORE = {"variadic", "keywords"}
VARIED = 0.75
"""The share of calls that are variations."""
OPTIONAL, KEYWORDS, SETUP = 0.3, 0.3, 0.7
"""How often a new call passes an optional argument, passes an extra keyword, and has steps before it."""
MOST_CHANGES, PATIENCE = 2, 100
"""The most changes of a variation, and the number of vain calls after which there may be one more."""
OBJECT, STEPS = 0.2, 0.2
"""How often a variation has another object, and other steps before it: less often than other arguments."""
FAIR = 0.5
GRAFTED = 0.3
"""How often a value made of parts gets a part of another one."""


class Given:
    """Arguments for the functions that calls return.

    Args:
        beside: Calls that tests make in the module, including those of functions that others return.
        world: Values by type.
        seed: Of what is drawn.
    """

    def __init__(self, beside: Iterable[Call], world: World, seed: int) -> None:
        self._beside = tuple(beside)
        self._world, self._seed = world, seed
        self._known: dict[CodeType, tuple[Arguments, ...]] = {}

    @rule("calls of the result")
    def arguments(self, given: object) -> tuple[Arguments, ...]:
        """Positional arguments for it, first those that tests pass to it or to similar ones. Alone: 1 of 120."""
        method = given if isinstance(given, FunctionType | MethodType) else type(given).__call__
        function = inspect.unwrap(getattr(method, "__func__", method))
        if not isinstance(function, FunctionType):
            return GENERAL
        code = function.__code__
        if code not in self._known:
            self._known[code] = tuple(self._of(function, bound=not isinstance(given, FunctionType)))
        return self._known[code]

    def _of(self, function: FunctionType, *, bound: bool) -> Iterable[Arguments]:
        described = parameters(function, bound=bound)
        positional = [parameter for parameter in described if parameter["kind"] in POSITIONAL]
        needed = _needed(described)
        if not needed or any(parameter["kind"] not in POSITIONAL for parameter in needed):
            return GENERAL
        inputs = self._inputs(function, described)
        pools = [inputs.pools[parameter["name"]] for parameter in positional]
        rows = _rows(pools[: len(needed)])
        possible = (values for values in GENERAL if len(needed) <= len(values) <= len(positional))
        fitting = (values for values in possible if _are_fitting(values, pools))
        return dict.fromkeys((*rows, *fitting)) or GENERAL

    def _inputs(self, function: FunctionType, described: tuple[dict[str, Any], ...]) -> Inputs:
        name = function.__qualname__.replace("<locals>.", "")
        own_calls = tuple(call for call in self._beside if call.qualname == name)
        seen = Seen(own_calls, namesakes(self._beside))
        entry = Entry(function.__module__, name, "function", described)
        return Inputs(Known(entry, seen, function), self._world, self._seed)


@rule("parts exchanged")
def _grafts(template: str, parts: Sequence[str], chance: random.Random) -> Iterator[str]:
    """The template with a part of another one in it."""
    yield grafted(template, parts, chance)


def _needed(described: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The required parameters."""
    return [parameter for parameter in described if parameter["default"] is None and parameter["kind"] not in MORE]


def _rows(pools: Sequence[Pool]) -> Iterator[Arguments]:
    """Rows with a value from each pool; none if nothing is known about one of the pools."""
    columns = [_values(pool) for pool in pools]
    if all(columns):
        for at in range(min(MOST, max(map(len, columns)))):
            yield tuple(column[at % len(column)] for column in columns)


def _values(pool: Pool) -> list[str]:
    if pool.is_unknown or (pool.hint is types.ANYTHING and not pool.seen):
        return []
    options = (*sorted(pool.seen, key=len), *pool.plain, *sorted(pool.drawn, key=len))
    short = (text for text in dict.fromkeys(options) if len(text) <= LONGEST)
    return [text for text, value in evaluable([*short]) if types.conforms(value, pool.hint)]


def _are_fitting(values: Arguments, pools: Sequence[Pool]) -> bool:
    """Whether the values conform to what is known of the parameters."""
    pairs = zip(pools, values, strict=False)
    evaluated = ((pool, value) for pool, text in pairs for _, value in evaluable([text]))
    return all(pool.is_unknown or types.conforms(value, pool.hint) for pool, value in evaluated)


class Varied:
    """Draws calls of one function."""

    def __init__(self, inputs: Inputs, chance: random.Random) -> None:
        self._inputs = inputs
        self._chance = chance

    def any(self, bases: Sequence[Call], idle: int = 0) -> Call:
        """A call, most often a variation of one of `bases`: the longer `idle`, the more of it differs."""
        if bases and self._happens(VARIED):
            return self._other(self._chance.choice(bases), MOST_CHANGES + idle // PATIENCE)
        return self._new()

    def _happens(self, share: float) -> bool:
        return self._chance.random() < share

    def _new(self) -> Call:
        inputs, chance = self._inputs, self._chance
        names = [name for name in inputs.givable if name in inputs.required or self._happens(OPTIONAL)]
        arguments = [(name, inputs.pools[name].any(chance)) for name in names]
        if inputs.extra is not None:
            arguments += [("", inputs.extra.any(chance)) for _ in range(chance.randrange(4))]
        if inputs.keywords and self._happens(KEYWORDS):
            arguments.append(self._keyword())
        setup = chance.choice(inputs.setups) if inputs.setups and self._happens(SETUP) else ()
        return Call(inputs.entry.key, tuple(arguments), inputs.receiver(chance), setup)

    def _other(self, base: Call, most: int) -> Call:
        call = base
        for _ in range(self._chance.randint(0, most)):
            call = self.with_one_changed(call)
        if call.receiver and self._happens(OBJECT):
            call = dataclasses.replace(call, receiver=self._other_receiver(call.receiver))
        if self._inputs.entry.needs_receiver and self._happens(STEPS):
            call = dataclasses.replace(call, setup=self._other_setup(call))
        return self._with_other_given(call)

    def _with_other_given(self, call: Call) -> Call:
        """The call with something else passed to the function that it returns, if that is called at all."""
        places = [*given(call)]
        if not places or not self._happens(FAIR):
            return call
        value, make = self._chance.choice(places)
        return make(self._other_value(value, None))

    def with_one_changed(self, call: Call) -> Call:
        """The call with another argument, or one more."""
        inputs = self._inputs
        missing = [name for name in inputs.givable if name not in dict(call.arguments)]
        if missing and not call.is_full and (not call.arguments or self._happens(FAIR)):
            name = self._chance.choice(missing)
            return ordered(call.with_argument(name, inputs.pools[name].any(self._chance)), inputs.entry)
        if inputs.keywords and self._happens(KEYWORDS):
            return call.with_argument(*self._keyword())
        if not call.arguments:
            return call
        at = self._chance.randrange(len(call.arguments))
        name, value = call.arguments[at]
        other = self._other_value(value, inputs.pools.get(name) or inputs.extra)
        return call.exchanged("arguments", at, (name, other))

    def _keyword(self) -> tuple[str, str]:
        name = self._chance.choice([*self._inputs.keywords])
        return name, self._chance.choice(self._inputs.keywords[name])

    def _other_value(self, value: str, pool: Pool | None) -> str:
        if pool is not None and self._happens(FAIR):
            return pool.any(self._chance)
        if self._happens(GRAFTED) and (other := self._grafted(value)) != value:
            return other
        return self._with_other_literal(value, 48, self._inputs.literals)

    def _other_receiver(self, receiver: str) -> str:
        if self._inputs.receivers and self._happens(FAIR):
            return self._inputs.receiver(self._chance) or receiver
        if self._happens(FAIR) and (other := self._grafted(receiver)) != receiver:
            return other
        return self._with_other_literal(receiver, 12, [])

    def _with_other_literal(self, value: str, most: int, literals: Sequence[str]) -> str:
        where, how, what = map(self._chance.randrange, (4, 48, most))
        return vary(value, where, how, what, literals)

    def _grafted(self, template: str) -> str:
        return next(iter(_grafts(template, self._inputs.parts, self._chance)), template)

    def _other_setup(self, call: Call) -> tuple[Call, ...]:
        """One of the steps added, left out, repeated or changed; the call itself may become a step."""
        itself = dataclasses.replace(call, receiver=None, setup=())
        steps = self._chance.choice(self._inputs.setups) if self._inputs.setups else ()
        setup = call.setup or steps
        if not setup:
            return (itself,)
        at = self._chance.randrange(len(setup))
        step, other = setup[at], self._other_step(setup[at])
        changed = [(), (other,), (step, other), (step, step), (step, itself), (step, *steps[:1])]
        return (*setup[:at], *self._chance.choice(changed), *setup[at + 1 :])

    def _other_step(self, step: Call) -> Call:
        inputs = self._inputs.steps.get(step.qualname, self._inputs)
        return Varied(inputs, self._chance).with_one_changed(step)
