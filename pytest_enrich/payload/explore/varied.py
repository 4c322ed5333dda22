"""Calls to try: variations of calls that were made, and calls put together parameter by parameter.

Hypothesis draws the values of each parameter, once; what combines and varies them here draws thousands of times a
second and is a plain seeded `random.Random`.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence

from . import grafting
from .calls import Call, ordered
from .inputs import Inputs
from .mutate import literals, vary
from .pool import Pool
from .sites import given, sites

VARIED = 0.75
"""The share of calls that are variations."""
OPTIONAL, KEYWORDS, SETUP = 0.3, 0.3, 0.7
"""How often a new call gives an optional argument, one more by keyword, and has something done before."""
MOST_CHANGES = 2
OBJECT, STEPS = 0.2, 0.2
"""How often a variation has another object, and other steps before: less than other arguments."""
FAIR = 0.5
GRAFTED = 0.3
"""How often a value gets a part of another one, where it is made of parts."""


class Varied:
    """Draws calls of one function."""

    def __init__(self, inputs: Inputs, chance: random.Random) -> None:
        self._inputs = inputs
        self._chance = chance

    def any(self, bases: Sequence[Call]) -> Call:
        """A call, most often a variation of one of `bases`."""
        if bases and self._happens(VARIED):
            return self._other(self._chance.choice(bases))
        return self._new()

    def _happens(self, share: float) -> bool:
        return self._chance.random() < share

    def _new(self) -> Call:
        known, chance = self._inputs, self._chance
        names = [name for name in known.givable if name in known.required or self._happens(OPTIONAL)]
        arguments = [(name, known.pools[name].any(chance)) for name in names]
        if known.extra is not None:
            arguments += [("", known.extra.any(chance)) for _ in range(chance.randrange(4))]
        if known.keywords and self._happens(KEYWORDS):
            arguments.append(self._keyword())
        receiver = chance.choice(known.receivers) if known.receivers else None
        setup = chance.choice(known.setups) if known.setups and self._happens(SETUP) else ()
        return Call(known.entry.key, tuple(arguments), receiver, setup)

    def _other(self, base: Call) -> Call:
        call = base
        for _ in range(self._chance.randint(0, MOST_CHANGES)):
            call = self.with_one_changed(call)
        if call.receiver and self._happens(OBJECT):
            call = dataclasses.replace(call, receiver=self._other_receiver(call.receiver))
        if self._inputs.entry.needs_receiver and self._happens(STEPS):
            call = dataclasses.replace(call, setup=self._other_setup(call))
        return self._with_other_given(call)

    def _with_other_given(self, call: Call) -> Call:
        """The call with something else passed to what it gives, where it is called at all."""
        places = [*given(call)]
        if not places or not self._happens(FAIR):
            return call
        value, make = self._chance.choice(places)
        # What an object was made with is often what it looks for: a name, a key, a limit.
        own = [one[0] for text, _ in sites(call, {}) if text != value for one in literals(text)]
        if not own or self._happens(FAIR):
            return make(self._other_value(value, None))
        where, what = (self._chance.randrange(most) for most in (4, 48))
        return make(vary(value, where, 0, what, own))

    def with_one_changed(self, call: Call) -> Call:
        """The call with another argument, or one more."""
        known = self._inputs
        missing = [name for name in known.givable if name not in dict(call.arguments)]
        if missing and not call.is_full and (not call.arguments or self._happens(FAIR)):
            name = self._chance.choice(missing)
            return ordered(call.with_argument(name, known.pools[name].any(self._chance)), known.entry)
        if known.keywords and self._happens(KEYWORDS):
            return call.with_argument(*self._keyword())
        if not call.arguments:
            return call
        at = self._chance.randrange(len(call.arguments))
        name, value = call.arguments[at]
        changed = (name, self._other_value(value, known.pools.get(name) or known.extra))
        return dataclasses.replace(call, arguments=(*call.arguments[:at], changed, *call.arguments[at + 1 :]))

    def _keyword(self) -> tuple[str, str]:
        name = self._chance.choice([*self._inputs.keywords])
        return name, self._chance.choice(self._inputs.keywords[name])

    def _other_value(self, value: str, pool: Pool | None) -> str:
        if pool is not None and self._happens(FAIR):
            return pool.any(self._chance)
        if self._happens(GRAFTED) and (other := self._grafted(value)) != value:
            return other
        where, how, what = (self._chance.randrange(most) for most in (4, 48, 48))
        return vary(value, where, how, what, self._inputs.literals)

    def _other_receiver(self, receiver: str) -> str:
        if self._inputs.receivers and self._happens(FAIR):
            return self._chance.choice(self._inputs.receivers)
        if self._happens(FAIR) and (other := self._grafted(receiver)) != receiver:
            return other
        where, how, what = (self._chance.randrange(most) for most in (4, 48, 12))
        return vary(receiver, where, how, what, [])

    def _grafted(self, template: str) -> str:
        return grafting.grafted(template, self._inputs.parts, self._chance)

    def _other_setup(self, call: Call) -> tuple[Call, ...]:
        setups = self._inputs.setups
        setup = call.setup or (self._chance.choice(setups) if setups else ())
        if not setup:
            return (dataclasses.replace(call, receiver=None, setup=()),)
        at = self._chance.randrange(len(setup))
        more = (
            *(self._chance.choice(setups) if setups else ()),
            dataclasses.replace(call, receiver=None, setup=()),
        )
        step = setup[at]
        others = ((), (self._other_step(step),), (step, self._other_step(step)), (step, step), (step, more[0]))
        return (*setup[:at], *self._chance.choice([*others, (step, more[-1])]), *setup[at + 1 :])

    def _other_step(self, step: Call) -> Call:
        inputs = self._inputs.steps.get(step.qualname, self._inputs)
        return Varied(inputs, self._chance).with_one_changed(step)
