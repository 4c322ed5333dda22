"""Objects that functions give which tests call: what is in their results, and the way to it as a template."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

from ..express import evaluate
from .bounds import quiet, time_limit
from .trace import TooLongError

MOST_CALLS = 12
MOST_OF_A_CLASS = 6
MOST_SEEN, MOST_ITEMS, DEEPEST = 120, 5, 4
SECONDS = 0.3
NOT_LOOKED_INTO = (str, bytes, int, float, complex, bool, type(None), type, FunctionType, ModuleType)


def objects(templates: Iterable[str], seconds: float = SECONDS) -> dict[type, list[str]]:
    """Templates of the objects of the project's classes in what these calls give, by class; the nearest first.

    A call that takes longer than `seconds`, or does not end well, gives none.
    """
    found: dict[type, list[str]] = {}
    for template in sorted(dict.fromkeys(templates), key=len)[:MOST_CALLS]:
        for path, value in _inside(_made(template, seconds)):
            held = found.setdefault(type(value), [])
            if len(held) < MOST_OF_A_CLASS:
                held.append(f"{template}{path}")
    return found


def _made(template: str, seconds: float) -> object:
    """What the call gives, None when it does not end well."""
    try:
        with quiet(), time_limit(seconds):
            return evaluate(template)
    except (Exception, SystemExit, TooLongError):
        return None


def _inside(result: object) -> Iterator[tuple[str, object]]:
    """The objects of classes that are no built-in ones, each once, with the way to them."""
    waiting: deque[tuple[str, int, Any]] = deque([("", 0, result)])
    seen: dict[int, object] = {}
    while waiting and len(seen) < MOST_SEEN:
        path, depth, value = waiting.popleft()
        if isinstance(value, NOT_LOOKED_INTO) or id(value) in seen:
            continue
        seen[id(value)] = value
        if type(value).__module__ != "builtins":
            yield path, value
        if depth < DEEPEST:
            waiting.extend((f"{path}{step}", depth + 1, part) for step, part in _parts(value))


def _parts(value: object) -> list[tuple[str, object]]:
    """What it holds, and how to come to it; properties may do anything, and are left alone."""
    if isinstance(value, list | tuple):
        return [(f"[{at}]", part) for at, part in enumerate(value[:MOST_ITEMS])]
    if isinstance(value, Mapping):
        return [(f"[{key!r}]", part) for key, part in [*value.items()][:MOST_ITEMS] if isinstance(key, str)]
    return [(f".{name}", part) for name, part in getattr(value, "__dict__", {}).items() if name[:1] != "_"]
