"""What a solver makes of conditions to which no step comes nearer: a sum of characters, the root of a polynomial.

With the extra `symbolic`, CrossHair runs a function by Hypothesis with values that stand for all of their type,
and tells for each way that it takes what they would have to be. What comes of such a call is looked at as of any
other.
"""

from __future__ import annotations

import contextlib
import importlib
import time
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..engine.bounds import quiet, time_limit
from ..engine.trace import TooLongError
from ..express import express
from . import types
from .calls import Call
from .inputs import Inputs
from .run import Runner

MOST_WAYS = 400
MOST_SECONDS = 8.0
SIZE = 4
PLAIN: dict[Any, SearchStrategy[Any]] = {
    int: st.integers(),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=16),
    bytes: st.binary(max_size=16),
    None: st.none(),
    type(None): st.none(),
}
CONTAINERS: dict[Any, Callable[..., SearchStrategy[Any]]] = {
    list: lambda one: st.lists(one, max_size=SIZE),
    set: lambda one: st.sets(one, max_size=SIZE),
    dict: lambda key, value: st.dictionaries(key, value, max_size=SIZE),
    tuple: st.tuples,
}


def solved(inputs: Inputs, runner: Runner, seconds: float) -> Iterator[Call]:
    """Calls of one function that go ways of their own; none where a value cannot stand for all of its type.

    Args:
        inputs: What is known of the function.
        runner: Makes the program of a call.
        seconds: The most to take, about.
    """
    symbols = _symbols(inputs)
    if not symbols:
        return
    receivers = sorted(inputs.known_receivers, key=len) if inputs.entry.needs_receiver else [None]
    for receiver in receivers[:1]:
        unknown = Call(inputs.entry.key, tuple((name, _symbol(name)) for name in symbols), receiver)
        perform = runner.unwatched(runner.program(unknown))
        for values in _ways(perform, symbols, min(seconds, MOST_SECONDS)):
            texts = [(name, express(values[name])) for name in symbols]
            yield Call(inputs.entry.key, tuple((name, text) for name, text in texts if text is not None), receiver)


def _symbol(name: str) -> str:
    return f"symbolic_{name}"


def _symbols(inputs: Inputs) -> dict[str, SearchStrategy[Any]]:
    """A strategy for each parameter that has one; none at all where one that a call needs has none."""
    found = {name: _strategy(pool.hint) for name, pool in inputs.pools.items()}
    known = {name: one for name, one in found.items() if one is not None}
    return known if known.keys() >= set(inputs.required) else {}


def _strategy(hint: Any) -> SearchStrategy[Any] | None:
    """Of values of a type that the solver knows; None for any other."""
    parts = [_part(one) for one in types.members(hint)]
    known = [one for one in parts if one is not None]
    return st.one_of(known) if known and len(known) == len(parts) else None


def _part(hint: Any) -> SearchStrategy[Any] | None:
    if hint in PLAIN:
        return PLAIN[hint]
    container = CONTAINERS.get(typing.get_origin(hint))
    inner = [_strategy(one) for one in typing.get_args(hint)]
    known = [one for one in inner if one is not None]
    return container(*known) if container is not None and known and len(known) == len(inner) else None


def _ways(
    perform: Callable[[Mapping[str, object]], object], symbols: Mapping[str, SearchStrategy[Any]], seconds: float
) -> Sequence[dict[str, object]]:
    """Values for the symbols, for one way after the other."""
    realize = importlib.import_module("crosshair").deep_realize
    until = time.monotonic() + seconds
    found: list[dict[str, object]] = []

    def probe(values: dict[str, object]) -> None:
        if time.monotonic() < until:
            with contextlib.suppress(Exception, SystemExit):
                perform({_symbol(name): value for name, value in values.items()})
            found.append(realize(values))

    # Whatever a solver comes upon, what it has told before is good.
    with contextlib.suppress(Exception, TooLongError), quiet(), time_limit(2 * seconds):
        _solving(given(st.fixed_dictionaries(dict(symbols)))(probe))()
    return found


def _solving(test: Callable[[], None]) -> Callable[[], None]:
    quietly = settings(
        backend="crosshair",
        max_examples=MOST_WAYS,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    return quietly(test)
