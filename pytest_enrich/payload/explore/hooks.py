"""Ways to reach a method that only inherited code calls: `run()` of a base class calls `self._step()`."""

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
    """The entries of a job, with each hook replaced by the inherited methods that lead to it."""
    for record in records:
        yield from islice(_inherited(record, module), MOST) if record["kind"] == "hook" else [record]


@rule("inherited callers")
def _inherited(record: Mapping[str, Any], module: ModuleType) -> Iterator[Mapping[str, Any]]:
    """The public methods that lead to a method which its own module does not call, the nearest first."""
    above, _, name = record["qualname"].rpartition(".")
    owner = find(module, above)
    for caller in callers(owner, name) if isinstance(owner, type) else ():
        member = inspect.getattr_static(owner, caller, None)
        kind = "property" if is_read(member) else type(member).__name__ if _is_apart(member) else "method"
        qualname = f"{above}.{caller}"
        declared = parameters(find(module, qualname), bound=kind != "staticmethod")
        yield {**record, "qualname": qualname, "kind": kind, "parameters": declared, "calls": []}


def callers(owner: type, name: str) -> Iterator[str]:
    """The public methods of a class, inherited ones too, that refer to the method `name`, even indirectly."""
    references = {method: _names(member) for cls in owner.__mro__[::-1] for method, member in vars(cls).items()}
    wanted, left = {name}, {method: names for method, names in references.items() if names and method != name}
    while referring := [method for method, names in left.items() if names & wanted]:
        public = [method for method in referring if method[:1] != "_" or method in PUBLIC]
        # An iterator is called for all that it yields, so that `__iter__` stands for `__next__`.
        yield from dict.fromkeys(
            "__iter__" if method == "__next__" and "__iter__" in references else method for method in public
        )
        wanted = {*referring} - {*public} | ({*public} & MAKERS)
        left = {method: names for method, names in left.items() if method not in referring}


def _names(held: object) -> frozenset[str]:
    """The names that a function of a class refers to; it may be a property, a class method or a static method."""
    function: object = held.fget if isinstance(held, property) else held.__func__ if _is_apart(held) else held
    return frozenset(asked_by(function.__code__) if isinstance(function, FunctionType) else ())


def _is_apart(held: object) -> TypeGuard[classmethod[Any, Any, Any] | staticmethod[Any, Any]]:
    return isinstance(held, classmethod | staticmethod)
