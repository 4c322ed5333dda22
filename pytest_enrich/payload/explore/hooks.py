"""Ways in to a method that only what its class inherits calls: `run()` of a base comes to `self._step()`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import FunctionType, ModuleType
from typing import Any, TypeGuard

from ..rules import rule
from ..rules.body import asked_by, parameters
from .entry import MAKERS, OPERATORS
from .shown import find, is_read

MOST = 3
PUBLIC = {*OPERATORS, *MAKERS, "__call__"}


def entered(records: Iterable[Mapping[str, Any]], module: ModuleType) -> Iterator[Mapping[str, Any]]:
    """The entries of a job; in the place of a hook what its class inherits that comes to it."""
    for record in records:
        yield from islice(_inherited(record, module), MOST) if record["kind"] == "hook" else [record]


@rule("inherited callers")
def _inherited(record: Mapping[str, Any], module: ModuleType) -> Iterator[Mapping[str, Any]]:
    """The public methods that come to one which its own module does not call, the nearest first."""
    above, _, name = record["qualname"].rpartition(".")
    owner = find(module, above)
    for caller in callers(owner, name) if isinstance(owner, type) else ():
        held = inspect.getattr_static(owner, caller, None)
        kind = "property" if is_read(held) else type(held).__name__ if _is_apart(held) else "method"
        qualname = f"{above}.{caller}"
        declared = parameters(find(module, qualname), bound=kind != "staticmethod")
        yield {**record, "qualname": qualname, "kind": kind, "parameters": declared, "calls": []}


def callers(owner: type, name: str) -> Iterator[str]:
    """The public methods of a class, inherited ones too, that refer to the method `name`, or to what does."""
    asked = {one: _names(held) for kind in owner.__mro__[::-1] for one, held in vars(kind).items()}
    wanted, left = {name}, {one: names for one, names in asked.items() if names and one != name}
    while found := [one for one, names in left.items() if names & wanted]:
        public = [one for one in found if one[:1] != "_" or one in PUBLIC]
        # What is gone through is asked for all that it gives.
        yield from dict.fromkeys(
            "__iter__" if one == "__next__" and "__iter__" in asked else one for one in public
        )
        wanted = {*found} - {*public} | ({*public} & MAKERS)
        left = {one: names for one, names in left.items() if one not in found}


def _names(held: object) -> frozenset[str]:
    """The names that a function of a class refers to, also where it is a property, or stands alone."""
    function: object = held.fget if isinstance(held, property) else held.__func__ if _is_apart(held) else held
    return frozenset(asked_by(function.__code__) if isinstance(function, FunctionType) else ())


def _is_apart(held: object) -> TypeGuard[classmethod[Any, Any, Any] | staticmethod[Any, Any]]:
    return isinstance(held, classmethod | staticmethod)
