"""A value as the Python source that a person would write for it.

The source is a *template*: each name to be imported is written ``⟨module:qualname⟩``, so that the test file it
ends up in decides how to import it. What cannot be written briefly and faithfully has no template (None), because
a test with a wrong or unreadable value is worse than no test.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import pathlib
import re
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import TypeAlias

from .code import NAME, bound, compilable, evaluate, find, function, kept, made, named, written
from .values import CONTAINERS, SCALARS, UNSTABLE, Inner, spoken, steady

__all__ = [
    "NAME",
    "UNSTABLE",
    "Objects",
    "bound",
    "compilable",
    "evaluable",
    "evaluate",
    "express",
    "find",
    "is_thing",
    "is_true",
    "made",
    "named",
    "no_objects",
    "spoken",
    "stands_for",
    "steady",
    "written",
]

Objects: TypeAlias = Callable[[object], "str | None"]
"""Returns the call that made an object, or None if it is not known."""
THING = re.compile(r"b?['\"]|[\[{(]|⟨[^⟩]*⟩\(")

PATHS = {type(getattr(pathlib, name)()): name for name in ("PureWindowsPath", "PurePosixPath", "PurePath", "Path")}

LONGEST = 400
DEEPEST = 6
MOST_PARTS = 150
TIMES = 3
"""How often a constructor is called: its results may differ, with a counter for example."""


def evaluable(templates: Sequence[str]) -> list[tuple[str, object]]:
    """Each template with its value, without those that cannot be evaluated here."""
    pairs = []
    for template in dict.fromkeys(templates):
        try:
            pairs.append((template, evaluate(template)))
        except Exception:  # a recorded name that is gone, or a constant that is no literal
            continue
    return pairs


class UnwrittenError(Exception):
    """A part of a value has no template, so the value has none."""


def no_objects(_value: object) -> str | None:
    """Know no objects: what to pass where none were recorded."""
    return None


def express(value: object, objects: Objects = no_objects) -> str | None:
    """The template of `value`, or None.

    Args:
        value: Anything; it is not changed, and the worst that its own methods can do is give a wrong answer.
        objects: Returns the call that made an object of the project's own classes.
    """
    try:
        text = _express(value, objects, iter(range(MOST_PARTS)), 0)
    except Exception:  # it has no template, or a hostile __repr__, __eq__ or __reduce__
        return None
    return None if len(text) > LONGEST or UNSTABLE.search(text) else text


def _express(value: object, objects: Objects, parts: Iterator[int], depth: int) -> str:
    next(parts)  # raises when there are too many to read; attributes may be made anew at each access
    text = objects(value)
    if text is None and depth <= DEEPEST:
        text = _written(value, partial(_express, objects=objects, parts=parts, depth=depth + 1))
    if text is None:
        raise UnwrittenError
    return text


def _written(value: object, inner: Inner) -> str | None:
    """The template of a value that was not made by a known call, or None."""
    if (scalar := SCALARS.get(type(value))) is not None:
        return scalar(value)
    if (container := CONTAINERS.get(type(value))) is not None:
        return container(value, inner)
    return _instance(value, inner)


def same(text: str, value: object) -> bool:
    """Whether the text gives an equal value of the same type, each time."""
    copies = [evaluate(text) for _ in range(TIMES)]  # all are kept, so that none reuses the memory of another
    return all(type(copy) is type(value) and is_true(copy == value) for copy in copies)


def stands_for(text: str, value: object) -> bool:
    """Whether the text gives an equal value, compared as a test would."""
    try:
        return is_true(evaluate(text) == value)
    except Exception:  # an __eq__ of the project's may do anything
        return False


def is_true(answer: object) -> bool:
    """Whether an answer is `True`, or another library's equivalent: not just anything that is truthy.

    A comparison may give anything: an array of booleans, a clause of a query.
    """
    try:
        return answer is True or (hash(answer) == hash(1) and bool(answer))
    except Exception:  # a list of booleans has no hash, and others may not have a truth value
        return False


def _instance(value: object, inner: Inner) -> str | None:
    """The template of an object that is neither a plain value nor a container, or None."""
    if isinstance(value, enum.Enum):
        return _member(value)
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType) or typing.get_origin(value):
        template = _generic(value, typing.get_origin(value), inner) or named(value)
        return template or (function(value) if isinstance(value, types.FunctionType) else None)
    fields = getattr(type(value), "_fields", None)  # of the class: an object may have an attribute of any name
    if isinstance(value, tuple) and isinstance(fields, tuple):
        return _construct(value, [(name, getattr(value, name)) for name in fields], inner)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _dataclass(value, inner)
    if isinstance(value, pathlib.PurePath):  # by the public name that makes this class on this system
        return f"⟨pathlib:{PATHS[type(value)]}⟩({str(value)!r})" if type(value) in PATHS else None
    return _constant(value) or _rebuilt(value, inner)


def _generic(value: object, origin: object, inner: Inner) -> str | None:
    """The template of a generic type: `list[int]`, `Optional[int]`, `int | None`; bare if it has no arguments."""
    if origin is None:
        return None
    parts = [
        named(argument) or _variable(argument) if isinstance(argument, type | typing.TypeVar) else inner(argument)
        for argument in typing.get_args(value)
    ]
    name = str(getattr(value, "_name", None) or "Union")
    form = named(origin) if type(value) is types.GenericAlias else f"⟨typing:{name}⟩"
    if form is None or not hasattr(typing, name) or None in parts:
        return None
    shown = [str(part) for part in parts if part != "None" or name != "Optional"]
    text = f"{form}[{', '.join(shown)}]" if shown else form
    text = " | ".join(shown) if type(value) is types.UnionType else text
    return text if evaluate(text) == value else None


def _variable(value: object) -> str | None:
    """The template of a type variable, by its name in its module; "None" for the type of None."""
    if not isinstance(value, typing.TypeVar):
        return "None" if value is type(None) else None
    module, name = value.__module__, value.__name__
    return f"⟨{module}:{name}⟩" if getattr(sys.modules.get(module), name, None) is value else None


def _constant(value: object) -> str | None:
    """The public name that this very object has in its class (`timezone.utc`) or its module (`UTC`).

    Of a private class, only an object without attributes counts: it is a marker (`MISSING`).
    """
    cls = type(value)
    owner = named(cls)
    if owner and (inside := kept(value, vars(cls))):
        return f"{owner[:-1]}.{inside}⟩"
    public = kept(value, vars(sys.modules.get(cls.__module__, types)))
    is_meant = owner or getattr(value, "__dict__", None) == {}
    return f"⟨{cls.__module__}:{public}⟩" if public and is_meant else None


def _rebuilt(value: object, inner: Inner) -> str | None:
    """A call of its class with the attributes named like its parameters, if that makes an equal object."""
    cls = type(value)
    if cls.__eq__ is object.__eq__ or cls.__module__ == "builtins":
        return None
    given = list(_given(value, cls))
    return _construct(value, given, inner) if given else None


def _given(value: object, cls: type) -> Iterator[tuple[str, object]]:
    for name, default in _parameters(cls):
        attribute = getattr(value, name, default)
        if attribute is not default and attribute != default:
            yield name, attribute


@lru_cache(maxsize=1000)
def _parameters(cls: type) -> list[tuple[str, object]]:
    """Names and defaults; cached, as parsing the text of a C class's signature takes a millisecond."""
    several = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    declared = inspect.signature(cls).parameters.values()
    return [(parameter.name, parameter.default) for parameter in declared if parameter.kind not in several]


def _member(value: enum.Enum) -> str | None:
    owner, name = named(type(value)), str(value.name)
    # Combined members of a flag have no name of their own, or one (`A|B`) that is no identifier.
    return f"{owner[:-1]}.{name}⟩" if owner and name.isidentifier() and name != "None" else None


def _dataclass(value: object, inner: Inner) -> str | None:
    fields = [f for f in dataclasses.fields(value) if f.init]  # type: ignore[arg-type]
    given = [(f.name, getattr(value, f.name)) for f in fields if not _is_default(f, getattr(value, f.name))]
    return _construct(value, given, inner)


def _is_default(field: dataclasses.Field[object], value: object) -> bool:
    if field.default is not dataclasses.MISSING:
        return type(field.default) is type(value) and field.default == value
    factories: tuple[object, ...] = (list, dict, set, tuple)
    return field.default_factory in factories and type(value) is field.default_factory and not value


def is_thing(template: str) -> bool:
    """Whether it is a text, a collection or a new object: the subject of a call, not a setting of it."""
    return THING.match(template) is not None


def _construct(value: object, given: Iterable[tuple[str, object]], inner: Inner) -> str | None:
    if (owner := named(type(value))) is None:
        return None
    text = f"{owner}({', '.join(f'{name}={inner(part)}' for name, part in given)})"
    return text if same(text, value) else None
