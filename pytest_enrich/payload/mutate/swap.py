"""Exchanging the code of functions that are there already, where that is the same as importing the mutant.

It is not the same for what ran while the tests were imported: default arguments, decorators, class bodies, and of
the functions that something called at that time the lines that ran, and what they made.
"""

from __future__ import annotations

import gc
import inspect
import sys
from collections import defaultdict
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType
from typing import Any

Pair = tuple[CodeType, CodeType]
RESUMED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Flags of functions whose calls may still be going on."""


class Swaps:
    """The functions of one file, and which of their lines ran before the tests."""

    def __init__(self) -> None:
        self._ran: dict[int, set[int]] = defaultdict(set)
        self._filename = ""
        self._functions: dict[int, list[FunctionType]] = {}

    def watch(self, filename: str) -> None:
        """From now on note what is run of a file."""
        self._filename = filename
        sys.settrace(self._called)

    def _called(self, frame: FrameType, _event: str, _argument: object) -> Callable[..., Any] | None:
        code = frame.f_code
        if code.co_filename != self._filename or not code.co_flags & inspect.CO_OPTIMIZED:
            return None
        ran = self._ran[id(code)]

        def note(frame: FrameType, _event: str, _argument: object) -> Callable[..., Any]:
            ran.add(frame.f_lineno)
            return note

        return note

    def ready(self) -> None:
        """The tests are about to run: find the functions."""
        sys.settrace(None)
        for one in gc.get_objects():
            if type(one) is FunctionType and one.__code__.co_filename == self._filename:
                self._functions.setdefault(id(one.__code__), []).append(one)

    def plan(self, pairs: list[Pair] | None, lines: range) -> list[Pair] | None:
        """The codes to exchange; None when that would not be the same as importing the file with a change.

        Args:
            pairs: As `differences` has them.
            lines: Those of the file where the change is.
        """
        return pairs if pairs and all(self._can(*pair, lines) for pair in pairs) else None

    def _can(self, old: CodeType, new: CodeType, lines: range) -> bool:
        """Whether nobody who was there before the exchange could tell."""
        if id(old) not in self._functions:
            return False
        if id(old) not in self._ran:
            return True
        # What was made inside has code of its own, which nobody finds.
        is_own = list(map(_key, _inner(old))) == list(map(_key, _inner(new)))
        return is_own and not old.co_flags & RESUMED and self._ran[id(old)].isdisjoint(lines)

    def make(self, pairs: list[Pair]) -> None:
        """Exchange them, in this process for good."""
        for old, new in pairs:
            for function in self._functions[id(old)]:
                function.__code__ = new


def differences(old: CodeType, new: CodeType) -> list[Pair] | None:
    """The outermost functions whose code differs; None when something besides functions does."""
    if _key(old) == _key(new):
        return []
    if old.co_flags & inspect.CO_OPTIMIZED:
        return [(old, new)] if len(old.co_freevars) == len(new.co_freevars) else None
    if _key(old, deep=False) != _key(new, deep=False):
        return None
    found: list[Pair] = []
    for one, other in zip(_inner(old), _inner(new), strict=True):
        inside = differences(one, other)
        if inside is None:
            return None
        found += inside
    return found


def functions(code: CodeType) -> dict[tuple[int, str], CodeType]:
    """The outermost functions of a file by their first lines and names, of which no two have the same."""
    found: dict[tuple[int, str], CodeType | None] = {}
    waiting = [code]
    while waiting:
        one = waiting.pop()
        if one.co_flags & inspect.CO_OPTIMIZED:
            found[place(one)] = None if place(one) in found else one
        else:
            waiting += _inner(one)
    return {there: one for there, one in found.items() if one is not None}


def place(code: CodeType) -> tuple[int, str]:
    """Where the source has it: its first line, and its name."""
    return code.co_firstlineno, code.co_name


def _inner(code: CodeType) -> list[CodeType]:
    return [one for one in code.co_consts if isinstance(one, CodeType)]


def _key(code: CodeType, *, deep: bool = True) -> tuple[Any, ...]:
    """What a code object does; without what the codes inside it do when not `deep`."""
    inner = [_key(one) if deep else one.co_name for one in _inner(code)]
    constants = [_constant(one) for one in code.co_consts if not isinstance(one, CodeType)]
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_flags, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)
    return (code.co_code, getattr(code, "co_exceptiontable", b""), names, counts, constants, inner)


def _constant(value: object) -> tuple[Any, ...]:
    """Its type with it: 1, 1.0 and True are equal and not the same."""
    if isinstance(value, (tuple, frozenset)):
        parts = [_constant(one) for one in value]
        return (type(value), parts if isinstance(value, tuple) else frozenset(map(repr, parts)))
    return (type(value), repr(value))
