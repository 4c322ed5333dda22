"""How objects of a class are made: by which classes, with which parameters, and what those are for."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..express import named
from . import evidence, types, usage
from . import hints as declared

MOST_CLASSES = 4


class Constructor(NamedTuple):
    """The template of a class, what its constructor takes by name, and the types of these, as far as known.

    `variadic` is what it takes any number of, "" for nothing, or where other arguments come before.
    """

    owner: str
    parameters: Sequence[inspect.Parameter]
    hints: Mapping[str, Any]
    variadic: str = ""


def constructor(kind: type) -> Constructor | None:
    """That of a class; None where nobody can say how to call it."""
    owner = named(kind)
    try:
        parameters = list(inspect.signature(kind).parameters.values())
    except (TypeError, ValueError):  # no constructor of its own, above it one of C
        parameters = []
    if owner is None or kind.__module__ in {"builtins", "typing"}:
        return None
    hints = _hints(kind, parameters)
    singles = (p for p in parameters if p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD})
    fixed = [p for p in singles if p.default is p.empty or not p.name.startswith("_")]
    if any(p.default is p.empty and p.name not in hints for p in fixed):
        return None
    several = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL and p.name in hints), "")
    return Constructor(owner, fixed, hints, several if all(p.kind is p.KEYWORD_ONLY for p in fixed) else "")


def _hints(kind: type, parameters: Sequence[inspect.Parameter]) -> dict[str, Any]:
    """The types of the parameters, as far as anything tells them."""
    init = getattr(kind, "__init__", None)
    hints, used, kept = declared.of_function(init), usage.of(init), usage.kept(kind)
    for one in parameters:
        use = used.get(one.name, usage.NO_USE) | kept.get(one.name, usage.NO_USE)
        default = evidence.NOTHING if one.default is one.empty else one.default
        guess = evidence.of_parameter({"name": one.name}, hints.get(one.name), (), use, default)
        if guess is not types.UNKNOWN:
            hints[one.name] = guess
    return hints


def concrete(kind: type) -> list[type]:
    """The class itself, or the public ones below it when people cannot make objects of it."""
    if types.is_protocol(kind):
        near = vars(sys.modules.get(kind.__module__, types)).values()
        return [one for one in near if isinstance(one, type) and one is not kind and types.is_kind(one, kind)]
    if not inspect.isabstract(kind) and not kind.__name__.startswith("_"):
        return [kind]
    subclasses: list[type] = type.__subclasses__(kind)
    return [one for below in subclasses for one in concrete(below)][:MOST_CLASSES]
