"""Plain values and containers of them as code, and the readable text of an exception."""

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

# A memory address and the name of a temporary directory differ in every run.
UNSTABLE = re.compile(r"\b0x[0-9a-f]{6,}\b|/tmp/|\\Temp\\|pytest-enrich")
NUMBERED = re.compile(r"^\[Errno -?\d+\] ")
"""The number of an error of the system, which differs from system to system."""
UNFINISHED = re.compile(r"(<[^>]*|\S*)$")
"""The end of a text that was cut off: an unclosed `<...`, or part of a word."""
LONGEST = 400
LEAST = re.compile(r"\w+\W+\w+")
"""The least that a meaningful message contains."""
Inner: TypeAlias = Callable[[object], str]
"""Returns the template of a part of a value; raises an exception if it has none."""


def spoken(value: object) -> str:
    """The text of a value; "" if a `__str__` of the project's raises, or returns something else.

    For a `KeyError` with a sentence, that is the sentence, without the quotes that it puts around a key; for an
    exception group, the message without the number of exceptions, which pytest does not match either.
    """
    try:
        is_group = any(cls.__name__ == "BaseExceptionGroup" for cls in type(value).__mro__)
        text = str(value.message if is_group else value)  # type: ignore[attr-defined]
        message = value.args[0] if isinstance(value, KeyError) and len(value.args) == 1 else None
        is_quoted = type(message) is str and " " in message and text == repr(message) and text[1:-1] == message
        return str(message) if is_quoted else text
    except Exception:  # its `__str__` is code of the project, and may do anything
        return ""


def steady(message: str) -> str:
    """The part of a message before what differs between runs or machines; "" if that says hardly anything."""
    message = NUMBERED.sub("", message)
    unstable = UNSTABLE.search(message)
    if unstable is None:
        return message
    beginning = UNFINISHED.sub("", message[: min(unstable.start(), LONGEST)]).rstrip()
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
"""A moment this close to now, with a fraction of a second, was read from a clock: nobody writes that down."""


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
    """A stream that nothing was read from yet."""
    if value.closed or value.tell():
        return None
    return f"⟨io:{type(value).__name__}⟩({value.getvalue()!r})"


def _view(value: memoryview) -> str | None:
    """A view of plain bytes."""
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
    limit = "" if value.maxlen is None else f", maxlen={value.maxlen}"
    return f"⟨collections:deque⟩({inner(list(value))}{limit})"


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
