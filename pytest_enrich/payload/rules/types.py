"""Standard types, told by the attributes and functions that are used with a value."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime as dt
import decimal
import enum
import inspect
import io
import itertools
import os
import pathlib
import re
import types
import typing
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

ANY_NUMBER = frozenset({int, float})
SEVERAL = 2
STANDARD: tuple[type, ...] = (
    str, bytes, int, float, list, dict, set, dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal,
    io.StringIO, io.BytesIO, pathlib.Path, re.Pattern, dataclasses.Field,
)  # fmt: skip
"""Types that their attributes give away: ``p.strftime`` is of a date, ``p.items`` of a dict.

A stream is a context manager; so is a path, but no longer in Python 3.13.
"""
MOST_HOLDERS = 4
AWAITABLE = "⟨asyncio:sleep⟩(0, 2)"
_TAKEN: tuple[tuple[str, frozenset[Any]], ...] = (
    ("iter enumerate sorted reversed list tuple sum any all zip set", frozenset({list})),
    ("chain islice groupby cycle tee accumulate deque Counter", frozenset({list})),
    ("len", frozenset({list, str})),
    ("abs round divmod isnan isinf isfinite floor ceil sqrt log10 range", ANY_NUMBER),
    ("ord loads strptime fromisoformat escape quote", frozenset({str})),
    ("int float", frozenset({int, str})),
    ("open isfile isdir exists dirname basename abspath", frozenset({str})),
    ("listdir os.walk scandir makedirs mkdir rmtree copytree", frozenset({str})),
)
TAKING: Mapping[str, frozenset[Any]] = {name: kinds for names, kinds in _TAKEN for name in names.split()}
"""What a call of such a function says about the first argument that it is given."""
ALIKE = {"chain", "divmod", "range", "strptime", "zip"}
"""Those whose further arguments are of the same type."""
ANYTHING: Any = typing.Any


class _HasFields(type):
    def __subclasscheck__(cls, other: type) -> bool:
        return cls is other or "__dataclass_fields__" in dir(other)

    def __instancecheck__(cls, value: object) -> bool:
        return not isinstance(value, type) and issubclass(type(value), cls)


class Dataclass(metaclass=_HasFields):
    """The type of the objects of any dataclass."""


GENERIC: Any = type(typing.List[int])  # noqa: UP006 - the class of what `typing` makes
"""The type of types with parameters."""
FIELD, CLASS = "value", "Item"
NAMES = frozenset(map(repr, (FIELD, CLASS, "Color", "RED", "GREEN")))
"""The names of a test's own classes and their members: nobody wrote them, and shorter ones would say less."""
STREAMS = (typing.IO, typing.TextIO, typing.BinaryIO)
COLLECTIONS = (
    collections.abc.Collection,
    collections.abc.Iterable,
    collections.abc.Reversible,
    collections.abc.Container,
    collections.abc.Sequence,
)
VARIABLES = (typing.TypeVar, typing.ParamSpecArgs, typing.ParamSpecKwargs)


def with_all(attributes: set[str]) -> set[Any]:
    """The standard types that have all of these attributes, when they are telling."""
    wanted = {name for name in attributes if not name.startswith("__")}
    fitting = {kind for kind in STANDARD if all(hasattr(kind, name) for name in wanted)} if wanted else set()
    if str in fitting:
        fitting -= {bytes}
    return fitting if len(fitting) <= MOST_HOLDERS else set()  # nearly everything has a `count`


def with_several(attributes: set[str]) -> set[Any]:
    """The standard types that have several telling ones of these attributes: some branches may be for them."""
    having = [{kind for kind in STANDARD if hasattr(kind, name)} for name in attributes]
    telling = [kinds for kinds in having if len(kinds) <= MOST_HOLDERS]
    return {kind for kind in STANDARD if sum(kind in kinds for kinds in telling) >= SEVERAL}


def holders(attribute: str) -> list[type]:
    """The standard types whose objects have an attribute that code asks for, a few at most.

    For a special method, only the plainest type: nobody opens a path where a context manager is asked for.
    """
    kinds = (kind for kind in STANDARD if hasattr(kind, attribute))
    return [*itertools.islice(kinds, 1 if attribute.startswith("__") else MOST_HOLDERS)]


class Unknown:
    """The type of a parameter about which nothing is known: no value is known to conform."""


UNKNOWN: Any = Unknown


def members(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a union, NewTypes, aliases and annotations taken off."""
    if isinstance(hint, typing.ForwardRef):
        return _forward(hint.__forward_arg__)
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return members(typing.get_args(hint)[0])
    if origin in {typing.Union, types.UnionType}:
        return tuple(member for part in typing.get_args(hint) for member in members(part))
    if isinstance(hint, VARIABLES):
        return _variable(hint)
    if hasattr(hint, "__value__"):  # `type X = ...`
        return members(hint.__value__)
    return (hint,)


def _variable(hint: Any) -> tuple[Any, ...]:
    """What a type variable, or the parameters that one stands for, may be."""
    constraints = getattr(hint, "__constraints__", ())
    bound = typing.Union[constraints] if constraints else getattr(hint, "__bound__", None)  # noqa: UP007 - of a tuple
    return members(bound) if bound is not None else (ANYTHING,)


def _forward(text: str) -> tuple[Any, ...]:
    """What a name inside a hint stands for, by Python's own names; nothing when it is none of those."""
    try:
        return members(eval(text, {**vars(typing), "os": os, "collections": collections, "datetime": dt}))
    except Exception:  # a name of the project's, known only to type checkers
        return ()


def enumerations(hint: Any) -> list[type[enum.Enum]]:
    """The enumerations among the alternatives of a hint."""
    return [member for member in members(hint) if isinstance(member, type) and issubclass(member, enum.Enum)]


def conforms(value: object, hint: Any) -> bool:
    """Whether callers who respect the hint would pass this value."""
    return any(_conforms(value, part) for part in members(hint))


def admits(kind: type, hint: Any) -> bool:
    """Whether callers who respect the hint would pass objects of this class."""
    return any(_admits(kind, part) for part in members(hint))


def _admits(kind: type, part: Any) -> bool:
    wanted = typing.get_origin(part) or part
    if part is ANYTHING or not isinstance(wanted, type):
        return part is not None
    if wanted in STREAMS:
        return issubclass(kind, io.IOBase)
    if keys_of(wanted) is not None:
        return issubclass(kind, dict)
    return is_kind(kind, wanted) or (wanted in {float, complex} and issubclass(kind, int | float))


def keys_of(kind: type) -> dict[str, Any] | None:
    """The keys of a `TypedDict`, each with its type; None for any other class."""
    return _keys(kind) if hasattr(kind, "__required_keys__") and issubclass(kind, dict) else None


@lru_cache(maxsize=256)  # they are asked for with every value that is tried
def _keys(kind: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(kind)
    except Exception:  # a name of the project's, known only to type checkers
        return dict.fromkeys(vars(kind).get("__annotations__", {}), ANYTHING)


def _has_keys(value: object, kind: type, hints: Mapping[str, Any]) -> bool:
    """Whether a value has the keys that a `TypedDict` requires, and no others, each with what belongs there."""
    if not isinstance(value, dict) or not kind.__required_keys__ <= value.keys() <= hints.keys():  # type: ignore[attr-defined]
        return False
    return all(conforms(item, hints[key]) for key, item in value.items())


def is_protocol(kind: type) -> bool:
    """Whether a class is a `typing.Protocol`, which says only what its objects must have."""
    return bool(getattr(kind, "_is_protocol", False))


def is_kind(cls: type, kind: type) -> bool:
    """Whether objects of `cls` may stand where `kind` is asked for."""
    if is_protocol(kind):
        needed = [name for name in {**vars(kind), **vars(kind).get("__annotations__", {})} if name[0] != "_"]
        return not is_protocol(cls) and bool(needed) and all(_has_alike(cls, kind, name) for name in needed)
    try:
        return issubclass(cls, kind)
    except TypeError:  # a metaclass of the project's that knows better
        return False


def _has_alike(cls: type, protocol: type, name: str) -> bool:
    """Whether a class has this attribute, a coroutine where the protocol's is one: a dict has a `get`, too."""
    asked, own = getattr(protocol, name, None), getattr(cls, name, None)
    is_later = inspect.iscoroutinefunction(asked)
    return hasattr(cls, name) and (not is_later or not callable(own) or inspect.iscoroutinefunction(own))


def _conforms(value: object, part: Any) -> bool:  # noqa: PLR0911 - one line a kind of hint
    if part is ANYTHING or part is inspect.Parameter.empty:
        return True
    if part is None or part is type(None):
        return value is None
    origin = typing.get_origin(part)
    if origin is typing.Literal:
        return value in typing.get_args(part)
    kind = origin or part
    if not isinstance(kind, type):
        return True
    if isinstance(value, bool) and kind is not bool:
        return kind is object
    if kind in {float, complex} and isinstance(value, int | float):
        return True
    if kind is type and typing.get_args(part):
        return isinstance(value, type) and any(map(partial(_admits, value), typing.get_args(part)))
    if typing.get_args(part) and not _holds(value, kind, typing.get_args(part)):
        return False
    return _is_one(value, kind)


def _holds(value: object, kind: type, arguments: tuple[Any, ...]) -> bool:
    """Whether the items of a plain container fit the hint; a text is a collection that nobody means."""
    if isinstance(value, str | bytes):
        return kind not in COLLECTIONS
    if isinstance(value, dict) and len(arguments) == 2:  # noqa: PLR2004 - of keys and of values
        return all(conforms(key, arguments[0]) and conforms(item, arguments[1]) for key, item in value.items())
    if isinstance(value, tuple) and kind is tuple and arguments[-1] is not ...:
        pairs = zip(value, arguments, strict=False)
        return len(value) == len(arguments) and all(conforms(item, hint) for item, hint in pairs)
    if isinstance(value, list | tuple | set | frozenset | dict):
        return all(conforms(item, arguments[0]) for item in value)
    return True


def _is_one(value: object, kind: type) -> bool:
    if (hints := keys_of(kind)) is not None:
        return _has_keys(value, kind, hints)
    if is_protocol(kind) or kind in STREAMS:
        return _admits(type(value), kind)
    try:
        return isinstance(value, kind)
    except TypeError:  # a metaclass of the project's that knows better
        return True
