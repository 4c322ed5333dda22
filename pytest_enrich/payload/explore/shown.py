"""The calls that tests and examples make: an example is as good a model as a test."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

from ..project import module_of
from ..rules import is_left_out, rule
from ..rules.body import answers, parameters
from . import calls, examples
from .calls import Call
from .entry import ASKING, MAKERS, OPERATORS, Entry, finished
from .supply import Known, Seen

METHODS = (classmethod, staticmethod, functools.partialmethod, functools.singledispatchmethod)
"""Descriptors that give a method when they are read, other than those that can be called themselves."""
MOST_STEPS_BEFORE, MOST_IN_A_ROW, MOST_GIVEN = 12, 3, 6


def of_job(job: dict[str, Any], entries: Sequence[Entry], module: types.ModuleType, root: str) -> list[Seen]:
    """What people show of each entry of an `Explore` job; nothing of commands, whose functions nobody calls."""
    beside = [calls.load(record) for record in job["neighbours"] if not record.get("refused")]
    all_seen = []
    for record, entry in zip(job["entries"], entries, strict=True):
        recorded = record["calls"] if entry.line is None else ()
        made = [_of(entry, calls.load(call)) for call in recorded]
        refused = [_of(entry, calls.load(call)) for call in recorded if call.get("refused")]
        shown = [*map(_doing, made)]
        documented = [*(_documented(entry, module, root) if entry.line is None else ())]
        shown_calls = [*shown, *documented]
        setups = [call.setup for call in shown_calls if call.setup] + _steps(entry, [*map(_doing, beside)], module)
        only = frozenset(documented).difference(shown)
        others = tuple(_given_beside(entry, beside))
        siblings = _siblings(entry, beside)
        all_seen.append(
            Seen(tuple(shown_calls), namesakes(beside), siblings, frozenset(refused), tuple(setups), only, others)
        )
    return all_seen


def _documented(entry: Entry, module: types.ModuleType, root: str) -> Iterator[Call]:
    """The calls in examples that people wrote for readers."""
    yield from _examples(entry, module)
    yield from examples.page_calls(entry, find(module, entry.qualname), owner_of(entry, module), module, root)


def _of(entry: Entry, call: Call) -> Call:
    """A call that a test makes; a constructor is not called on the object that it made."""
    return dataclasses.replace(call, receiver=None) if entry.name in MAKERS else call


def _steps(entry: Entry, beside: Iterable[Call], module: types.ModuleType) -> list[tuple[Call, ...]]:
    """The steps of tests on objects of this class, each with those before it, which may change the state."""
    owner = owner_of(entry, module) if entry.needs_receiver else None
    if owner is None:
        return []
    on_objects = (call for call in beside if call.receiver)
    telling = (call for call in on_objects if call.arguments or call.qualname.endswith(".__call__"))
    own = [call for call in telling if _is_public_method(call.qualname, owner, module)]
    several = ((*call.setup[-MOST_IN_A_ROW:], Call(call.qualname, call.arguments)) for call in own)
    return [] if is_left_out("steps of tests") else list(dict.fromkeys(several))[:MOST_STEPS_BEFORE]


def _doing(call: Call) -> Call:
    """The call without those of its steps that only ask for something."""
    steps = tuple(step for step in call.setup if step.qualname.rpartition(".")[2] not in ASKING)
    return call if len(steps) == len(call.setup) else dataclasses.replace(call, setup=steps)


def _is_public_method(qualname: str, owner: type, module: types.ModuleType) -> bool:
    above, _, name = qualname.rpartition(".")
    kind = find(module, above) if above else None
    is_public = name not in {*MAKERS, *ASKING} and (name[:1] != "_" or name in {*OPERATORS, "__call__"})
    return isinstance(kind, type) and kind in owner.__mro__ and is_public


@rule("docstring examples")
def _examples(entry: Entry, module: types.ModuleType) -> list[Call]:
    """The calls of the docstring's examples, the class's too when it is a method. Alone: 12 of 120."""
    owner = owner_of(entry, module)
    documented = [find(module, entry.qualname), *([owner] if owner else [])]
    return [call for subject in documented for call in examples.example_calls(entry, subject, vars(module))]


def _siblings(entry: Entry, beside: Iterable[Call]) -> dict[str, list[str]]:
    """What was passed to other operators of the class: they often take the same, except for `==` and `!=`."""
    others = ((Entry("", call.qualname, "method", ()), call) for call in beside)
    siblings = ((other, call) for other, call in others if other.owner == entry.owner and other.is_operator)
    return namesakes(call for other, call in siblings if other.name not in {"__eq__", "__ne__"})


@rule("given to its class")
def _given_beside(entry: Entry, beside: Iterable[Call]) -> list[str]:
    """What tests pass to other methods of its class, most often first: they often take the same (keys, nodes)."""
    own = (call for call in beside if entry.owner and call.qualname.rpartition(".")[0] == entry.owner)
    given = (value for call in own for _, value in call.arguments if "⟨" not in value)
    return [value for value, _ in Counter(given).most_common(MOST_GIVEN)]


def namesakes(others: Iterable[Call]) -> dict[str, list[str]]:
    """What was passed to parameters of other functions, by the parameter's name."""
    values: dict[str, list[str]] = {}
    for call in others:
        for name, value in call.arguments:
            if name and value not in values.setdefault(name, []):
                values[name].append(value)
    return values


def find(module: object, qualname: str) -> Any:
    """The function or other object of that qualified name (as in `data.Entry`), or None."""
    member: Any = as_it_stands(module, qualname)
    if isinstance(member, property):
        return member.fset if qualname.endswith("=") else member.fget
    if isinstance(member, classmethod | staticmethod):
        return member.__func__
    return _getter(member) if is_read(member) else member


def as_it_stands(module: object, qualname: str) -> object:
    """The object that a module, or a class in it, has under that name, without binding; None if there is none."""
    member = module
    for part in qualname.rstrip("=").split("."):
        member = inspect.getattr_static(member, part, None)
    return member


def is_read(held: object) -> bool:
    """Whether an attribute of a class gives a value when it is read, rather than a method."""
    is_method = callable(held) or isinstance(held, METHODS)
    return hasattr(type(held), "__get__") and not is_method


def _getter(held: object) -> object:
    """The function inside such a descriptor (`cached_property`), or the descriptor itself if there is none."""
    inside = getattr(held, "__dict__", {}).values()
    return next((value for value in inside if inspect.isfunction(value)), held)


def owner_of(entry: Entry, module: object) -> type | None:
    """The class whose objects the entry is called on."""
    owner = find(module, entry.owner) if entry.owner else None
    return owner if isinstance(owner, type) else None


@rule("calls from elsewhere")
def ways_elsewhere(job: dict[str, Any]) -> Iterator[Known]:
    """The functions of other modules that an `Explore` job calls or looks at, except those that cannot be found.

    Alone: 0 of 120.
    """
    grouped: dict[str, list[Call]] = {}
    for record in (*job["through"], *job["only"]):
        if ":" in record["qualname"]:
            grouped.setdefault(record["qualname"], []).append(calls.load(record))
    for name, recorded in grouped.items():
        if (found := _found(name)) is not None:
            entry, function, module = found
            setups = tuple(dict.fromkeys(call.setup for call in recorded if call.setup))
            distinct = dict.fromkeys(_of(entry, call) for call in recorded)
            shown = Seen(tuple(distinct), namesakes(recorded), setups=setups)
            yield Known(entry, shown, function, owner_of(entry, module))


def step_elsewhere(name: str) -> tuple[Entry, object]:
    """A method of another module that only set-ups call; if it cannot be found, it is called as recorded."""
    found = _found(name)
    where, _, qualname = name.partition(":")
    return found[:2] if found is not None else (Entry(where, qualname, "method", (), is_elsewhere=True), None)


def _found(name: str) -> tuple[Entry, Callable[..., object], ModuleType] | None:
    where, _, qualname = name.partition(":")
    try:
        module = module_of(where)
    except Exception:  # it cannot be imported by its name
        return None
    function, kind = find(module, qualname), _kind(module, qualname)
    if not callable(function):
        return None
    described = parameters(function, bound=kind in {"method", "property", "classmethod"})
    entry = Entry(
        where, qualname, kind, described, answers(function), is_elsewhere=True, finished=finished(function)
    )
    return entry, function, module


def _kind(module: object, qualname: str) -> str:
    """The `kind` of its `Entry`."""
    kinds = {property: "property", classmethod: "classmethod", staticmethod: "staticmethod"}
    return kinds.get(type(as_it_stands(module, qualname)), "method" if "." in qualname else "function")
