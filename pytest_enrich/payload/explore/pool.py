"""Values for one parameter of a function, and what tests show of the function."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from . import evidence, files, types, usage
from .body import keys_looked_up
from .calls import Call
from .entry import MAKERS, Entry
from .evidence import default_values, hints_of_function
from .plain import ANSWERING, CALLABLES, GENERAL
from .templates import NUMBER
from .values import World, enumerated, evaluable

MOST_PLAIN = 6
SHORT = 24


@dataclasses.dataclass(frozen=True)
class Pool:
    """Values for one parameter, each group plainest first: `seen` in tests, `constants`, `drawn` by type.

    `keys` are those of the mappings that it is looked up in.
    """

    seen: tuple[str, ...]
    constants: tuple[str, ...]
    draw: Callable[[], tuple[str, ...]]
    hint: Any
    keys: tuple[str, ...] = ()

    @cached_property
    def drawn(self) -> tuple[str, ...]:
        """Made when the first is asked for: it takes longer than all the rest."""
        return self.draw()

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Values that a reader knows already, or needs no thought for."""
        options = evaluable([*GENERAL, *CALLABLES])
        general = [text for text, value in options if types.conforms(value, self.hint)]
        known = sorted(self.seen, key=len)[:MOST_PLAIN]
        return tuple(dict.fromkeys([*known, *(general if self.hint is not types.ANYTHING else [])]))

    @property
    def short(self) -> list[str]:
        """Plain literals among what was drawn: only a few, and none where nothing was."""
        drawn = self.__dict__.get("drawn", ())
        literal = (text for text in drawn if len(text) <= SHORT and "⟨" not in text and "lambda" not in text)
        return sorted(literal, key=len)[:MOST_PLAIN]

    def is_unnamed(self, value: str) -> bool:
        """Whether it is a bare number where a member of an enumeration could be."""
        return self._has_names and value not in self.seen and NUMBER.fullmatch(value) is not None

    @cached_property
    def _has_names(self) -> bool:
        return bool(types.enumerations(self.hint))

    @property
    def is_unknown(self) -> bool:
        """Whether nothing tells what a caller would pass."""
        return self.hint is types.UNKNOWN and not self.seen

    def any(self, chance: random.Random) -> str:
        """One of them, each group as likely."""
        known = [group for group in (self.seen, self.keys, self.constants) if group]
        group = chance.choice([*known, None])
        values = (self.drawn if group is None else group) or next(iter(known), ())
        return chance.choice(values) if values else "None"


@dataclasses.dataclass(frozen=True)
class Seen:
    """What tests showed.

    Attributes:
        calls: Of the function.
        namesakes: What parameters of other functions got, by name.
        siblings: The same, of the operators of the same class.
        refused: Those calls that ended in an exception: they show what may be passed only where nothing else does.
        setups: What was done to objects before.
    """

    calls: tuple[Call, ...]
    namesakes: Mapping[str, Sequence[str]]
    siblings: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    refused: frozenset[Call] = frozenset()
    setups: tuple[tuple[Call, ...], ...] = ()

    @property
    def steps(self) -> Iterator[Call]:
        """All that was done to objects."""
        return itertools.chain.from_iterable(self.setups)

    def values(self, name: str, *, operator: bool = False, own: bool = False) -> list[str]:
        """Of a parameter; those of its namesakes where there are none, unless its `own` alone tell what it is."""
        taken = self._of([call for call in self.calls if call not in self.refused], name)
        taken += self.siblings.get(name, ()) if operator else ()
        # What an operator refuses is what it is not for.
        refused = [] if operator else self._of(self.calls, name)
        return taken or refused or ([] if own else list(self.namesakes.get(name, ())))

    @staticmethod
    def _of(calls: Sequence[Call], name: str) -> list[str]:
        return [value for call in calls for key, value in call.arguments if key == name]


class Supply:
    """What is known of a function's parameters.

    `hints` are their types and `defaults` their values where none is given, by name, as far as they are known.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - as of `Inputs`
        self, entry: Entry, seen: Seen, function: object, world: World, owner: type | None, seed: int
    ) -> None:
        self.hints, self.defaults = hints_of_function(function), default_values(function)
        self._entry, self._seen, self._function = entry, seen, function
        self._world, self._owner, self._seed = world, owner, seed

    @cached_property
    def _used(self) -> dict[str, usage.Use]:
        """What the function does with each parameter; a constructor's class with what it keeps of it, too."""
        used = usage.of(self._function)
        if self._owner is not None and self._entry.name in MAKERS:
            kept = usage.kept(self._owner)
            used |= {name: used.get(name, usage.NO_USE) | use for name, use in kept.items()}
        return used

    @cached_property
    def _opened(self) -> dict[str, str]:
        return usage.places(self._function)

    def pool(self, parameter: dict[str, Any]) -> Pool:
        """The values for one of the parameters."""
        name = parameter["name"] if parameter["kind"] != "variadic" else ""
        # A flag is no more than that, whatever the parameter of another function is that has its name.
        is_flag = isinstance(self.defaults.get(parameter["name"]), bool)
        seen = evaluable(self._seen.values(name, operator=self._entry.is_operator, own=is_flag))
        keys = evaluable(keys_looked_up(self._function, parameter["name"]))
        hint = self._hint(parameter, [value for _, value in (*seen, *keys)])
        constants = (*enumerated(hint), *self._world.constants_for(hint))
        if usage.awaits(self._function) and types.conforms(len, hint) and hint is not types.ANYTHING:
            constants += (ANSWERING,)
        known, keys_of = (tuple(text for text, _ in pairs) for pairs in (seen, keys))
        if not known and types.conforms("", hint) and self._is_beside_directory(name):
            known = files.NAMES
        return Pool(known, constants, partial(self._drawn, name, hint), hint, keys_of)

    def _is_beside_directory(self, name: str) -> bool:
        others = (self._place(other["name"]) for other in self._entry.parameters)
        return not self._place(name) and files.DIRECTORY in others

    def _hint(self, parameter: dict[str, Any], seen: list[object]) -> Any:
        """The type of a parameter: anything where the function does nothing with it, and nothing else tells it."""
        name = parameter["name"]
        used = self._used.get(name, usage.NO_USE)
        if self._owner is not None and self._entry.is_operator:
            used = used._replace(stated=used.stated | {self._owner})
        if len(self._entry.parameters) == 1:
            told = evidence.from_prose(getattr(self._function, "__doc__", None) or "")
            used = used._replace(stated=used.stated | told)
        default = self.defaults.get(name, evidence.NOTHING)
        hint = evidence.of_parameter(parameter, self.hints.get(name), seen, used, default)
        is_idle = hint is types.UNKNOWN and not usage.is_read(self._function, name)
        return types.ANYTHING if is_idle else hint

    def _place(self, name: str) -> str:
        """Whether it is for a file or a directory: as the body uses it, else as it is called."""
        return self._opened.get(name) or files.called(name)

    def is_of_project(self, name: str, value: object) -> bool:
        """Whether it is no place of the machine's, where the parameter is for a place.

        The path of a request, which begins as such a place does, is opened by nobody.
        """
        return not (self._is_place(name) and files.leads_away(value))

    def _is_place(self, name: str) -> bool:
        called = files.called(name)
        return name in self._opened or called == files.DIRECTORY or (called == files.FILE and called in name)

    def _drawn(self, name: str, hint: Any) -> tuple[str, ...]:
        """Values of a type for a parameter; texts of the source's patterns, and paths, where they may be."""
        if not types.conforms("", hint) or hint is types.ANYTHING:
            return self._world.drawn(hint, self._seed)
        places = tuple(files.texts(self._place(name), (text for text, _ in self._world.constants)))
        if places and hint is str and self._is_place(name):
            return places
        return self._world.drawn(hint, self._seed) + self._world.shaped(self._seed) + places
