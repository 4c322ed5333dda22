"""Exchanging the code of functions that are there already, where that is the same as importing the mutant.

It is not the same for what ran while the tests were imported: default arguments, decorators, class bodies, and
every function that something called at that time.
"""

from __future__ import annotations

import gc
import inspect
import sys
from types import CodeType, FrameType, FunctionType
from typing import Any

Pair = tuple[CodeType, CodeType]


class Swaps:
    """The functions of one file, and which of them were called before the tests."""

    def __init__(self) -> None:
        self._called: set[int] = set()
        self._filename = ""
        self._functions: dict[int, list[FunctionType]] = {}

    def watch(self, filename: str) -> None:
        """From now on note what is called of a file."""
        self._filename = filename
        sys.setprofile(self._note)

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename == self._filename:
            self._called.add(id(frame.f_code))

    def ready(self) -> None:
        """The tests are about to run: find the functions."""
        sys.setprofile(None)
        for one in gc.get_objects():
            if type(one) is FunctionType and one.__code__.co_filename == self._filename:
                self._functions.setdefault(id(one.__code__), []).append(one)

    def plan(self, old: CodeType, new: CodeType) -> list[Pair] | None:
        """The codes to exchange; None when that would not be the same as importing `new`."""
        pairs = differences(old, new)
        if not pairs or any(id(one) in self._called or id(one) not in self._functions for one, _ in pairs):
            return None
        return pairs

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
