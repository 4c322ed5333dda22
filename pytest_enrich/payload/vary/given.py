"""Values of a test that Hypothesis draws: only such as its strategies could give."""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from ..express import express
from .pool import EDGES, Names, Pool
from .runner import Record

EXAMPLES = 200
FEW = EXAMPLES // 5
"""So few different values are all that there are."""


def draw(test: Callable[..., Any], holes: Sequence[Record], number: int) -> list[Record]:
    """The holes, each with as many values as there are rows: what the test's strategies give, as templates.

    Without rows where they give what cannot be written, or the test is none that can be called.
    """
    handle = getattr(test, "hypothesis", None)
    strategies: Mapping[str, Any] = getattr(handle, "_given_kwargs", {})
    names = [hole["name"] for hole in holes]
    usable = handle is not None and not inspect.iscoroutinefunction(handle.inner_test)
    known = {name: strategies[name] for name in names if name in strategies}
    rows = _rows(known, number) if usable and len(known) == len({*names}) else []
    return [{**hole, "values": [row[at] for row in rows]} for at, hole in enumerate(holes)]


def _rows(strategies: Mapping[str, Any], number: int) -> list[tuple[str, ...]]:
    """Rows, the same for the same `number`."""
    # Inside: only a test that imported it comes here, and importing it takes seconds.
    from hypothesis import given, seed
    from hypothesis import strategies as st

    from ..rules.values import quietly

    found: dict[tuple[str, ...], None] = {}

    def note(values: dict[str, Any]) -> None:
        row = [express(values[name]) for name in strategies]
        if None not in row:
            found[tuple(text or "" for text in row)] = None

    try:
        quietly(EXAMPLES)(seed(number)(given(st.fixed_dictionaries(dict(strategies)))(note)))()
    except Exception:  # a strategy of the project's may do anything
        return []
    return list(found)


class Drawn(Pool):
    """A pool whose rows were drawn: what else fits must lie between all that was drawn."""

    def __init__(self, rows: Sequence[str], drawn: Sequence[str], names: Names, constants: Iterable[str]) -> None:
        self._drawn = dict.fromkeys(drawn)
        self._values = [names.value(text) for text in self._drawn]
        super().__init__(rows, names, constants, ())

    def fits(self, template: str) -> bool:
        """Whether the strategy could have given it."""
        if template in self._drawn:
            return True
        if not super().fits(template) or len(self._drawn) < FEW:
            return False
        value = self._names.value(template)
        same = [drawn for drawn in self._values if type(drawn) is type(value)]
        return _is_within(value, same)

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The plainest; what was drawn is nothing that a reader has met."""
        return (*self._fitting(EDGES), *self.constants[:2])


def _is_within(value: Any, known: Collection[Any]) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(min(known) <= value <= max(known))
    if isinstance(value, str | bytes):
        sizes = [len(text) for text in known]
        return min(sizes) <= len(value) <= max(sizes) and _signs([value]) <= _signs(known)
    return False


def _signs(texts: Iterable[str | bytes]) -> set[object]:
    """The kinds of characters in texts."""
    return {unicodedata.category(char) if isinstance(char, str) else "" for text in texts for char in text}
