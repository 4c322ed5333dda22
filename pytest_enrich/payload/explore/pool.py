"""Values for one parameter of a function, and what tests show of the function."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from . import types
from .calls import Call
from .mutate import NUMBER
from .plain import CALLABLES, GENERAL
from .values import evaluable

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
