"""What would make a condition come out the other way: another value in the place of one of its operands."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..express import express
from .probe import Note
from .standard import AWAITABLE, holders

MEMBERS = 12
NUMBERS = (int, float)
TEXTS = (str, bytes, bytearray)
SAMPLES: Mapping[str, str] = {"isdigit": "7", "isalpha": "ab", "isupper": "AB", "islower": "ab", "isspace": " "}
UNUSUAL: Mapping[str, tuple[float, ...]] = {
    "isfinite": (math.inf, math.nan),
    "isinf": (math.inf, -math.inf),
    "isnan": (math.nan,),
}
SORTS: Mapping[str, tuple[str, ...]] = {
    "iscoroutinefunction": ("⟨asyncio:sleep⟩",),
    "isawaitable": (AWAITABLE,),
    "isgenerator": ("(value for value in [1, 2])",),
    "isclass": ("⟨builtins:int⟩",),
    "isfunction": ("lambda value: value",),
}
"""Templates of values of a sort that a function asks for."""
# For an operand that is what it is compared with, a mark for what was not given most often.
UNLIKE = (1, "a", None, True)


def wishes(note: Note, like: Callable[[object], Iterable[str]]) -> Iterator[tuple[object, object]]:
    """Pairs of an operand and a value that would change the outcome if it stood in its place."""
    left, right = note.left, note.right
    if note.how in {"==", "<"}:
        yield from ((left, one) for one in (UNLIKE if left is right else _round(right, note.how)))
        yield from ((right, one) for one in _round(left, note.how))
    elif note.how == "in":
        yield from ((left, one) for one in _members(right))
        yield from ((right, right + part) for part in _texts(left, right) if isinstance(right, TEXTS))
        yield from [(right, [*right, left])] if isinstance(right, list) else []
    elif note.how in {"startswith", "endswith"} and isinstance(left, TEXTS):
        parts = _texts(right, left)
        yield from ((left, one + left if note.how == "startswith" else left + one) for one in parts)
        yield from ((left, one) for one in parts)
    elif note.how in {"match", "fullmatch", "search", "isinstance"}:
        subject, kind = (left, right) if note.how == "isinstance" or isinstance(left, str) else (right, left)
        yield from ((subject, Written(text)) for text in like(kind))
        yield from ((left, Written(text)) for text in _used_up(left, kind))
    elif note.how in UNUSUAL:
        yield from ((left, one) for one in UNUSUAL[note.how])
    elif note.how in SORTS:
        yield from ((left, Written(text)) for text in SORTS[note.how])
    elif note.how == "hasattr":
        yield from ((left, Written(text)) for kind in holders(str(right)) for text in like(kind))
    elif note.how in SAMPLES:
        yield left, SAMPLES[note.how]
    elif note.how == "truth":
        yield from ((left, one) for one in _opposite(left))


def _used_up(value: object, kind: object) -> Iterator[str]:
    """An iterator over what a container holds, where it is asked whether it is one."""
    kinds = [one for one in (kind if isinstance(kind, tuple) else (kind,)) if one is not str]
    text = express(value) if isinstance(value, list | tuple | str) else None
    if text is not None and any(isinstance(one, type) and isinstance(value, one) for one in kinds):
        yield f"iter({text})"


class Written(str):
    """A value that is given by its template."""

    __slots__ = ()


def _round(value: object, how: str) -> list[object]:
    if isinstance(value, bool) or value is None or not isinstance(value, NUMBERS):
        return [value]
    return [value, value + 1, value - 1] if how == "<" else [value]


def are_numbers(*values: object) -> bool:
    """Whether all are numbers, and none of them a truth value."""
    return all(isinstance(value, NUMBERS) and not isinstance(value, bool) for value in values)


def _texts(given: Any, like: object) -> list[Any]:
    """A text, or those of a tuple, that may be put beside `like`."""
    every = given if isinstance(given, tuple) else (given,)
    return [one for one in every if isinstance(one, TEXTS) and isinstance(one, str) == isinstance(like, str)]


def _members(value: object) -> list[object]:
    try:
        return list(itertools.islice(iter(value), MEMBERS))  # type: ignore[call-overload]
    except Exception:  # it is no container, or one of the project's that does not like to be looked at
        return []


def _opposite(value: object) -> list[object]:
    """Values of the same sort, of the other truth."""
    if value is None:
        return [1, "a", True]
    plain: dict[type, list[object]] = {
        bool: [not value], str: ["", "a"], int: [0, 1], float: [0.0, 1.5], list: [[], [1]], dict: [{}, {"a": 1}],
    }  # fmt: skip
    return plain.get(type(value), [])
