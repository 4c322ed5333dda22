"""What is known about calling one function: values for its parameters, objects to call it on, what tests pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

from ..express import express
from . import evidence, files, grafting, hints, natural, solve, types, usage
from .calls import Call
from .entry import Entry
from .fitting import is_well_made
from .keywords import undeclared
from .operators import COMPARERS, MAKERS
from .plain import ANSWERING
from .pool import MOST_PLAIN, Pool, Seen
from .values import World, enumerated, evaluable

MOST_LITERALS = 160
LONGEST_LITERAL = 60
WRONG = ("None", "2", "'abc'")


class Inputs:
    """What is known about calling one function, which `owner` is the class of; `steps` of what is done before."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is known to another part of a job
        self,
        entry: Entry,
        seen: Seen,
        function: object,
        world: World,
        owner: type | None,
        seed: int,
        steps: Mapping[str, Inputs] = MappingProxyType({}),
    ) -> None:
        self.entry, self.steps = entry, steps
        self.calls = list(seen.calls)
        self._seen, self._world, self._seed, self.owner = seen, world, seed, owner
        self.function = function
        self._hints, self._defaults = hints.of_function(function), hints.defaults(function)
        self.literals = [text for text, value in world.constants if not isinstance(value, tuple | frozenset)]
        self._fixed = [p for p in entry.parameters if p["kind"] not in {"keywords", "variadic"}]
        self.required = [p["name"] for p in self._fixed if p.get("default") is None]
        self.setups = list(seen.setups) if entry.needs_receiver else []

    # Many a function is never searched through: what takes time to know is asked for when it is needed.

    @cached_property
    def pools(self) -> dict[str, Pool]:
        """Values for each parameter, by its name."""
        return {p["name"]: self._pool(p) for p in self._fixed}

    @cached_property
    def extra(self) -> Pool | None:
        """Values for further positional arguments, where it takes some."""
        extra = (self._pool(p) for p in self.entry.parameters if p["kind"] == "variadic")
        return next((pool for pool in extra if not pool.is_unknown), None)

    @cached_property
    def keywords(self) -> dict[str, list[str]]:
        """Names that it takes and does not declare, with values: those that tests give, or that it looks up."""
        if not any(p["kind"] == "keywords" for p in self.entry.parameters):
            return {}
        declared = {p["name"] for p in self.entry.parameters}
        return undeclared(self.calls, declared, (value for _, value in self._world.constants))

    @cached_property
    def receivers(self) -> list[str]:
        """Objects to call it on."""
        return self._receivers(self.owner)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """What the objects are made of that tests pass, call it on, or make."""
        passed = (value for call in self.calls for _, value in call.arguments)
        made = (text for texts in self._world.constructors.values() for text in texts)
        return grafting.parts([*passed, *self.known_receivers, *made])

    @cached_property
    def usual(self) -> frozenset[str]:
        """What a reader has seen in tests of it."""
        shown = [value for pool in self.pools.values() for value in pool.seen]
        return natural.known([*shown, *(call.receiver for call in self.calls if call.receiver)])

    def oddness(self, call: Call) -> int:
        """How far a call is from what callers write."""
        bare = sum(name in self.pools and self.pools[name].is_unnamed(value) for name, value in call.arguments)
        return natural.oddness(call, self.usual) + bare

    @cached_property
    def givable(self) -> list[str]:
        """The parameters of which something tells what they are."""
        return [name for name, pool in self.pools.items() if not pool.is_unknown]

    @cached_property
    def _used(self) -> dict[str, usage.Use]:
        """What the function does with each parameter; a constructor's class with what it keeps of it, too."""
        used = usage.of(self.function)
        if self.owner is not None and self.entry.name in MAKERS:
            kept = usage.kept(self.owner)
            used |= {name: used.get(name, usage.NO_USE) | use for name, use in kept.items()}
        return used

    def _pool(self, parameter: dict[str, Any]) -> Pool:
        name = parameter["name"] if parameter["kind"] != "variadic" else ""
        default = self._defaults.get(parameter["name"], evidence.NOTHING)
        # A flag is no more than that, whatever the parameter of another function is that has its name.
        is_flag = isinstance(default, bool)
        seen = evaluable(self._seen.values(name, operator=self.entry.is_operator, own=is_flag))
        known, used = self._hints.get(parameter["name"]), self._used.get(parameter["name"], usage.NO_USE)
        if self.owner is not None and self.entry.is_operator:
            used = used._replace(stated=used.stated | {self.owner})
        if len(self.entry.parameters) == 1:
            told = evidence.from_prose(getattr(self.function, "__doc__", None) or "")
            used = used._replace(stated=used.stated | told)
        hint = evidence.of_parameter(parameter, known, [value for _, value in seen], used, default)
        if hint is types.UNKNOWN and not usage.is_read(self.function, parameter["name"]):
            hint = types.ANYTHING
        constants = (*enumerated(hint), *self._world.constants_for(hint))
        if usage.awaits(self.function) and types.conforms(len, hint) and hint is not types.ANYTHING:
            constants += (ANSWERING,)
        return Pool(tuple(text for text, _ in seen), constants, partial(self._drawn, name, hint), hint)

    def _drawn(self, name: str, hint: Any) -> tuple[str, ...]:
        """Values of a type for a parameter; texts of the source's patterns, and paths, where they may be."""
        values = self._world.drawn(hint, self._seed)
        if types.conforms("", hint) and hint is not types.ANYTHING:
            values += self._world.shaped(self._seed)
            values += tuple(f"str({path})" for path in files.paths()) if files.is_path(name) else ()
        return values

    def _receivers(self, owner: type | None) -> list[str]:
        if owner is None or not self.entry.needs_receiver:
            return []
        known = self.known_receivers
        built = self._world.drawn(owner, self._seed)
        return list(dict.fromkeys([*known, *sorted(built, key=len)]))

    @property
    def known_receivers(self) -> list[str]:
        """The objects that tests called it on or made."""
        seen = [call.receiver for call in self.calls if call.receiver]
        return [*seen, *(self._world.objects_of(self.owner) if self.owner else [])]

    @property
    def obstacle(self) -> str:
        """Why there is no way to call it, "" when there is one."""
        if self.entry.is_unusual:
            return "nobody calls it directly"
        if self.entry.needs_receiver and not self.receivers:
            return "no object to call it on"
        unknown = [name for name in self.required if self.pools[name].is_unknown]
        return f"nothing tells what {unknown[0]} is" if unknown else ""

    def learn(self, values: Iterable[object]) -> None:
        """Values that the code compared with are worth trying elsewhere, too."""
        plain = (express(value) for value in values if type(value) in {int, float, str, bytes})
        new = (text for text in plain if text is not None and len(text) <= LONGEST_LITERAL)
        self.literals = list(dict.fromkeys([*self.literals, *new]))[:MOST_LITERALS]

    def wrong(self, call: Call) -> Iterator[Call]:
        """The call with an argument of another type: the code may say itself that it is one."""
        compares = self.entry.name in COMPARERS
        for name, value in call.arguments:
            if name in self.pools and (compares or name not in self._hints or usage.refuses(self.function)):
                # Nobody writes `== None`.
                wrong = (other for other in WRONG[compares:] if other != value)
                others = (call.with_argument(name, other) for other in wrong)
                yield from (other for other in others if not self._are_fitting(other))

    @cached_property
    def _default_texts(self) -> dict[str, str | None]:
        """The default of each parameter as a template; None where it has none."""
        return {name: express(self._defaults[name]) for name in self.givable if name in self._defaults}

    def absent(self, call: Call) -> dict[str, str]:
        """The defaults, as templates, of the parameters that a call does not give."""
        given = dict(call.arguments)
        texts = {} if call.is_full else self._default_texts
        return {name: text for name, text in texts.items() if text is not None and name not in given}

    def marks(self, call: Call) -> list[solve.Mark]:
        """The parameters that a call does not give, with defaults that have no template."""
        given = dict(call.arguments)
        return [
            solve.Mark(name, self._defaults[name], self.pools[name].plain[:MOST_PLAIN])
            for name, text in self._default_texts.items()
            if text is None and name not in given
        ]

    def like(self, kind: object) -> tuple[str, ...]:
        """Values of a class or of one of several, or texts that a pattern matches; plain ones first."""
        if isinstance(kind, re.Pattern):
            return self._world.matching(kind, self._seed)
        kinds = [one for one in (kind if isinstance(kind, tuple) else (kind,)) if isinstance(one, type)]
        return tuple(text for one in kinds for text in self._world.drawn(one, self._seed)[:MOST_PLAIN])

    def conforms(self, call: Call) -> bool:
        """Whether each argument is of its parameter's type, as far as it is known.

        What people compare an object with may be anything.
        """
        made = (call.receiver or "", *(value for _, value in call.arguments))
        fits = all(text in self._shown or is_well_made(text) for text in made)
        return fits and (self.entry.name in COMPARERS or self._are_fitting(call))

    @cached_property
    def _shown(self) -> frozenset[str]:
        """The objects and arguments of the calls that tests make: whatever their hints say."""
        passed = (value for call in self.calls for _, value in call.arguments)
        return frozenset([*passed, *self.known_receivers])

    def _are_fitting(self, call: Call) -> bool:
        for name, value in call.arguments:
            pool = self.pools.get(name) or (self.extra if not name else None)
            if pool is None or value in pool.seen:
                continue
            pairs = evaluable([value])
            if pairs and not types.conforms(pairs[0][1], pool.hint):
                return False
        return True
