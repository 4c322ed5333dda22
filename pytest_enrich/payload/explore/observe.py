"""What to say of a call in a test: its result, its exception, or what it changed."""

from __future__ import annotations

import collections.abc
import dataclasses
import inspect
import math
import pathlib
import re
from collections.abc import Iterator, Mapping, Sized
from typing import Any

from ..express import UNSTABLE, compilable, express, named
from . import command
from .calls import Program
from .run import Outcome, Runner

Record = dict[str, Any]
MOST = 3
SHORT_FLOAT = 6
LONGEST_OUTPUT = 100
LONGEST_FIELD = 70
MOST_ITEMS = 8
PLAIN: tuple[Any, ...] = (tuple, list, dict, set, frozenset, str, int)
EMPTY = {"None", "[]", "{}", "()", "''", "0", "False", "set()"}


def observe(runner: Runner, plain: Program) -> tuple[str, list[Record]]:
    """How the result was consumed, and the observations that hold again when the program is run again."""
    before = dataclasses.replace(plain, action="None", expression=True)
    scene = runner.run(before)
    earlier = dict(_state(plain, scene.namespace))
    outcome = runner.run(plain)
    if outcome.refusal:
        return "", []
    if outcome.raised is not None:
        return outcome.consume, _raised(outcome.raised)
    changes = [
        {"subject": "state", "expression": text, "value": value, "message": "", "form": _form(value)}
        for text, value in _state(plain, outcome.namespace)
        if value != earlier.get(text)
    ]
    result = _result(outcome, plain.action) if plain.expression else []
    telling = [record for record in result if record["value"] != "None"]
    return outcome.consume, [*telling, *changes][:MOST] or (result if plain.answers else [])


def _raised(error: BaseException) -> list[Record]:
    kind, message = named(type(error)), str(error)
    if kind is None:
        return []
    message = "" if UNSTABLE.search(message) else message
    return [{"subject": "raises", "expression": "{result}", "value": kind, "message": message, "form": "equal"}]


def _result(outcome: Outcome, action: str) -> list[Record]:
    value = outcome.result
    if command.is_result(value):
        said = [_stated(f"{{result}}.{name}", part, repr(part)) for name, part in _told(value)]
        return [one for one in said if not UNSTABLE.search(one["value"]) and len(one["value"]) <= LONGEST_OUTPUT]
    text = _written(value)
    if text is not None and len(text) > LONGEST_FIELD and isinstance(value, Mapping):
        return list(_items(value))[:MOST] or [_stated("{result}", value, text)]
    if text is not None:
        return [_stated("{result}", value, text)]
    if isinstance(value, collections.abc.ValuesView | collections.abc.ItemsView) and (text := _written([*value])):
        return [_stated("list({result})", [*value], text)]
    return list(_parts(value, action))[:MOST]


def _told(result: Any) -> list[tuple[str, object]]:
    """What a command told its user, and the shell when it did not go well."""
    status = [("exit_code", result.exit_code)] if result.exit_code or not result.output else []
    return [("output", result.output), *status] if result.output else status


def _written(value: object) -> str | None:
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


def _stated(expression: str, value: object, text: str) -> Record:
    form = "equal"
    if value is None or isinstance(value, bool):
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


def _equals(text: str, value: object) -> bool:
    try:
        source, namespace = compilable(text)
        return bool(eval(source, namespace) == value)
    except Exception:  # an __eq__ of the project's may do anything
        return False


def _parts(value: object, action: str) -> Iterator[Record]:
    """Its public fields, else its text: for what cannot be written as a whole.

    Fields that the call names tell the most, and what fills a line by itself is shown only where nothing else is.
    Its length, and what it looks like to a programmer, say too little to be worth a test.
    """
    if isinstance(value, tuple | list) and len(value) <= MOST_ITEMS:
        written = ((at, part, _written(part)) for at, part in enumerate(value))
        yield from (_stated(f"{{result}}[{at}]", part, text) for at, part, text in written if text is not None)
        return
    fields = [
        _stated(f"{{result}}.{name}", part, text)
        for name, part in _fields(value)
        if not inspect.isroutine(part) and (text := _written(part)) is not None
    ]
    readable = [record for record in fields if len(record["value"]) <= LONGEST_FIELD] or fields
    yield from sorted(readable, key=lambda record: (_is_empty(record), not _is_given(record, action)))
    text = str(value) if not fields and _has_own(type(value), "__str__") else ""
    if 0 < len(text) < 80 and text.isprintable() and not UNSTABLE.search(text):  # noqa: PLR2004 - a readable line
        yield _stated("str({result})", text, repr(text))


def _items(value: Mapping[Any, Any]) -> Iterator[Record]:
    """What a mapping that fills more than a line holds, that says something first."""
    keyed = ((express(key), part, _written(part)) for key, part in value.items())
    items = [_stated(f"{{result}}[{key}]", part, text) for key, part, text in keyed if key and text]
    yield from sorted((one for one in items if len(one["value"]) <= LONGEST_FIELD), key=_is_empty)


def _is_empty(record: Record) -> bool:
    return record["value"] in EMPTY


def _is_given(record: Record, action: str) -> bool:
    """Whether the call passes an argument of the field's name."""
    return re.search(rf"\b{record['expression'].rpartition('.')[2]}=", action) is not None


def _has_own(cls: type, name: str) -> bool:
    """Whether a class of the project's (not a built-in one) says what its objects look like."""
    return any(name in vars(one) and one.__module__ != "builtins" for one in cls.__mro__)


def _fields(value: object) -> Iterator[tuple[str, object]]:
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


def _state(program: Program, namespace: Mapping[str, object]) -> list[tuple[str, str]]:
    """What can be seen of the program's variables: (expression, template) pairs."""
    found: list[tuple[str, str]] = []
    for line in program.lines:
        name = line.partition(" = ")[0]
        if not name.isidentifier() or name not in namespace:
            continue
        found += _visible(name, namespace[name])
    return found


def _form(value: str) -> str:
    return "is" if value in {"None", "True", "False"} else "equal"


def _of_path(name: str, path: pathlib.Path) -> Iterator[tuple[str, str]]:
    """What is in the file, or that there is none."""
    if path.is_file():
        text = _written(path.read_text(errors="replace"))
        yield from [(f"{name}.read_text()", text)] if text is not None else []
    else:
        yield f"{name}.exists()", repr(path.exists())


def _visible(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, pathlib.Path):
        yield from _of_path(name, value)
        return
    if (text := _written(value)) is not None:
        yield name, text
        return
    if isinstance(value, Mapping) and (text := express(dict(value))) is not None:
        yield f"dict({name})", text
    elif isinstance(value, Sized):
        yield f"len({name})", repr(len(value))
    for attribute, part in _fields(value):
        if not inspect.isroutine(part) and (text := _written(part)) is not None:
            yield f"{name}.{attribute}", text
