"""What can be seen of an object: all of it, where it can be written, or its fields one by one."""

from __future__ import annotations

import collections.abc
import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from ..express import compilable, express, is_true

PLAIN: tuple[Any, ...] = (tuple, list, dict, set, frozenset, str, int)
BARE: dict[type, Callable[[Any], object]] = {int: int.__index__, float: float.__float__, str: str.__str__}
MOST_HELD, DEEPEST = 50, 3


def written(value: object) -> str | None:
    """The template of an equal value; of a container's subclass that is equal to a plain one, the plain one's."""
    options: list[object] = [value]
    # Keys are equal to a set, and a tuple with more to it is still equal to a tuple.
    options += [set(value)] if isinstance(value, collections.abc.KeysView) else []
    options += [plain(value) for plain in PLAIN if isinstance(value, plain) and type(value) is not plain]
    for option in itertools.chain(options, _plain_throughout(value)):
        text = express(option)
        if text is not None and (_equals(text, value) or isinstance(value, float)):
            return text
    return None


def _plain_throughout(value: object) -> Iterator[object]:
    """The value where nothing in it is of a subclass: a list of the project's, with numbers of the project's."""
    with contextlib.suppress(Exception):  # a container of the project's may do anything
        yield _plain(value, DEEPEST)


def _plain(value: Any, deeper: int) -> Any:
    if isinstance(value, dict | list | tuple | set | frozenset) and (len(value) > MOST_HELD or not deeper):
        return value
    if isinstance(value, dict):
        return {_plain(key, deeper - 1): _plain(held, deeper - 1) for key, held in value.items()}
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return kind(_plain(held, deeper - 1) for held in value)
    if isinstance(value, bool):
        return value
    return next((base(value) for kind, base in BARE.items() if isinstance(value, kind)), value)


def _equals(text: str, value: object) -> bool:
    try:
        source, namespace = compilable(text)
        return is_true(eval(source, namespace) == value)
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
