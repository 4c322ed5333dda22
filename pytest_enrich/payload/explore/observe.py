"""What to say of a call in a test: its result, its exception, or what it changed."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator, Mapping, Sized
from typing import Any

from ..express import UNSTABLE, compilable, express, named
from .calls import Program
from .run import Outcome, Runner

Record = dict[str, Any]
MOST = 3
SHORT_FLOAT = 6


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
        {"subject": "state", "expression": text, "value": value, "message": "", "form": "equal"}
        for text, value in _state(plain, outcome.namespace)
        if value != earlier.get(text)
    ]
    result = _result(outcome) if plain.expression else []
    telling = [record for record in result if record["value"] != "None"]
    return outcome.consume, [*telling, *changes][:MOST] or (result if plain.answers else [])


def _raised(error: BaseException) -> list[Record]:
    kind, message = named(type(error)), str(error)
    if kind is None:
        return []
    message = "" if UNSTABLE.search(message) else message
    return [{"subject": "raises", "expression": "{result}", "value": kind, "message": message, "form": "equal"}]


def _result(outcome: Outcome) -> list[Record]:
    value = outcome.result
    text = express(value)
    if text is not None and (_equals(text, value) or isinstance(value, float)):
        return [_stated("{result}", value, text)]
    return list(_parts(value))[:MOST]


def _stated(expression: str, value: object, text: str) -> Record:
    form = "equal"
    if value is None or isinstance(value, bool):
        form = "is"
    elif isinstance(value, float) and len(repr(value)) > SHORT_FLOAT:
        form = "approx"
    return {"subject": "result", "expression": expression, "value": text, "message": "", "form": form}


def _equals(text: str, value: object) -> bool:
    try:
        source, namespace = compilable(text)
        return bool(eval(source, namespace) == value)
    except Exception:  # an __eq__ of the project's may do anything
        return False


def _parts(value: object) -> Iterator[Record]:
    """Its public fields, then its text, then its length: for what cannot be written as a whole."""
    for name, part in _fields(value):
        if (text := express(part)) is not None and not inspect.isroutine(part) and _equals(text, part):
            yield _stated(f"{{result}}.{name}", part, text)
    for name, look in (("str", str), ("repr", repr)):
        text = look(value) if _has_own(type(value), f"__{name}__") else ""
        if 0 < len(text) < 80 and text.isprintable() and not UNSTABLE.search(text):  # noqa: PLR2004 - a readable line
            yield _stated(f"{name}({{result}})", text, repr(text))
            break
    if isinstance(value, Sized):
        yield _stated("len({result})", len(value), repr(len(value)))


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


def _visible(name: str, value: object) -> Iterator[tuple[str, str]]:
    text = express(value)
    if text is not None and _equals(text, value):
        yield name, text
        return
    if isinstance(value, Mapping) and (text := express(dict(value))) is not None:
        yield f"dict({name})", text
    elif isinstance(value, Sized):
        yield f"len({name})", repr(len(value))
    for attribute, part in _fields(value):
        if not inspect.isroutine(part) and (text := express(part)) is not None and _equals(text, part):
            yield f"{name}.{attribute}", text
