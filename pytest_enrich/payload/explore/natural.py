"""How far a value is from what people write: of two inputs that do the same, a reader prefers the usual one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from .calls import Call
from .mutate import literals

USUAL_YEARS = range(1900, 2101)
LARGE = 10**10
LONG = 30
MIXED = 5
PRIVATE = re.compile(r"[(,]\s*_[A-Za-z]\w*=(?!=)")
"""A parameter that callers are not meant to know of, by its name."""
NOTHING = re.compile(r"⟩\((\w+=None)?\)")
DATE = re.compile(r"⟨datetime:date(?:time)?⟩\((-?\d+)")


def shape(text: str) -> str:
    """Letters as `a`, digits as `9`, each run once: `2024-02-29` is `9-9-9`."""
    return re.sub(r"a+", "a", re.sub(r"9+", "9", re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))))


def oddness(call: Call, known: frozenset[str] = frozenset()) -> int:
    """How much of a call nobody would write; 0 for a usual one.

    Args:
        call: Its arguments, receiver and set-up are looked at.
        known: Values (templates) that tests pass, and shapes of the texts among them: none of these is odd.
    """
    values = [
        *(value for _, value in call.arguments),
        call.receiver or "",
        *(v for then in call.then for v in then),
    ]
    own = sum(_odd(value, known) for value in values if value not in known)
    return own + sum(oddness(step, known) for step in call.setup)


def known(templates: Iterable[str]) -> frozenset[str]:
    """What `oddness` takes for usual where tests pass these values."""
    texts = list(templates)
    shapes = {shape(_text(match[0])) for text in texts for match in literals(text) if match.lastgroup == "string"}
    return frozenset([*texts, *(one for one in shapes if one)])


@lru_cache(maxsize=20_000)
def _odd(template: str, usual: frozenset[str]) -> int:
    found = 3 * template.count("⟨datetime:timezone⟩(⟨datetime:timedelta⟩())")
    found += template.count("lambda *args")
    found += 2 * len(PRIVATE.findall(template))
    # An object made from nothing is often a zero, which a sum and a difference treat alike.
    found += len(NOTHING.findall(template))
    found += sum(3 for year in DATE.findall(template) if int(year) not in USUAL_YEARS)
    for match in literals(template):
        if match.lastgroup == "string":
            text = _text(match[0])
            found += 0 if shape(text) in usual else _odd_text(text)
        elif match.lastgroup == "number":
            found += abs(float(match[0])) >= LARGE
    return found + template.count("float('")


def _text(literal: str) -> str:
    value = eval(literal, {})
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _odd_text(text: str) -> int:
    """Of texts of several lines, how odd the oddest line is: a file's last line ends, too."""
    lines = text.removesuffix("\n").split("\n")
    return max(_odd_line(line) for line in lines)


def _odd_line(text: str) -> int:
    if not text:
        return 1
    runs = re.findall(r"[^\W\d_]+|\d+|\s+|[^\w\s]|_+", text)
    unusual = 2 * (not text.isprintable())
    strange = 2 * any(not char.isascii() for char in text)
    bare = 2 * (not any(char.isalnum() for char in text))
    padded = text != text.strip()
    return bare + strange + unusual + padded + (len(runs) > MIXED) + (len(text) > LONG)
