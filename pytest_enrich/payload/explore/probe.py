"""Compared values, seen at run time: the module's conditions rewritten so that they tell their operands.

Lines stay as they are, and so does what the code does. It is used to learn from; whether a call is worth
anything is judged on the original.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import inspect
import re
from collections.abc import Callable, Collection, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from .probing import COMPARISONS, FUNCTIONS, METHODS, NAME, OF_TYPE, PAIRS, Probing

MOST = 300


class Note(NamedTuple):
    """A condition that was evaluated: the statement's line, how it compares, and both operands."""

    line: int
    how: str
    left: Any
    right: Any


class Probes:
    """A module's functions, each with a twin that notes what it compares."""

    def __init__(self, module: ModuleType) -> None:
        self.notes: list[Note] = []
        self._lines: Collection[int] = ()
        self._twins = list(_twins(module))
        vars(module)[NAME] = self._note

    @contextlib.contextmanager
    def watching(self, lines: Collection[int] = ()) -> Iterator[list[Note]]:
        """The twins take the functions' places; what they note, of these lines or of all, is in the list."""
        self.notes, self._lines = [], lines
        for function, twin, _ in self._twins:
            function.__code__ = twin
        try:
            yield self.notes
        finally:
            for function, _, own in self._twins:
                function.__code__ = own

    def _note(self, line: int, how: str, left: Any, right: Any = None, *rest: Any) -> Any:
        """What the condition gives, once it is noted."""
        if len(self.notes) < MOST and (not self._lines or line in self._lines):
            self.notes.append(Note(line, _kind(how), *_operands(left, right, rest)))
        if how == "truth":
            return left
        if how.startswith(OF_TYPE):
            return _compared(how.removeprefix(OF_TYPE))(rest[0](left), right)
        if how in PAIRS:
            return PAIRS[how](left, right)
        if how in FUNCTIONS:
            return right(left)
        if how in METHODS:
            return getattr(left, how)(*([] if right is None else [right]), *rest)
        return _compared(how)(left, right)


def _kind(how: str) -> str:
    """How a condition compares, for those who learn from it."""
    if how.startswith(OF_TYPE):
        return "isinstance"
    return how if how in {"truth", *PAIRS, *METHODS, *FUNCTIONS} else COMPARISONS[getattr(ast, how)][0]


def _compared(operator: str) -> Callable[[Any, Any], Any]:
    return COMPARISONS[getattr(ast, operator)][1]


def _operands(left: Any, right: Any, rest: tuple[Any, ...]) -> tuple[Any, Any]:
    """Of `re.match(pattern, text)` as of `pattern.match(text)`: the pattern and the text."""
    if left is re and rest:
        return (re.compile(right) if isinstance(right, str) else right), rest[0]
    return left, right


def _twins(module: ModuleType) -> Iterator[tuple[FunctionType, CodeType, CodeType]]:
    """Each function of the module's file that has a twin, the twin's code and its own."""
    filename = inspect.getsourcefile(module) or ""
    try:
        tree = ast.parse(inspect.getsource(module))
        whole = compile(Probing().visit(tree), filename, "exec", dont_inherit=True)
    except Exception:  # no source, or one that only its own loader can read
        return
    twins = {(code.co_firstlineno, code.co_name): code for code in _inside(whole)}
    for found in _objects():
        if type(found) is not FunctionType or found.__code__.co_filename != whole.co_filename:
            continue
        own = found.__code__
        twin = twins.get((own.co_firstlineno, own.co_name))
        if twin is not None and own.co_name != "<lambda>" and twin.co_freevars == own.co_freevars:
            yield found, twin, own


def _objects() -> list[Any]:
    """All objects; a process that forks sets those that it has aside, where they would not be found."""
    were_frozen = bool(gc.get_freeze_count())
    gc.unfreeze()
    found = gc.get_objects()
    if were_frozen:
        gc.freeze()
    return found


def _inside(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _inside(inner)
