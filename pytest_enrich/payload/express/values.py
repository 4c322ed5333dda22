"""Plain values, containers of them, and what people read of an exception, as code."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import fractions
import io
import math
import re
import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

# An address, or the name of a temporary directory, differs in every run.
UNSTABLE = re.compile(r"\b0x[0-9a-f]{6,}\b|/tmp/|\\Temp\\|pytest-enrich")
UNFINISHED = re.compile(r"(<[^>]*|\S*)$")
"""The end of what was cut off: a `<...` that is not closed, or a part of a word."""
LONGEST = 400
LEAST = re.compile(r"\w+\W+\w+")
"""What a message that says something has at least."""
Inner: TypeAlias = Callable[[object], str]
"""Writes a part of a value; raises an exception where it has no template."""


def spoken(value: object) -> str:
    """Its text; "" where a `__str__` of the project's raises, or gives something else.

    Of a `KeyError` with a sentence that is the sentence, which it shows in quotes like a key; of a group of
    exceptions how many there are is not said, and pytest matches no more.
    """
    try:
        is_group = any(cls.__name__ == "BaseExceptionGroup" for cls in type(value).__mro__)
        text = str(value.message if is_group else value)  # type: ignore[attr-defined]
        said = value.args[0] if isinstance(value, KeyError) and len(value.args) == 1 else None
        is_quoted = type(said) is str and " " in said and text == repr(said) and text[1:-1] == said
        return str(said) if is_quoted else text
    except Exception:  # its `__str__` is code of the project: anything can be wrong with it
        return ""


def steady(message: str) -> str:
    """The beginning of a message, up to what differs from run to run; "" where that says hardly anything."""
    differs = UNSTABLE.search(message)
    if differs is None:
        return message
    beginning = UNFINISHED.sub("", message[: min(differs.start(), LONGEST)]).rstrip()
    return beginning if LEAST.search(beginning) else ""


def _string(value: str | bytes) -> str:
    text = repr(value)
    return ascii(value) if "⟨" in text or "⟩" in text or not text.isprintable() else text


def _integer(value: int) -> str | None:
    return repr(value) if abs(value) < 10**24 else None


def _float(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"float({str(value)!r})"


def _timezone(value: dt.timezone) -> str | None:
    if value is dt.timezone.utc:
        return "⟨datetime:timezone.utc⟩"
    offset = _timedelta(value.utcoffset(None))
    return f"⟨datetime:timezone⟩({offset})" if value == dt.timezone(value.utcoffset(None)) else None


def _timedelta(value: dt.timedelta) -> str:
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = {"days": value.days, "hours": hours, "minutes": minutes, "seconds": seconds}
    parts["microseconds"] = value.microseconds
    given = ", ".join(f"{name}={part}" for name, part in parts.items() if part)
    return f"⟨datetime:timedelta⟩({given})"


def _date(value: dt.date) -> str:
    return f"⟨datetime:date⟩({value.year}, {value.month}, {value.day})"


JUST_NOW = dt.timedelta(days=1)
"""So long a moment, to a fraction of a second, is what a clock said: nobody writes that down."""


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


def _datetime(value: dt.datetime) -> str | None:
    if value.microsecond and abs(dt.datetime.now(value.tzinfo) - value) < JUST_NOW:
        return None
    return _clock(value, [*value.timetuple()[:6], value.microsecond])


def _time(value: dt.time) -> str | None:
    return _clock(value, [value.hour, value.minute, value.second, value.microsecond])


def _pattern(value: re.Pattern[Any]) -> str | None:
    plain = re.compile(value.pattern).flags == value.flags
    return f"⟨re:compile⟩({_string(value.pattern)})" if plain else None


def _stream(value: io.StringIO | io.BytesIO) -> str | None:
    """One that nothing was read from yet."""
    if value.closed or value.tell():
        return None
    return f"⟨io:{type(value).__name__}⟩({value.getvalue()!r})"


def _view(value: memoryview) -> str | None:
    """One of plain bytes."""
    is_plain = value.format == "B" and value.ndim == 1 and value.readonly
    return f"memoryview({value.tobytes()!r})" if is_plain else None


SCALARS: dict[type, Callable[[Any], str | None]] = {
    type(None): repr,
    type(...): lambda _: "...",
    bool: repr,
    int: _integer,
    float: _float,
    complex: repr,
    str: _string,
    bytes: repr,
    bytearray: repr,
    memoryview: _view,
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
    io.StringIO: _stream,
    io.BytesIO: _stream,
}


def _list(value: list[object], inner: Inner) -> str:
    return f"[{', '.join(map(inner, value))}]"


def _tuple(value: tuple[object, ...], inner: Inner) -> str:
    return f"({', '.join(map(inner, value))}{',' if len(value) == 1 else ''})"


def _set(value: set[object] | frozenset[object], inner: Inner) -> str:
    literal = f"{{{', '.join(sorted(map(inner, value)))}}}" if value else ""
    return literal or "set()" if type(value) is set else f"frozenset({literal})"


def _dict(value: dict[object, object], inner: Inner) -> str:
    return f"{{{', '.join(f'{inner(key)}: {inner(part)}' for key, part in value.items())}}}"


def _mapping(value: dict[object, object], inner: Inner) -> str:
    """A Counter or an OrderedDict."""
    return f"⟨collections:{type(value).__name__}⟩({inner(dict(value))})"


def _deque(value: collections.deque[object], inner: Inner) -> str:
    most = "" if value.maxlen is None else f", maxlen={value.maxlen}"
    return f"⟨collections:deque⟩({inner(list(value))}{most})"


CONTAINERS: dict[type, Callable[[Any, Inner], str]] = {
    list: _list,
    tuple: _tuple,
    set: _set,
    frozenset: _set,
    dict: _dict,
    collections.OrderedDict: _mapping,
    collections.Counter: _mapping,
    collections.deque: _deque,
}
