"""Calls to try: variations of calls that were seen, and calls put together parameter by parameter.

Hypothesis draws the values of each parameter, once; the loop that combines and varies them draws thousands of
times a second and is a plain seeded `random.Random`.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping, Sequence
from typing import Any

from . import evidence, hints, types
from .calls import Call, Entry
from .mutate import vary
from .values import GENERAL, World, evaluable

MOST_CHANGES = 2
MOST_PLAIN = 6


@dataclasses.dataclass(frozen=True)
class Pool:
    """Values for one parameter, each group plainest first: `seen` in tests, `constants`, `drawn` by type."""

    seen: tuple[str, ...]
    constants: tuple[str, ...]
    drawn: tuple[str, ...]
    hint: Any

    @property
    def plain(self) -> tuple[str, ...]:
        """Values that a reader knows already, or needs no thought for."""
        general = [text for text, value in evaluable(GENERAL) if types.conforms(value, self.hint)]
        known = sorted(self.seen, key=len)[:MOST_PLAIN]
        return tuple(dict.fromkeys([*known, *(general if self.hint is not types.ANYTHING else [])]))

    def any(self, chance: random.Random) -> str:
        """One of them, each group as likely."""
        groups = [group for group in (self.seen, self.constants, self.drawn) if group]
        return chance.choice(chance.choice(groups)) if groups else "None"


@dataclasses.dataclass(frozen=True)
class Seen:
    """What tests showed: calls of the function, and what parameters of other functions got, by name."""

    calls: tuple[Call, ...]
    namesakes: Mapping[str, Sequence[str]]

    def values(self, name: str) -> list[str]:
        """Of a parameter; those of its namesakes where there are none."""
        own = [value for call in self.calls for key, value in call.arguments if key == name]
        return own or list(self.namesakes.get(name, ()))


class Inputs:
    """What is known about calling one function, which `owner` is the class of."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is known to another part of a job
        self, entry: Entry, seen: Seen, function: object, world: World, owner: type | None, seed: int
    ) -> None:
        self.entry = entry
        self.calls = list(seen.calls)
        self._seen, self._world, self._seed = seen, world, seed
        self._hints, self._used = hints.of_function(function), evidence.of_usage(function)
        self.literals = [text for text, value in world.constants if not isinstance(value, tuple | frozenset)]
        fixed = [p for p in entry.parameters if p["kind"] not in {"keywords", "variadic"}]
        self.pools = {p["name"]: self._pool(p) for p in fixed}
        self.required = [p["name"] for p in fixed if p.get("default") is None]
        self.takes_keywords = any(p["kind"] == "keywords" for p in entry.parameters)
        self.extra = next((self._pool(p) for p in entry.parameters if p["kind"] == "variadic"), None)
        self.receivers = self._receivers(owner)
        self.setups = [call.setup for call in seen.calls if call.setup and entry.needs_receiver]

    def _pool(self, parameter: dict[str, Any]) -> Pool:
        name = parameter["name"] if parameter["kind"] != "variadic" else ""
        seen = evaluable(self._seen.values(name))
        known, used = self._hints.get(parameter["name"]), self._used.get(parameter["name"], ())
        hint = evidence.of_parameter(parameter, known, [value for _, value in seen], used)
        values = self._world.drawn(hint, self._seed)
        return Pool(tuple(text for text, _ in seen), tuple(self._world.constants_for(hint)), values, hint)

    def _receivers(self, owner: type | None) -> list[str]:
        if owner is None or not self.entry.needs_receiver:
            return []
        seen = [call.receiver for call in self.calls if call.receiver]
        known = [*seen, *self._world.objects_of(owner)]
        built = self._world.drawn(owner, self._seed)
        return list(dict.fromkeys([*known, *sorted(built, key=len)]))

    @property
    def callable(self) -> bool:
        """Whether there is any way to call it."""
        if self.entry.is_unusual:
            return False
        return bool(self.receivers) or not self.entry.needs_receiver

    def any(self, chance: random.Random, bases: Sequence[Call]) -> Call:
        """A call: three times of four a variation of one of `bases`."""
        if bases and chance.random() < 0.75:  # noqa: PLR2004 - see above
            return self._varied(chance, chance.choice(bases))
        return self._new(chance)

    def _new(self, chance: random.Random) -> Call:
        names = [name for name in self.pools if name in self.required or chance.random() < 0.3]  # noqa: PLR2004
        arguments = [(name, self.pools[name].any(chance)) for name in names]
        if self.extra is not None:
            arguments += [("", self.extra.any(chance)) for _ in range(chance.randrange(4))]
        if self.takes_keywords and chance.random() < 0.3:  # noqa: PLR2004 - most calls have none
            arguments.append(("key", chance.choice(GENERAL)))
        receiver = chance.choice(self.receivers) if self.receivers else None
        setup = chance.choice(self.setups) if self.setups and chance.random() < 0.7 else ()  # noqa: PLR2004
        return Call(self.entry.qualname, tuple(arguments), receiver, setup)

    def _varied(self, chance: random.Random, base: Call) -> Call:
        call = base
        for _ in range(chance.randint(0, MOST_CHANGES)):
            call = self._with_one_changed(chance, call)
        if call.receiver and chance.random() < 0.2:  # noqa: PLR2004 - objects are varied less than arguments
            call = dataclasses.replace(call, receiver=self._other_receiver(chance, call.receiver))
        if self.entry.needs_receiver and chance.random() < 0.2:  # noqa: PLR2004
            call = dataclasses.replace(call, setup=self._other_setup(chance, call))
        return call

    def _with_one_changed(self, chance: random.Random, call: Call) -> Call:
        missing = [name for name in self.pools if name not in dict(call.arguments)]
        if missing and not self._is_full(call) and (not call.arguments or chance.random() < 0.5):  # noqa: PLR2004 - a fair coin
            name = chance.choice(missing)
            return self._ordered(call.with_argument(name, self.pools[name].any(chance)))
        if self.takes_keywords and "key" not in dict(call.arguments) and chance.random() < 0.2:  # noqa: PLR2004
            return call.with_argument("key", chance.choice(GENERAL))
        if not call.arguments:
            return call
        at = chance.randrange(len(call.arguments))
        name, value = call.arguments[at]
        changed = (name, self._other(chance, value, self.pools.get(name) or self.extra))
        return dataclasses.replace(call, arguments=(*call.arguments[:at], changed, *call.arguments[at + 1 :]))

    def _is_full(self, call: Call) -> bool:
        """Whether extra positional arguments take the place of named ones."""
        return any(not name for name, _ in call.arguments)

    def _ordered(self, call: Call) -> Call:
        order = {p["name"]: at for at, p in enumerate(self.entry.parameters)}
        arguments = tuple(sorted(call.arguments, key=lambda pair: order.get(pair[0], len(order))))
        return dataclasses.replace(call, arguments=arguments)

    def _other(self, chance: random.Random, value: str, pool: Pool | None) -> str:
        if pool is not None and chance.random() < 0.5:  # noqa: PLR2004 - a fair coin
            return pool.any(chance)
        return vary(value, chance.randrange(4), chance.randrange(48), chance.randrange(48), self.literals)

    def _other_receiver(self, chance: random.Random, receiver: str) -> str:
        if self.receivers and chance.random() < 0.5:  # noqa: PLR2004 - a fair coin
            return chance.choice(self.receivers)
        return vary(receiver, chance.randrange(4), chance.randrange(48), chance.randrange(12), [])

    def _other_setup(self, chance: random.Random, call: Call) -> tuple[Call, ...]:
        setup = call.setup or (chance.choice(self.setups) if self.setups else ())
        if not setup:
            return (dataclasses.replace(call, receiver=None, setup=()),)
        at = chance.randrange(len(setup))
        if chance.random() < 0.5:  # noqa: PLR2004 - a fair coin
            return setup[:at] + setup[at + 1 :]
        again = self._with_one_changed(chance, setup[at]) if chance.random() < 0.5 else setup[at]  # noqa: PLR2004
        return (*setup[: at + 1], again, *setup[at + 1 :])

    def conforms(self, call: Call) -> bool:
        """Whether each argument is of its parameter's type, as far as it is known."""
        for name, value in call.arguments:
            pool = self.pools.get(name) or (self.extra if not name else None)
            if pool is None or value in pool.seen or "lambda" in value:
                continue
            pairs = evaluable([value])
            if pairs and not types.conforms(pairs[0][1], pool.hint):
                return False
        return True
