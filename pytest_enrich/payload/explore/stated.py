"""What can be seen of an object: the whole, if it can be written as a template, or its fields one by one."""

from __future__ import annotations

import collections.abc
import contextlib
import inspect
import itertools
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any

from ..express import UNSTABLE, express, named, spoken, stands_for
from . import command
from .calls import Program
from .run import Outcome

BARE: dict[type, Callable[[Any], object]] = {int: int.__index__, float: float.__float__, str: str.__str__}
"""How to make a plain value of an instance of a subclass."""
MOST_HELD, DEEPEST = 50, 3
Record = dict[str, Any]
MOST, MOST_FIELDS = 3, 6
"""How many changes are stated; and how many fields of a result, of which the proof keeps those that matter."""
SHORT_FLOAT = 6
STARTED, YEAR = time.time(), 366 * 86_400.0
"""When this module was imported, by the clock; a search may change the clock."""
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
    """The template of an equal value; for an instance of a subclass, that of an equal plain value."""
    for option in itertools.chain([value], _made_plain(value)):
        text = express(option)
        if text is not None and stands_for(text, value):
            return text  # no `nan`, which is equal to nothing
    return None


def is_of_today(value: object) -> bool:
    """Whether it is a time near now, in seconds or fractions of them, such as that of a file."""
    if not (type(value) is int or type(value) is float) or not 0 < value < LARGEST_TIME:
        return False  # a number of the project's may do anything when it is compared
    return any(abs(value / part - STARTED) < YEAR for part in (1, 1e3, 1e6, 1e9))


def _made_plain(value: object) -> Iterator[object]:
    """The value with plain types in the place of subclasses, such as a project's own list of its own numbers."""
    with contextlib.suppress(Exception):  # a container of the project's may do anything
        # Keys equal a set, and a tuple of a subclass still equals a plain tuple.
        yield set(value) if isinstance(value, collections.abc.KeysView) else _plain(value, DEEPEST)


def _plain(value: Any, deeper: int) -> Any:
    if isinstance(value, dict | list | tuple | set | frozenset) and (len(value) > MOST_HELD or not deeper):
        return value
    if isinstance(value, dict):
        return {_plain(key, deeper - 1): _plain(item, deeper - 1) for key, item in value.items()}
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return kind(_plain(item, deeper - 1) for item in value)
    if isinstance(value, bool):
        return value
    return next((base(value) for kind, base in BARE.items() if isinstance(value, kind)), value)


def fields(value: object) -> Iterator[tuple[str, object]]:
    """Public attributes and properties, those set on the object itself first."""
    named = getattr(type(value), "_fields", ()) if isinstance(value, tuple) else ()
    held = [name for name in getattr(value, "__dict__", {}) if isinstance(name, str)]  # anything may be a key
    own = [name for name in (*named, *held) if not name.startswith("_")]
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
    """Observations of the result, or else of its public parts."""
    value = outcome.result
    if command.is_result(value):
        records = (_stated(f"{{result}}.{name}", part, repr(part)) for name, part in _told(value))
        short = (record for record in records if len(record["value"]) <= LONGEST)
        return [record for record in short if not UNSTABLE.search(record["value"])]
    text = visible_text(value)
    if text is not None and len(text) > LONGEST_FIELD and isinstance(value, Mapping):
        keys = visible_text([*value])
        named = [_stated("list({result})", [*value], keys)] if keys and len(keys) <= LONGEST_FIELD else []
        return [*list(_items(value, plain))[:MOST_FIELDS], *named] or [_stated("{result}", value, text)]
    if text is not None and (len(text) <= LONGEST or isinstance(value, str | bytes)):
        return [_stated("{result}", value, text)]
    if type(value) is str and (line := telling_line(value, plain.text)):
        return [observation("result", f"{line} in {{result}}", "True", form="is")]
    alike = [variable for variable in outcome.namespace.values() if type(variable) is type(value)]
    return [*_parts(value, plain, alike)][:MOST_FIELDS] or ([_stated("{result}", value, text)] if text else [])


def telling_line(text: str, passed: str) -> str:
    """Of a text too long to be written, the line that has most of the words `passed` in it, as a literal.

    "" if no line is worth reading: one that could stand in any text says nothing.
    """
    words = {*re.findall(r"\w{3,}", passed), *re.findall(r"\w+", " ".join(QUOTED.findall(passed)))}
    lines = dict.fromkeys(line.strip() for line in text.splitlines())
    short = (line for line in lines if SHORTEST < len(line) <= LONGEST_FIELD and "⟨" not in line)
    readable = (line for line in short if line.isprintable() and re.search(r"\w", line))
    steady = (line for line in readable if not UNSTABLE.search(line))
    line = max(steady, key=lambda text: (len(words & {*re.findall(r"\w+", text)}), -len(text)), default="")
    return repr(line) if line else ""


def _told(result: Any) -> list[tuple[str, object]]:
    """What a command printed, and its exit code if it failed or printed nothing."""
    status = [("exit_code", result.exit_code)] if result.exit_code or not result.output else []
    return [("output", result.output), *status] if result.output else status


def _stated(expression: str, value: object, text: str) -> Record:
    form = "equal"
    if value is None or isinstance(value, bool | type | FunctionType):
        form = "is"
    elif _is_inexact(value):
        form = "approx"
    return observation("result", expression, text, form=form)


def observation(subject: str, expression: str, value: str, message: str = "", form: str = "equal") -> Record:
    """The JSON form of a `data.Observation`."""
    return {"subject": subject, "expression": expression, "value": value, "message": message, "form": form}


def _is_inexact(value: object) -> bool:
    """Whether it is a float, or a plain container of numbers, whose digits depend on the machine."""
    if isinstance(value, float):
        return len(repr(value)) > SHORT_FLOAT and math.isfinite(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    are_numbers = all(isinstance(part, int | float) for part in parts)
    return are_numbers and any(isinstance(part, float) and _is_inexact(part) for part in parts)


def _parts(value: object, plain: Program, alike: Sequence[object] = ()) -> Iterator[Record]:
    """The public fields of a value that cannot be written as a whole, or else its text.

    Fields named in the lines that the call is made for tell the most, then those that the call names, then those
    that differ from objects `alike` that it was made from; what fills a line by itself is shown only if nothing
    else is. Of a project's container its length comes first. Its `repr` says too little to be worth a test.
    """
    if isinstance(value, tuple | list) and type(value) in {tuple, list} and len(value) <= MOST_ITEMS:
        # A tuple with something private in it is the project's own business.
        public = value if type(value) is list or not any(map(_is_private, value)) else ()
        for at, part in enumerate(public):
            place = f"{{result}}[{at}]"
            text = visible_text(part)
            yield from [_stated(place, part, text)] if text is not None else _fields(part, place)
        return
    if type(value) is dict and 0 < len(value) <= MOST_ITEMS and (keys := visible_text([*value])) is not None:
        # Its values cannot all be written: then parts of them, and its keys.
        items = [record for record in _held(value, "{result}", DEEPEST) if len(record["value"]) <= LONGEST_FIELD]
        spoken_of = {*plain.about, *re.findall(r"\w+", plain.action)}
        items.sort(key=lambda one: (spoken_of.isdisjoint(re.findall(r"\w+", one["expression"])), is_empty(one)))
        yield from items[:MOST_OF_MAPPING]
        yield _stated("list({result})", [*value], keys)
        return
    stated = _fields(value)
    if isinstance(value, BaseException) and (kind := named(type(value))) is not None:
        yield from _of_error(value, kind, stated, plain)
        return
    readable = [record for record in stated if len(record["value"]) <= LONGEST_FIELD] or stated
    before = itertools.chain.from_iterable(map(fields, alike))
    unchanged = {(f"{{result}}.{name}", visible_text(part)) for name, part in before}

    def little(record: Record) -> tuple[bool, ...]:
        is_unchanged = (record["expression"], record["value"]) in unchanged
        _, *names = record["expression"].split(".")
        is_named = not plain.about.isdisjoint(name.partition("[")[0] for name in names)
        return not is_named, is_empty(record), len(names) > 1, not _is_given(record, plain.action), is_unchanged

    is_own = type(value).__module__ != "builtins" and not isinstance(value, tuple)
    if is_own and isinstance(value, collections.abc.Collection):
        with contextlib.suppress(Exception):  # a container of the project's may do anything
            yield _stated("len({result})", size := len(value), repr(size))
    yield from sorted(readable, key=little)
    if not stated and _has_own(type(value), "__str__"):
        yield from _spoken(value)


def _of_error(error: BaseException, kind: str, stated: list[Record], plain: Program) -> Iterator[Record]:
    """Its class, unless the call names it, its message, and the fields that it was not given by the call.

    Fields that the call gave it are shown only if nothing else is; flags never are.
    """
    telling = [record for record in stated if not is_empty(record) and record["form"] != "is"]
    # The text that Python makes of several arguments is all punctuation.
    is_said = _has_own(type(error), "__str__") or error.args == (spoken(error),)
    shown = [*(_spoken(error) if is_said else []), *telling]
    shown = [record for record in shown if record["value"] not in plain.text] or shown
    if not shown or kind not in plain.action:
        yield observation("result", "{result}", kind, form="instance")
    yield from shown


def _spoken(value: object) -> list[Record]:
    """Its text, if that is one readable line."""
    text = spoken(value)
    is_readable = 0 < len(text) < 80 and text.isprintable() and not UNSTABLE.search(text)  # noqa: PLR2004
    return [_stated("str({result})", text, repr(text))] if is_readable else []


def _is_private(part: object) -> bool:
    """Whether it is a private class, or an instance of one."""
    return (part if isinstance(part, type) else type(part)).__name__.startswith("_")


def _fields(value: object, expression: str = "{result}", *, inner: bool = True) -> list[Record]:
    """The fields that can be written; of objects that cannot be, a field and the class, in a list of the first."""
    records = []
    for name, part in fields(value):
        if not inspect.isroutine(part) and (text := visible_text(part)) is not None:
            records.append(_stated(f"{expression}.{name}", part, text))
        elif inner and type(part) in {list, tuple} and part:
            records += _fields(part[0], f"{expression}.{name}[0]", inner=False)  # type: ignore[index]
        elif inner and _package(part) == _package(value):
            records += sorted(_fields(part, f"{expression}.{name}", inner=False), key=is_empty)[:1]
            kind = None if _is_private(part) else named(type(part))
            records += [observation("result", f"{expression}.{name}", kind, form="instance")] if kind else []
    return records


def _package(value: object) -> str:
    """The top-level package of a value's class."""
    return type(value).__module__.partition(".")[0]


def _held(value: Mapping[Any, Any], expression: str, deeper: int) -> Iterator[Record]:
    """What can be seen in a mapping: items that can be written, fields of objects, and mappings inside it."""
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
            yield from (record for record in _fields(part, place) if not is_empty(record))


def _items(value: Mapping[Any, Any], plain: Program) -> Iterator[Record]:
    """The items of a mapping too long for one line.

    First those named in the lines that the call is made for, then those that the call names, then those not empty.
    """
    texts = ((express(key), part, visible_text(part)) for key, part in value.items())
    readable = [(key, part, text) for key, part, text in texts if key and text and len(text) <= LONGEST_FIELD]
    items = [(key.strip("'\""), _stated(f"{{result}}[{key}]", part, text)) for key, part, text in readable]
    about = {word.lower() for word in plain.about}

    def little(item: tuple[str, Record]) -> tuple[bool, ...]:
        key, record = item
        is_named = bool(words := {*re.findall(r"[^\W_]+", key.lower())}) and words <= about
        return not is_named, not key or key not in plain.action, is_empty(record)

    items.sort(key=little)
    yield from (record for _, record in items)


def is_empty(record: Record) -> bool:
    """Whether the value says little: None, zero, something empty, or an object with only such fields."""
    match = FIELDS.fullmatch(record["value"])
    values = {part.partition("=")[2] for part in match[1].split(", ")} if match else {record["value"]}
    return values <= EMPTY


def _is_given(record: Record, action: str) -> bool:
    """Whether the call passes an argument of the field's name."""
    return re.search(rf"\b{record['expression'].rpartition('.')[2]}=", action) is not None


def _has_own(cls: type, name: str) -> bool:
    """Whether a class defines a method itself, or inherits it from one that is not built in."""
    return any(name in vars(base) and base.__module__ != "builtins" for base in cls.__mro__)
