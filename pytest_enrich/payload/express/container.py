"""Values that hold others: the built-in containers and those of `collections`."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import TypeAlias

Inner: TypeAlias = Callable[[object], "str | None"]
"""Writes a part of a value."""


def _sequence(left: str, right: str) -> Callable[[object, Inner], str | None]:
    def text(value: object, inner: Inner) -> str | None:
        parts = [inner(part) for part in value]  # type: ignore[attr-defined]
        if any(part is None for part in parts):
            return None
        comma = "," if left == "(" and len(parts) == 1 else ""
        return f"{left}{', '.join(map(str, parts))}{comma}{right}"

    return text


def _set(value: object, inner: Inner) -> str | None:
    texts = [inner(part) for part in value]  # type: ignore[attr-defined]
    if any(text is None for text in texts):
        return None
    parts = sorted(map(str, texts))
    literal = f"{{{', '.join(parts)}}}" if parts else "set()"
    return literal if type(value) is set else f"frozenset({literal if parts else ''})"


def _dict(value: object, inner: Inner) -> str | None:
    parts = [(inner(key), inner(part)) for key, part in value.items()]  # type: ignore[attr-defined]
    if any(key is None or part is None for key, part in parts):
        return None
    return f"{{{', '.join(f'{key}: {part}' for key, part in parts)}}}"


def _wrapped(name: str, plain: type) -> Callable[[object, Inner], str | None]:
    def text(value: object, inner: Inner) -> str | None:
        part = inner(plain(value))
        return None if part is None else f"⟨collections:{name}⟩({part})"

    return text


def _deque(value: object, inner: Inner) -> str | None:
    assert isinstance(value, collections.deque)
    part = inner(list(value))
    most = "" if value.maxlen is None else f", maxlen={value.maxlen}"
    return None if part is None else f"⟨collections:deque⟩({part}{most})"


CONTAINERS: dict[type, Callable[[object, Inner], str | None]] = {
    list: _sequence("[", "]"),
    tuple: _sequence("(", ")"),
    set: _set,
    frozenset: _set,
    dict: _dict,
    collections.OrderedDict: _wrapped("OrderedDict", dict),
    collections.Counter: _wrapped("Counter", dict),
    collections.deque: _deque,
}
