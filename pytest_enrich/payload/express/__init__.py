"""A value as the Python source that a person would write for it.

The source is a *template*: each name to be imported is written ``⟨module:qualname⟩``, so that the test file it
ends up in decides how to import it. What cannot be written briefly and faithfully has no template (None): an
honest silence, because a test with a wrong or unreadable value is worse than no test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from .code import NAME, compilable, evaluate, named, written
from .instance import instance, is_true
from .values import CONTAINERS, SCALARS, UNSTABLE, Inner, spoken, steady

__all__ = [
    "NAME",
    "UNSTABLE",
    "Objects",
    "compilable",
    "evaluable",
    "evaluate",
    "express",
    "is_true",
    "named",
    "no_objects",
    "spoken",
    "steady",
    "written",
]

Objects = Inner
"""Knows the call that made an object, or answers None."""

LONGEST = 400
DEEPEST = 6
MOST_PARTS = 150


def evaluable(templates: Sequence[str]) -> list[tuple[str, object]]:
    """Each template with its value, without those that cannot be made here."""
    pairs = []
    for template in dict.fromkeys(templates):
        try:
            pairs.append((template, evaluate(template)))
        except Exception:  # a recorded name that is gone, a constant that is no literal
            continue
    return pairs


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
        text = _express(value, objects, iter(range(MOST_PARTS)), 0)
    except Exception:  # a hostile __repr__, __eq__ or __reduce__ has no template
        return None
    if text is None or len(text) > LONGEST or UNSTABLE.search(text):
        return None
    return text


def _express(value: object, objects: Objects, parts: Iterator[int], depth: int) -> str | None:
    if depth > DEEPEST:
        return None
    next(parts)  # more than can be read; an attribute may be made anew each time somebody looks
    if (known := objects(value)) is not None:
        return known
    if (scalar := SCALARS.get(type(value))) is not None:
        return scalar(value)
    inner = partial(_express, objects=objects, parts=parts, depth=depth + 1)
    if (container := CONTAINERS.get(type(value))) is not None:
        return container(value, inner)
    return instance(value, inner)
