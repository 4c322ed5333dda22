"""What can be seen of an object: all of it, where it can be written, or its fields one by one."""

from __future__ import annotations

import collections.abc
from collections.abc import Iterator
from typing import Any

from ..express import compilable, express

PLAIN: tuple[Any, ...] = (tuple, list, dict, set, frozenset, str, int)


def written(value: object) -> str | None:
    """The template of an equal value; of a container's subclass that is equal to a plain one, the plain one's."""
    options: list[object] = [value]
    # Keys are equal to a set, and a tuple with more to it is still equal to a tuple.
    options += [set(value)] if isinstance(value, collections.abc.KeysView) else []
    options += [plain(value) for plain in PLAIN if isinstance(value, plain) and type(value) is not plain]
    for option in options:
        text = express(option)
        if text is not None and (_equals(text, value) or isinstance(value, float)):
            return text
    return None


def _equals(text: str, value: object) -> bool:
    try:
        source, namespace = compilable(text)
        return bool(eval(source, namespace) == value)
    except Exception:  # an __eq__ of the project's may do anything
        return False


def fields(value: object) -> Iterator[tuple[str, object]]:
    """Public attributes and properties, those that are set on the object first."""
    own = [name for name in getattr(value, "__dict__", {}) if not name.startswith("_")]
    slots = [name for name in getattr(type(value), "__slots__", ()) if not name.startswith("_")]
    computed = [
        name
        for cls in type(value).__mro__[:-1]
        for name, item in vars(cls).items()
        if isinstance(item, property) and not name.startswith("_") and cls.__module__ != "builtins"
    ]
    for name in dict.fromkeys([*own, *slots, *computed]):
        try:
            yield name, getattr(value, name)
        except Exception:  # a property of the project's may raise
            continue
