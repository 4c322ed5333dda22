"""What can be seen of an object: all of it, where it can be written, or its fields one by one."""

from __future__ import annotations

import collections.abc
import contextlib
import inspect
import itertools
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from types import FunctionType
from typing import Any

from ..express import UNSTABLE, express, named, spoken, stands_for
from . import command
from .calls import Program
from .run import Outcome

BARE: dict[type, Callable[[Any], object]] = {int: int.__index__, float: float.__float__, str: str.__str__}
"""How a value of a subclass is made a plain one."""
MOST_HELD, DEEPEST = 50, 3
Record = dict[str, Any]
MOST, MOST_FIELDS = 3, 6
"""Of what a call changes; and of what it gives, from which the proof takes what notices something."""
SHORT_FLOAT = 6
STARTED, YEAR = time.time(), 366 * 86_400.0
"""When this was imported, by the clock; a search may change it."""
LARGEST_TIME = 10**20
LONGEST = 100
SHORTEST = 3
QUOTED = re.compile(r"'[^']*'")
LONGEST_FIELD = 70
MOST_ITEMS, MOST_OF_MAPPING = 8, 2
EMPTY = {"None", "[]", "{}", "()", "''", "0", "False", "set()"}
FIELDS = re.compile(r"⟨[\w.:]+⟩\((\w+=[^,=]+(?:, \w+=[^,=]+)*)\)")
"""An object, as it is written with its fields."""


def visible_text(value: object) -> str | None:
    """The template of an equal value; of a container's subclass that is equal to a plain one, the plain one's."""
    for option in itertools.chain([value], _made_plain(value)):
        text = express(option)
        if text is not None and stands_for(text, value):
            return text  # no `nan`, which is equal to nothing
    return None


def is_of_today(value: object) -> bool:
    """Whether it is about the time by the clock, in seconds or parts of them: of a file, or of now."""
    if not (type(value) is int or type(value) is float) or not 0 < value < LARGEST_TIME:
        return False  # a number of the project's may do anything when it is compared
    return any(abs(value / part - STARTED) < YEAR for part in (1, 1e3, 1e6, 1e9))


def _made_plain(value: object) -> Iterator[object]:
    """The value where nothing in it is of a subclass: a list of the project's, with numbers of the project's."""
    with contextlib.suppress(Exception):  # a container of the project's may do anything
        # Keys are equal to a set, and a tuple with more to it is still equal to a tuple.
        yield set(value) if isinstance(value, collections.abc.KeysView) else _plain(value, DEEPEST)


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


def fields(value: object) -> Iterator[tuple[str, object]]:
    """Public attributes and properties, those that are set on the object first."""
    named = getattr(type(value), "_fields", ()) if isinstance(value, tuple) else ()
    own = [name for name in (*named, *getattr(value, "__dict__", {})) if not name.startswith("_")]
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


def stated(outcome: Outcome, plain: Program) -> list[Record]:
    """The result, else what is public of it."""
    value = outcome.result
    if command.is_result(value):
        said = [_stated(f"{{result}}.{name}", part, repr(part)) for name, part in _told(value)]
        return [one for one in said if not UNSTABLE.search(one["value"]) and len(one["value"]) <= LONGEST]
    text = visible_text(value)
    if text is not None and len(text) > LONGEST_FIELD and isinstance(value, Mapping):
        keys = visible_text([*value])
        named = [_stated("list({result})", [*value], keys)] if keys and len(keys) <= LONGEST_FIELD else []
        return [*list(_items(value, plain))[:MOST_FIELDS], *named] or [_stated("{result}", value, text)]
    if text is not None and (len(text) <= LONGEST or isinstance(value, str | bytes)):
        return [_stated("{result}", value, text)]
    if type(value) is str and (line := telling_line(value, plain.text)):
        return [{**_stated(f"{line} in {{result}}", value, "True"), "form": "is"}]
    alike = [one for one in outcome.namespace.values() if type(one) is type(value)]
    return [*_parts(value, plain, alike)][:MOST_FIELDS] or ([_stated("{result}", value, text)] if text else [])


def telling_line(text: str, passed: str) -> str:
    """Of a text that is too long to be written the line, as a literal, that has most of what is `passed` in it.

    "" where there is none to read: one that could stand anywhere in any text says nothing.
    """
    words = {*re.findall(r"\w{3,}", passed), *re.findall(r"\w+", " ".join(QUOTED.findall(passed)))}
    lines = dict.fromkeys(line.strip() for line in text.splitlines())
    readable = [
        line for line in lines if SHORTEST < len(line) <= LONGEST_FIELD and line.isprintable() and "⟨" not in line
    ]
    steady = (line for line in readable if re.search(r"\w", line) and not UNSTABLE.search(line))
    line = max(steady, key=lambda one: (len(words & {*re.findall(r"\w+", one)}), -len(one)), default="")
    return repr(line) if line else ""


def _told(result: Any) -> list[tuple[str, object]]:
    """What a command told its user, and the shell when it did not go well."""
    status = [("exit_code", result.exit_code)] if result.exit_code or not result.output else []
    return [("output", result.output), *status] if result.output else status


def _stated(expression: str, value: object, text: str) -> Record:
    form = "equal"
    if value is None or isinstance(value, bool | type | FunctionType):
        form = "is"
    elif _is_inexact(value):
        form = "approx"
    return {"subject": "result", "expression": expression, "value": text, "message": "", "form": form}


def _is_inexact(value: object) -> bool:
    """Whether it is a float, or a plain container of numbers, with digits that depend on the machine."""
    if isinstance(value, float):
        return len(repr(value)) > SHORT_FLOAT and math.isfinite(value)
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    numbers = all(isinstance(part, int | float) for part in held)
    return numbers and any(isinstance(part, float) and _is_inexact(part) for part in held)


def _parts(value: object, plain: Program, alike: Sequence[object] = ()) -> Iterator[Record]:
    """Its public fields, else its text: for what cannot be written as a whole.

    Fields that the lines name which the call is made for tell the most, then those that the call names, then those
    that are other than in objects `alike` that it was made of; what fills a line by itself is shown only where
    nothing else is. Its length, and what it looks like to a programmer, say too little to be worth a test.
    """
    if isinstance(value, tuple | list) and type(value) in {tuple, list} and len(value) <= MOST_ITEMS:
        # A tuple that has something private in it is the project's own business.
        told = value if type(value) is list or not any(map(_is_private, value)) else ()
        yield from chain.from_iterable(_place(f"{{result}}[{at}]", part) for at, part in enumerate(told))
        return
    if type(value) is dict and 0 < len(value) <= MOST_ITEMS and (keys := visible_text([*value])) is not None:
        # What it holds cannot be written: then a part of that, or what it holds it by.
        held = [one for one in _held(value, "{result}", DEEPEST) if len(one["value"]) <= LONGEST_FIELD]
        spoken_of = {*plain.about, *re.findall(r"\w+", plain.action)}
        held.sort(key=lambda one: (spoken_of.isdisjoint(re.findall(r"\w+", one["expression"])), is_empty(one)))
        yield from held[:MOST_OF_MAPPING]
        yield _stated("list({result})", [*value], keys)
        return
    stated = _fields(value)
    if isinstance(value, BaseException) and (kind := named(type(value))) is not None:
        yield from _of_error(value, kind, stated, plain)
        return
    readable = [record for record in stated if len(record["value"]) <= LONGEST_FIELD] or stated
    same = {(f"{{result}}.{name}", visible_text(part)) for one in alike for name, part in fields(one)}

    def little(record: Record) -> tuple[bool, ...]:
        is_unchanged = (record["expression"], record["value"]) in same
        _, *names = record["expression"].split(".")
        is_named = not plain.about.isdisjoint(name.partition("[")[0] for name in names)
        return not is_named, is_empty(record), len(names) > 1, not _is_given(record, plain.action), is_unchanged

    yield from sorted(readable, key=little)
    if not stated and _has_own(type(value), "__str__"):
        yield from _spoken(value)


def _of_error(error: BaseException, kind: str, stated: list[Record], plain: Program) -> Iterator[Record]:
    """Which one it is, unless the call says so, what it says, and what it keeps that it was not given.

    What it was given to keep is shown only where nothing else is; flags are not.
    """
    telling = [one for one in stated if not is_empty(one) and one["form"] != "is"]
    # Of several arguments Python makes a text of signs.
    is_said = _has_own(type(error), "__str__") or error.args == (spoken(error),)
    shown = [*(_spoken(error) if is_said else []), *telling]
    shown = [one for one in shown if one["value"] not in plain.text] or shown
    if not shown or kind not in plain.action:
        yield {**_stated("{result}", error, kind), "form": "instance"}
    yield from shown


def _spoken(value: object) -> list[Record]:
    """Its text, where that is a line to read."""
    text = spoken(value)
    is_readable = 0 < len(text) < 80 and text.isprintable() and not UNSTABLE.search(text)  # noqa: PLR2004
    return [_stated("str({result})", text, repr(text))] if is_readable else []


def _is_private(part: object) -> bool:
    """Whether it is a class that its module keeps for itself, or made of one."""
    return (part if isinstance(part, type) else type(part)).__name__.startswith("_")


def _place(expression: str, part: object) -> list[Record]:
    text = visible_text(part)
    return [_stated(expression, part, text)] if text is not None else _fields(part, expression)


def _fields(value: object, expression: str = "{result}", *, inner: bool = True) -> list[Record]:
    """What can be written of its fields; of a list of objects that cannot, the fields of the first one."""
    found = []
    for name, part in fields(value):
        if not inspect.isroutine(part) and (text := visible_text(part)) is not None:
            found.append(_stated(f"{expression}.{name}", part, text))
        elif inner and type(part) in {list, tuple} and part:
            found += _fields(part[0], f"{expression}.{name}[0]", inner=False)  # type: ignore[index]
        elif inner and _package(part) == _package(value):
            found += sorted(_fields(part, f"{expression}.{name}", inner=False), key=is_empty)[:1]
    return found


def _package(value: object) -> str:
    """The package that a value's class is of."""
    return type(value).__module__.partition(".")[0]


def _held(value: Mapping[Any, Any], expression: str, deeper: int) -> Iterator[Record]:
    """What can be seen of what a mapping holds: items that can be written, fields of objects, mappings in it."""
    for key, part in value.items():
        if (written := express(key)) is None:
            continue
        place = f"{expression}[{written}]"
        if type(part) is dict and part and deeper:
            yield from _held(part, place, deeper - 1)
            yield from [_stated(f"list({place})", [*part], text)] if (text := visible_text([*part])) else []
        elif (text := visible_text(part)) is not None:
            yield _stated(place, part, text)
        else:
            yield from (one for one in _fields(part, place) if not is_empty(one))


def _items(value: Mapping[Any, Any], plain: Program) -> Iterator[Record]:
    """What a mapping that fills a line holds.

    First what the lines name which the call is made for, then what it speaks of, then what says something.
    """
    texts = ((express(key), part, visible_text(part)) for key, part in value.items())
    shown = [(key, part, text) for key, part, text in texts if key and text and len(text) <= LONGEST_FIELD]
    items = [(key.strip("'\""), _stated(f"{{result}}[{key}]", part, text)) for key, part, text in shown]
    about = {word.lower() for word in plain.about}

    def little(item: tuple[str, Record]) -> tuple[bool, ...]:
        key, record = item
        is_named = bool(words := {*re.findall(r"[^\W_]+", key.lower())}) and words <= about
        return not is_named, not key or key not in plain.action, is_empty(record)

    items.sort(key=little)
    yield from (record for _, record in items)


def is_empty(record: Record) -> bool:
    """Whether it is a value that says little: none, zero, or an object whose fields are."""
    made = FIELDS.fullmatch(record["value"])
    values = {part.partition("=")[2] for part in made[1].split(", ")} if made else {record["value"]}
    return values <= EMPTY


def _is_given(record: Record, action: str) -> bool:
    """Whether the call passes an argument of the field's name."""
    return re.search(rf"\b{record['expression'].rpartition('.')[2]}=", action) is not None


def _has_own(cls: type, name: str) -> bool:
    """Whether a class of the project's (not a built-in one) says what its objects look like."""
    return any(name in vars(one) and one.__module__ != "builtins" for one in cls.__mro__)
