"""Replacements: a template in which other values stand, so that what came of it comes out as is wanted.

What a condition compared is often no value of the template, but a part of one, its length, or what a calculation
made of it; then the same is done to what is wanted.
"""

from __future__ import annotations

import contextlib
import enum
import itertools
import math
import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from ..express import evaluate, express
from .mutate import literals
from .wishes import TEXTS, Written, are_numbers

ENCODINGS = ("utf-8", "latin-1")
MOST_PLACES = 4
LONGEST = 200
"""Of what is put into a template, in characters or items."""
LARGEST = 200_000
"""Of what is written as a repetition: limits of what code takes are often beyond what anybody writes out."""
FILL: dict[type, Any] = {str: "a", bytes: b"a", list: [1], tuple: (1,)}


def replacements(template: str, known: object, wanted: object) -> Iterator[str]:
    """The template with what stands in it for `known` changed so that it stands for `wanted`."""
    text = str(wanted) if isinstance(wanted, Written) else express(wanted)
    if text is None or len(text) > LONGEST:
        return
    if _is(template, known):
        yield text
    for match in literals(template):
        value = evaluate(match[0])
        before, after = template[: match.start()], template[match.end() :]
        for changed in (*_changed(value, known, wanted), *_resized(value, known, wanted)):
            yield before + changed + after
        for changed in _repeated(value, known, wanted):
            yield before + (changed if _is_apart(before, after) else f"({changed})") + after
    displayed = _displayed(template)
    yield from (*_resized(displayed, known, wanted), *_repeated(displayed, known, wanted))


def _is(template: str, known: object) -> bool:
    try:
        value = evaluate(template)
        return type(value) is type(known) and bool(value == known)
    except Exception:  # what is compared is the project's, or it cannot be made here
        return False


def _changed(value: Any, known: Any, wanted: Any) -> Iterator[str]:
    """What a literal of this value becomes, as a template."""
    if isinstance(wanted, Written):
        yield from [str(wanted)] if type(value) is type(known) and value == known else []
    elif isinstance(value, TEXTS) and isinstance(known, TEXTS) and isinstance(wanted, TEXTS):
        pairs = ((_as_such(value, known, one), _as_such(value, wanted, one)) for one in ENCODINGS)
        for pair in dict.fromkeys(pairs):
            yield from map(repr, _rewritten(value, *pair))
    elif isinstance(value, str) and are_numbers(known, wanted):
        shown = dict.fromkeys((str(known), str(known).removesuffix(".0")))
        yield from (repr(value.replace(one, str(wanted), 1)) for one in shown if one in value)
    elif isinstance(value, str) and isinstance(known, enum.Enum) and isinstance(wanted, enum.Enum):
        yield from _named(value, known, wanted)
    elif are_numbers(value, known, wanted):
        yield from (express(_like(value, one)) or "0" for one in _moved(value, known, wanted))
    elif type(value) is type(known) and value == known:
        yield express(wanted) or "None"


def _named(value: str, known: enum.Enum, wanted: enum.Enum) -> Iterator[str]:
    """Where a text is the name or the value of a member, that of another one."""
    for change in (str, str.lower, str.upper, str.title):
        if value == change(known.name):
            yield repr(change(wanted.name))
    if value == known.value:
        yield repr(wanted.value)


def _as_such(value: Any, text: Any, encoding: str) -> Any:
    """A text of the sort that `value` is: code often encodes or decodes what it is given before it compares."""
    if isinstance(value, str):
        return text if isinstance(text, str) else text.decode(encoding, "replace")
    return text.encode(encoding, "replace") if isinstance(text, str) else bytes(text)


def _rewritten(value: Any, known: Any, wanted: Any) -> Iterator[Any]:
    if known and known in value:
        yield from _replaced(value, known, wanted)
    elif known in {value, value.lower(), value.upper(), value.strip()}:
        yield wanted


def _replaced(value: Any, known: Any, wanted: Any) -> Iterator[Any]:
    """`value` with one of the places where it holds `known` changed: the others may stand for something else."""
    for match in itertools.islice(re.finditer(re.escape(known), value), MOST_PLACES):
        yield value[: match.start()] + wanted + value[match.end() :]


def _moved(value: float, known: float, wanted: float) -> list[float]:
    """As it is wanted, moved by as much, or in another unit."""
    if value == known or not (_is_finite(known) and _is_finite(wanted)):
        return [wanted]
    with contextlib.suppress(OverflowError):  # a number that no float can hold
        return [value - known + wanted, *([value / known * wanted] if known else [])]
    return []


def _like(value: float, changed: float) -> float:
    whole = isinstance(value, int) and _is_finite(changed) and changed == int(changed)
    return int(changed) if whole else changed


def _is_finite(number: float) -> bool:
    return isinstance(number, int) or math.isfinite(number)


def _resized(value: object, known: object, wanted: object) -> Iterator[str]:
    """Where `known` is the length of a value: that, as long as is wanted."""
    if not (_is_size(known) and _is_size(wanted) and isinstance(value, str | bytes | list | tuple)):
        return
    if len(value) == known:
        longer: Any = value or FILL.get(type(value), value)
        resized = (longer * (wanted + 1))[:wanted]
        yield express(resized) or repr(value)


def _repeated(value: object, known: object, wanted: object) -> Iterator[str]:
    """Where `known` is a length, of the value or of more than that: a part of it, as often as is wanted."""
    is_large = isinstance(wanted, int) and LONGEST < wanted <= LARGEST
    if is_large and _is_size(known) and isinstance(value, str | bytes | list | tuple) and len(value) <= known:
        yield f"{express(value[:1] or FILL[type(value)])} * {wanted}"


def _is_apart(before: str, after: str) -> bool:
    """Whether what stands between these is an argument, or an element, by itself."""
    begins, ends = before.rstrip()[-1:], after.lstrip()[:1]
    return begins in {"", *"([{,=:"} and ends in {"", *")]},"}


def _is_size(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LONGEST


def _displayed(template: str) -> object:
    """The list or tuple that a template is; None for anything else."""
    try:
        return evaluate(template) if template[:1] in {"[", "("} else None
    except Exception:  # it cannot be made here
        return None
