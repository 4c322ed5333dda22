"""What the tests, and the examples of docstrings, show of how a function is called."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Iterable, Sequence
from typing import Any

from . import calls, changing, example
from .calls import Call
from .entry import Entry
from .operators import ASKING, MAKERS, OPERATORS
from .pool import Seen

MOST_STEPS_BEFORE, MOST_CHANGING, MOST_IN_A_ROW = 12, 6, 3


def of_job(job: dict[str, Any], entries: Sequence[Entry], module: types.ModuleType) -> list[Seen]:
    """For each entry of an `Explore` job, what is known; nothing of commands: nobody calls their functions."""
    beside = [calls.load(record) for record in job["neighbours"] if not record.get("refused")]
    found = []
    for record, entry in zip(job["entries"], entries, strict=True):
        given = record["calls"] if entry.line is None else ()
        own = [calls.load(one) for one in given]
        refused = [calls.load(one) for one in given if one.get("refused")]
        made = [*map(_doing, own), *(_examples(entry, module) if entry.line is None else ())]
        setups = [call.setup for call in made if call.setup] + _steps(entry, [*map(_doing, beside)], module)
        siblings = _siblings(entry, beside)
        found.append(Seen(tuple(made), namesakes(beside), siblings, frozenset(refused), tuple(setups)))
    return found


def _steps(entry: Entry, beside: Iterable[Call], module: types.ModuleType) -> list[tuple[Call, ...]]:
    """What tests do to such objects, each with what they did before, and what changes them.

    Each may leave an object in another state.
    """
    owner = owner_of(entry, module) if entry.needs_receiver else None
    if owner is None:
        return []
    called = (call for call in beside if call.receiver is not None)
    telling = (call for call in called if call.arguments or call.qualname.endswith(".__call__"))
    own = [call for call in telling if _is_public_method(call.qualname, owner, module)]
    several = ((*call.setup[-MOST_IN_A_ROW:], Call(call.qualname, call.arguments)) for call in own)
    made = list(dict.fromkeys(several))[:MOST_STEPS_BEFORE]
    changing_it = [(Call(f"{entry.owner}.{name}"),) for name in changing.methods(owner) if name != entry.name]
    return [*made, *changing_it[:MOST_CHANGING]]


def _doing(call: Call) -> Call:
    """The call without the questions among its steps."""
    steps = tuple(step for step in call.setup if step.qualname.rpartition(".")[2] not in ASKING)
    return call if len(steps) == len(call.setup) else dataclasses.replace(call, setup=steps)


def _is_public_method(qualname: str, owner: type, module: types.ModuleType) -> bool:
    above, _, name = qualname.rpartition(".")
    kind = find(module, above) if above else None
    is_public = name not in {*MAKERS, *ASKING} and (name[:1] != "_" or name in {*OPERATORS, "__call__"})
    return isinstance(kind, type) and issubclass(owner, kind) and is_public


def _examples(entry: Entry, module: types.ModuleType) -> list[Call]:
    """The calls of the docstring's examples, the class's too when it is a method."""
    owner = owner_of(entry, module)
    documented = [find(module, entry.qualname), *([owner] if owner else [])]
    return [call for one in documented for call in example.of(entry, one, vars(module))]


def _siblings(entry: Entry, beside: Iterable[Call]) -> dict[str, list[str]]:
    """What was passed to the operators of the same class: they often take the same, but for the equal sign."""
    others = ((Entry("", call.qualname, "method", ()), call) for call in beside)
    same = ((one, call) for one, call in others if one.owner == entry.owner and one.is_operator)
    return namesakes(call for one, call in same if one.name not in {"__eq__", "__ne__"})


def namesakes(others: Iterable[Call]) -> dict[str, list[str]]:
    """What was passed to parameters of other functions, by the parameter's name."""
    found: dict[str, list[str]] = {}
    for call in others:
        for name, value in call.arguments:
            if name and value not in found.setdefault(name, []):
                found[name].append(value)
    return found


def find(module: object, qualname: str) -> Any:
    """The object of that qualified name (as in `data.Entry`), bound or not, or None."""
    found = module
    for part in qualname.rstrip("=").split("."):
        found = inspect.getattr_static(found, part, None)
    if isinstance(found, property):
        return found.fset if qualname.endswith("=") else found.fget
    return found.__func__ if isinstance(found, classmethod | staticmethod) else found


def owner_of(entry: Entry, module: object) -> type | None:
    """The class whose objects the entry is called on."""
    owner = find(module, entry.owner) if entry.owner else None
    return owner if isinstance(owner, type) else None
