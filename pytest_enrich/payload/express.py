"""A value as the Python source that a person would write for it.

The source is a *template*: each name to be imported is written ``⟨module:qualname⟩``, so that the test file it
ends up in decides how to import it. What cannot be written briefly and faithfully has no template (None): an
honest silence, because a test with a wrong or unreadable value is worse than no test.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import math
import pathlib
import re
import sys
import types
import uuid
from collections.abc import Callable, Iterable
from typing import TypeAlias

Objects: TypeAlias = Callable[[object], "str | None"]

LONGEST = 400
DEEPEST = 6
# An address, or the name of a temporary directory, differs in every run.
UNSTABLE = re.compile(r"\b0x[0-9a-f]{6,}\b|/tmp/|\\Temp\\|pytest-enrich")
NAME = re.compile(r"⟨([\w.]+):([\w.]+)⟩")


def no_objects(_value: object) -> str | None:
    """Knows no objects: what to pass where none were recorded."""
    return None


def express(value: object, objects: Objects = no_objects) -> str | None:
    """The template of `value`, or None.

    Args:
        value: Anything; it is not changed, and its own methods are trusted no further than a wrong answer.
        objects: Knows the call that made an object of the project's own classes.
    """
    try:
        text = _express(value, objects, 0)
    except Exception:  # a hostile __repr__, __eq__ or __reduce__ has no template
        return None
    if text is None or len(text) > LONGEST or UNSTABLE.search(text):
        return None
    return text


def _express(value: object, objects: Objects, depth: int) -> str | None:
    if depth > DEEPEST:
        return None
    if (known := objects(value)) is not None:
        return known
    if (scalar := _SCALARS.get(type(value))) is not None:
        return scalar(value)
    if (container := _CONTAINERS.get(type(value))) is not None:
        return container(value, lambda part: _express(part, objects, depth + 1))
    return _object(value, lambda part: _express(part, objects, depth + 1))


def _object(value: object, inner: Objects) -> str | None:
    if isinstance(value, enum.Enum):
        return _member(value)
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType):
        return named(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return _construct(value, [(name, getattr(value, name)) for name in value._fields], inner)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _dataclass(value, inner)
    if isinstance(value, pathlib.PurePath):
        path = "pathlib:Path" if isinstance(value, pathlib.Path) else "pathlib:PurePath"
        return f"⟨{path}⟩({_string(str(value))})"
    return None


def _member(value: enum.Enum) -> str | None:
    owner = named(type(value))
    return f"{owner[:-1]}.{value.name}⟩" if owner and value.name else None


def _dataclass(value: object, inner: Objects) -> str | None:
    fields = [f for f in dataclasses.fields(value) if f.init]  # type: ignore[arg-type]
    given = [(f.name, getattr(value, f.name)) for f in fields if not _is_default(f, getattr(value, f.name))]
    return _construct(value, given, inner)


def _is_default(field: dataclasses.Field[object], value: object) -> bool:
    if field.default is not dataclasses.MISSING:
        return type(field.default) is type(value) and field.default == value
    factories: tuple[object, ...] = (list, dict, set, tuple)
    return field.default_factory in factories and type(value) is field.default_factory and not value


def _construct(value: object, given: Iterable[tuple[str, object]], inner: Objects) -> str | None:
    owner = named(type(value))
    parts = [(name, inner(part)) for name, part in given]
    if owner is None or any(text is None for _, text in parts):
        return None
    text = f"{owner}({', '.join(f'{name}={text}' for name, text in parts)})"
    return text if _same(text, value) else None


def _same(text: str, value: object) -> bool:
    """Whether the text, evaluated, gives an equal value: constructors may do anything."""
    again = evaluate(text)
    return type(again) is type(value) and bool(again == value)


def named(value: object) -> str | None:
    """The template of a class or function that can be imported by name, or None."""
    module, qualname = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(qualname, str) or "<" in qualname or _is_test(module):
        return None
    for candidate in (module.removeprefix("_"), module):
        if _find(candidate, qualname) is value:
            return f"⟨{candidate}:{qualname}⟩"
    return None


def _is_test(module: str) -> bool:
    """Names from tests do not exist where another test is: they are left to templates of that file."""
    last = module.rpartition(".")[2]
    return last in {"__main__", "conftest"} or last.startswith("test_") or last.endswith("_test")


def _find(module: str, qualname: str) -> object:
    found: object = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found


def _string(value: object) -> str:
    text = repr(value)
    return ascii(value) if "⟨" in text or "⟩" in text or not text.isprintable() else text


def _integer(value: object) -> str | None:
    return repr(value) if isinstance(value, int) and abs(value) < 10**24 else None


def _float(value: object) -> str:
    assert isinstance(value, float)
    return repr(value) if math.isfinite(value) else f"float({str(value)!r})"


def _timezone(value: object) -> str | None:
    if value is dt.timezone.utc:
        return "⟨datetime:timezone.utc⟩"
    assert isinstance(value, dt.timezone)
    offset = _timedelta(value.utcoffset(None))
    return f"⟨datetime:timezone⟩({offset})" if value == dt.timezone(value.utcoffset(None)) else None


def _timedelta(value: object) -> str:
    assert isinstance(value, dt.timedelta)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = {"days": value.days, "hours": hours, "minutes": minutes, "seconds": seconds}
    parts["microseconds"] = value.microseconds
    given = ", ".join(f"{name}={part}" for name, part in parts.items() if part)
    return f"⟨datetime:timedelta⟩({given})"


def _date(value: object) -> str:
    assert isinstance(value, dt.date)
    return f"⟨datetime:date⟩({value.year}, {value.month}, {value.day})"


def _clock(value: dt.datetime | dt.time, parts: list[int]) -> str | None:
    while len(parts) > 3 and parts[-1] == 0:  # noqa: PLR2004 - a date or a time to the second stays whole
        parts.pop()
    texts = [str(part) for part in parts]
    if value.tzinfo is not None:
        zone = _timezone(value.tzinfo) if type(value.tzinfo) is dt.timezone else None
        if zone is None:
            return None
        texts.append(f"tzinfo={zone}")
    return f"⟨datetime:{type(value).__name__}⟩({', '.join(texts)})" if not value.fold else None


def _datetime(value: object) -> str | None:
    assert isinstance(value, dt.datetime)
    return _clock(value, [*value.timetuple()[:6], value.microsecond])


def _time(value: object) -> str | None:
    assert isinstance(value, dt.time)
    return _clock(value, [value.hour, value.minute, value.second, value.microsecond])


def _pattern(value: object) -> str | None:
    assert isinstance(value, re.Pattern)
    plain = re.compile(value.pattern).flags == value.flags
    return f"⟨re:compile⟩({_string(value.pattern)})" if plain else None


def _sequence(left: str, right: str) -> Callable[[object, Objects], str | None]:
    def text(value: object, inner: Objects) -> str | None:
        parts = [inner(part) for part in value]  # type: ignore[attr-defined]
        if any(part is None for part in parts):
            return None
        comma = "," if left == "(" and len(parts) == 1 else ""
        return f"{left}{', '.join(map(str, parts))}{comma}{right}"

    return text


def _set(value: object, inner: Objects) -> str | None:
    parts = sorted(str(inner(part)) for part in value)  # type: ignore[attr-defined]
    if "None" in parts and None not in value:  # type: ignore[operator]
        return None
    literal = f"{{{', '.join(parts)}}}" if parts else "set()"
    return literal if type(value) is set else f"frozenset({literal if parts else ''})"


def _dict(value: object, inner: Objects) -> str | None:
    parts = [(inner(key), inner(part)) for key, part in value.items()]  # type: ignore[attr-defined]
    if any(key is None or part is None for key, part in parts):
        return None
    return f"{{{', '.join(f'{key}: {part}' for key, part in parts)}}}"


def _wrapped(name: str, plain: type) -> Callable[[object, Objects], str | None]:
    def text(value: object, inner: Objects) -> str | None:
        part = inner(plain(value))
        return None if part is None else f"⟨collections:{name}⟩({part})"

    return text


_SCALARS: dict[type, Callable[[object], str | None]] = {
    type(None): repr,
    type(...): lambda _: "...",
    bool: repr,
    int: _integer,
    float: _float,
    complex: repr,
    str: _string,
    bytes: repr,
    bytearray: repr,
    range: repr,
    slice: repr,
    dt.datetime: _datetime,
    dt.date: _date,
    dt.time: _time,
    dt.timedelta: _timedelta,
    dt.timezone: _timezone,
    decimal.Decimal: lambda value: f"⟨decimal:Decimal⟩({str(value)!r})",
    fractions.Fraction: lambda value: f"⟨fractions:Fraction⟩({str(value)!r})",
    uuid.UUID: lambda value: f"⟨uuid:UUID⟩({str(value)!r})",
    re.Pattern: _pattern,
}
_CONTAINERS: dict[type, Callable[[object, Objects], str | None]] = {
    list: _sequence("[", "]"),
    tuple: _sequence("(", ")"),
    set: _set,
    frozenset: _set,
    dict: _dict,
    collections.OrderedDict: _wrapped("OrderedDict", dict),
    collections.Counter: _wrapped("Counter", dict),
    collections.deque: _wrapped("deque", list),
}


def compilable(template: str) -> tuple[str, dict[str, object]]:
    """Plain Python source for `template`, and the namespace it runs in.

    Raises:
        LookupError: A name in it does not exist here.
    """
    namespace: dict[str, object] = {}

    def bind(match: re.Match[str]) -> str:
        name = f"_{match[1].replace('.', '_')}__{match[2].replace('.', '_')}"
        if name not in namespace:
            __import__(match[1])
            if (found := _find(match[1], match[2])) is None:
                raise LookupError(match[0])
            namespace[name] = found
        return name

    return NAME.sub(bind, template), namespace


def evaluate(template: str) -> object:
    """What the template stands for, made anew."""
    source, namespace = compilable(template)
    return eval(source, namespace)
