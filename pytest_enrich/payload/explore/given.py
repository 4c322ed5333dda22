"""What to call with that which a call gives: decorators, factories and conditions show what they do only then."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from types import CodeType, FunctionType, MethodType
from typing import Any, TypeAlias

from . import types
from .calls import Call
from .entry import Entry
from .inputs import Inputs
from .pool import Pool, Seen
from .shown import namesakes
from .signature import parameters
from .values import World, evaluable

Arguments: TypeAlias = tuple[str, ...]
GENERAL: tuple[Arguments, ...] = (
    (),
    ("2",),
    ("'abc'",),
    ("lambda value: value",),
    ("⟨builtins:len⟩",),
    ("2", "3"),
)
"""What many a function can be called with of which nobody tells what it takes."""
MOST = 6
LONGEST = 80
POSITIONAL, MORE = {"positional only", "positional"}, {"variadic", "keywords"}


class Given:
    """Arguments for functions and objects that can be called.

    Args:
        beside: Calls that tests make in the module, also of functions that others make.
        world: Values by type.
        seed: Of what is drawn.
    """

    def __init__(self, beside: Iterable[Call], world: World, seed: int) -> None:
        self._beside = tuple(beside)
        self._world, self._seed = world, seed
        self._known: dict[CodeType, tuple[Arguments, ...]] = {}

    def arguments(self, given: object) -> tuple[Arguments, ...]:
        """What to call it with, by position, what tests pass to it or to its like first."""
        called = given if isinstance(given, FunctionType | MethodType) else type(given).__call__
        function = inspect.unwrap(getattr(called, "__func__", called))
        if not isinstance(function, FunctionType):
            return GENERAL
        code = function.__code__
        if code not in self._known:
            self._known[code] = tuple(self._of(function, bound=not isinstance(given, FunctionType)))
        return self._known[code]

    def _of(self, function: FunctionType, *, bound: bool) -> Iterable[Arguments]:
        described = parameters(function, bound=bound)
        fixed = [one for one in described if one["kind"] in POSITIONAL]
        needed = [one for one in described if one["default"] is None and one["kind"] not in MORE]
        if not needed or any(one["kind"] not in POSITIONAL for one in needed):
            return GENERAL
        inputs = self._inputs(function, described)
        pools = [inputs.pools[one["name"]] for one in fixed]
        rows = _rows(pools[: len(needed)])
        fitting = (one for one in GENERAL if len(needed) <= len(one) <= len(fixed) and _are_fitting(one, pools))
        return dict.fromkeys((*rows, *fitting)) or GENERAL

    def _inputs(self, function: FunctionType, described: tuple[dict[str, Any], ...]) -> Inputs:
        name = function.__qualname__.replace("<locals>.", "")
        own = tuple(call for call in self._beside if call.qualname == name)
        seen = Seen(own, namesakes(self._beside))
        entry = Entry(function.__module__, name, "function", described)
        return Inputs(entry, seen, function, self._world, None, self._seed)


def _rows(pools: Sequence[Pool]) -> Iterator[Arguments]:
    """A few values of each pool side by side; none where nothing tells what one of them is."""
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
    """Whether callers who respect what is known of the parameters would pass these."""
    pairs = zip(pools, values, strict=False)
    known = ((pool, value) for pool, text in pairs for _, value in evaluable([text]))
    return all(pool.is_unknown or types.conforms(value, pool.hint) for pool, value in known)
