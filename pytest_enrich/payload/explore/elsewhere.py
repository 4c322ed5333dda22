"""Functions of other modules through which tests come to the module under test."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

from . import calls
from .calls import Call
from .entry import Entry
from .pool import Seen
from .shown import find, namesakes, owner_of
from .signature import answers, parameters


class Way(NamedTuple):
    """One such function, and what tests show of it."""

    entry: Entry
    seen: Seen
    function: object
    owner: type | None


def ways(job: dict[str, Any]) -> Iterator[Way]:
    """Those of an `Explore` job, of the calls that it should only look at, too; without what cannot be found."""
    grouped: dict[str, list[Call]] = {}
    for record in (*job["through"], *job["only"]):
        if ":" in record["qualname"]:
            grouped.setdefault(record["qualname"], []).append(calls.load(record))
    for name, seen in grouped.items():
        if (way := _way(name, seen)) is not None:
            yield way


def _way(name: str, seen: list[Call]) -> Way | None:
    found = _found(name)
    if found is None:
        return None
    entry, function, module = found
    setups = tuple(dict.fromkeys(call.setup for call in seen if call.setup))
    shown = Seen(tuple(dict.fromkeys(seen)), namesakes(seen), setups=setups)
    return Way(entry, shown, function, owner_of(entry, module))


def step(name: str) -> tuple[Entry, object]:
    """A method that only set-ups call; what cannot be found is called as it was."""
    found = _found(name)
    where, _, qualname = name.partition(":")
    return found[:2] if found is not None else (Entry(where, qualname, "method", (), is_elsewhere=True), None)


def _found(name: str) -> tuple[Entry, Callable[..., object], ModuleType] | None:
    where, _, qualname = name.partition(":")
    try:
        module = importlib.import_module(where)
    except Exception:  # it cannot be imported by its name
        return None
    function, kind = find(module, qualname), _kind(module, qualname)
    if not callable(function):
        return None
    described = parameters(function, bound=kind in {"method", "property", "classmethod"})
    later = inspect.iscoroutinefunction(function)
    entry = Entry(where, qualname, kind, described, answers(function), is_elsewhere=True, is_async=later)
    return entry, function, module


def _kind(module: object, qualname: str) -> str:
    """As in `Entry`."""
    above, _, name = qualname.rpartition(".")
    if not above:
        return "function"
    found = inspect.getattr_static(find(module, above), name, None)
    kinds = {property: "property", classmethod: "classmethod", staticmethod: "staticmethod"}
    return kinds.get(type(found), "method")
