"""Puts a mutant in place: in the source file as it is imported, or swapped into existing functions."""

from __future__ import annotations

import gc
import importlib.abc
import inspect
import os
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

from ..interest import is_resumable
from ..project import file_of, find_by

Pair = tuple[CodeType, CodeType]


def compiled(text: str, filename: str) -> CodeType:
    """The code of a whole file; without the compiler's warnings, which it gave before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code: CodeType = compile(text, filename, "exec", dont_inherit=True)
        return code


class SourceFinder(importlib.abc.MetaPathFinder):
    """Finds what the finders after it find, and serves `text` instead of the content of the file.

    Attributes:
        code: The code that was served, None before that.
        filename: The name that it was compiled under.
        before: Called before the module runs.
    """

    def __init__(self, path: Path, text: str, before: Callable[[SourceFinder], None] | None = None) -> None:
        self.path = os.path.realpath(path)
        self.names = {path.stem, path.parent.name}
        self.text = text
        self.before = before
        self.code: CodeType | None = None
        self.filename = ""

    def serve(self, text: str) -> None:
        """Serve this text from now on, and call nothing before."""
        self.text, self.code, self.before = text, None, None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Part of the import system's protocol."""
        if fullname.rpartition(".")[2] not in self.names:
            return None
        spec = find_by(sys.meta_path[sys.meta_path.index(self) + 1 :], fullname, path, target)
        if spec and spec.origin and spec.has_location and os.path.realpath(spec.origin) == self.path:
            spec.loader = _Loader(spec.name, spec.origin, self)
        return spec

    def is_loaded(self) -> bool:
        """Whether the file was imported by something before."""
        return any(os.path.realpath(file) == self.path for file in _loaded())

    def adopt(self) -> CodeType:
        """The code of a file that something has imported before, as if it had been served."""
        self.filename = next(file for file in _loaded() if os.path.realpath(file) == self.path)
        self.code = compiled(self.text, self.filename)
        return self.code


def _loaded() -> list[str]:
    """The files of all loaded modules."""
    return [file_of(module) for module in list(sys.modules.values())]


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, finder: SourceFinder) -> None:
        super().__init__(fullname, path)
        self.finder = finder

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - as the import system asks
        finder = self.finder
        if finder.code is None:
            finder.filename = str(self.path)
            finder.code = compiled(finder.text, finder.filename)
            if finder.before is not None:
                finder.before(finder)
        return finder.code


class Held(NamedTuple):
    """A source file that was imported for good before the job: the lines that have run, and its functions."""

    ran: Sequence[int]
    functions: Sequence[FunctionType]


class Swaps:
    """The functions of one file, and which of their lines ran before the tests."""

    def __init__(self) -> None:
        self._ran: dict[int, set[int]] = defaultdict(set)
        self._filename = ""
        self._functions: dict[int, list[FunctionType]] = {}
        self._known: dict[CodeType, CodeType] = {}

    def know(self, code: CodeType, filename: str, held: Held) -> None:
        """Take over a file that was imported before: the code imported, and what is known about it since."""
        self._filename = filename
        for function_code in _functions(code):
            self._known[function_code] = function_code
            lines = {line for _, _, line in function_code.co_lines() if line is not None}
            # The first line of a function is run by the code around it.
            if own := (lines - {function_code.co_firstlineno} or lines) & {*held.ran}:
                self._ran[id(function_code)] = own
        for function in held.functions:
            self._add(function)

    def watch(self, filename: str) -> None:
        """Note which lines of a file are run from now on."""
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
        """Find the functions, as the tests are about to run."""
        sys.settrace(None)
        for item in gc.get_objects():
            if type(item) is FunctionType and item.__code__.co_filename == self._filename:
                self._add(item)

    def _add(self, function: FunctionType) -> None:
        code = self._known.get(function.__code__, function.__code__)
        self._functions.setdefault(id(code), []).append(function)

    def plan(self, pairs: list[Pair] | None, lines: range) -> list[Pair] | None:
        """The pairs of codes to exchange; None if that would not be the same as importing the changed file.

        Args:
            pairs: As `differences` returns them.
            lines: Those of the file that are changed.
        """
        return pairs if pairs and all(self._can(*pair, lines) for pair in pairs) else None

    def _can(self, old: CodeType, new: CodeType, lines: range) -> bool:
        """Whether the exchange has the same effect as if the new code had been there from the start."""
        if id(old) not in self._functions:
            return False
        if id(old) not in self._ran:
            return True
        # Functions made inside have code of their own, which cannot be found.
        is_own = list(map(_anywhere, _inner(old))) == list(map(_anywhere, _inner(new)))
        # A call of a resumable function may still be going on.
        return is_own and not is_resumable(old) and self._ran[id(old)].isdisjoint(lines)

    def make(self, pairs: list[Pair]) -> None:
        """Exchange the codes, for good in this process."""
        for old, new in pairs:
            for function in self._functions[id(old)]:
                function.__code__ = new


def differences(old: CodeType, new: CodeType) -> list[Pair] | None:
    """The code of the outermost functions that differ; None if something besides functions differs."""
    if _anywhere(old) == _anywhere(new):
        return []
    if old.co_flags & inspect.CO_OPTIMIZED:
        return [(old, new)] if len(old.co_freevars) == len(new.co_freevars) else None
    if _anywhere(old, deep=False) != _anywhere(new, deep=False):
        return None
    pairs: list[Pair] = []
    for inner_old, inner_new in zip(_inner(old), _inner(new), strict=True):
        inner_pairs = differences(inner_old, inner_new)
        if inner_pairs is None:
            return None
        pairs += inner_pairs
    return pairs


def _functions(code: CodeType) -> Iterator[CodeType]:
    """The code of all functions in this code, however deep."""
    for inner in _inner(code):
        if inner.co_flags & inspect.CO_OPTIMIZED:
            yield inner
        yield from _functions(inner)


def _inner(code: CodeType) -> list[CodeType]:
    return [const for const in code.co_consts if isinstance(const, CodeType)]


def _anywhere(code: CodeType, *, deep: bool = True) -> CodeType:
    """A code object without its position in the file; not `deep`, codes inside it are reduced to their names."""
    inner: dict[Any, Any] = {const: _anywhere(const) if deep else const.co_name for const in _inner(code)}
    constants = tuple(inner[const] if isinstance(const, CodeType) else const for const in code.co_consts)
    return code.replace(co_consts=constants, co_firstlineno=1, co_linetable=b"")


def changed(text: str, mutant: dict[str, Any]) -> str:
    """The file's text with a mutant in it."""
    return f"{text[: mutant['start']]}{mutant['replacement']}{text[mutant['end'] :]}"
