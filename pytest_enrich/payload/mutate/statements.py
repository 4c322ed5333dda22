"""The top-level statements of a file, each compiled by itself: of a long file a mutant changes one of them."""

from __future__ import annotations
import __future__

import ast
import itertools
from collections.abc import Iterator
from functools import cache
from types import CodeType
from typing import Any, NamedTuple

from .finder import compiled
from .swap import Pair, differences, functions, place

FUTURE = {getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}


class Span(NamedTuple):
    """Where a statement is: its first line (from 1), and what is before it and up to its end, in characters."""

    line: int
    start: int
    end: int


class Statements:
    """A file's, as it is loaded.

    Args:
        text: What is in it.
        filename: The name that its code has.
        loaded: That code.
    """

    def __init__(self, text: str, filename: str, loaded: CodeType) -> None:
        self._text, self._filename, self._loaded = text, filename, loaded
        self._flags = sum(loaded.co_flags & flag for flag in FUTURE)
        self._spans = tuple(_spans(text))
        self._functions = functions(loaded)
        self._alone = cache(self._compiled)

    def pairs(self, mutant: dict[str, Any]) -> list[Pair] | None:
        """The functions that differ in a mutant, as they are loaded and as they would be; as `differences`."""
        span = next(
            (one for one in self._spans if one.start <= mutant["start"] and mutant["end"] <= one.end), None
        )
        if span is not None:
            own = self._text[span.start : span.end]
            found = differences(self._alone(span, own), self._compiled(span, changed(own, mutant, span.start)))
            if found is None or all(place(old) in self._functions for old, _ in found):
                return found and [(self._functions[place(old)], new) for old, new in found]
        return differences(self._loaded, compiled(changed(self._text, mutant), self._filename))

    def _compiled(self, span: Span, text: str) -> CodeType:
        """A statement in its place, with all lines as they are in the file."""
        return compiled("\n" * (span.line - 1) + text, self._filename, self._flags)


def changed(text: str, mutant: dict[str, Any], before: int = 0) -> str:
    """A part of the file's text, with so much `before` it, with a mutant in it."""
    return f"{text[: mutant['start'] - before]}{mutant['replacement']}{text[mutant['end'] - before :]}"


def _spans(text: str) -> Iterator[Span]:
    """Of each statement that has its lines for itself."""
    starts = [*itertools.accumulate((len(line) + 1 for line in text.split("\n")), initial=0)]
    nodes = ast.parse(text).body
    lines = [(min([one.lineno, *_decorators(one)]), one.end_lineno or one.lineno) for one in nodes]
    for at, (first, last) in enumerate(lines):
        is_alone = (not at or lines[at - 1][1] < first) and (at + 1 == len(lines) or last < lines[at + 1][0])
        if is_alone:
            yield Span(first, starts[first - 1], starts[last])


def _decorators(node: ast.stmt) -> list[int]:
    return [one.lineno for one in getattr(node, "decorator_list", ())]
