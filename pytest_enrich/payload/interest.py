"""Which code is of interest: the functions asked for, calls that lead to them, and what else is watched."""

from __future__ import annotations

import dis
import functools
import inspect
import os
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .project import Project

RETURNS = {dis.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR") if name in dis.opmap}
RESUMABLE = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
CHANGING = {"__call__", "__setitem__", "__delitem__", "__enter__", "__exit__", "__iadd__", "__isub__", "__ior__"}
"""The dunder methods that may change the state of their object."""
MAKING = {"__init__", "__new__"}
"""The dunder methods that make an object."""


@functools.lru_cache(maxsize=200)
def qualnames(path: Path) -> dict[tuple[int, str], str]:
    """The qualified name, without `<locals>`, of each function and class of a file, by first line and bare name.

    Python 3.10 does not keep it in code objects. Empty for a file that cannot be compiled.
    """
    try:
        code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError):
        return {}
    return dict(_walk(code, ""))


def _walk(code: CodeType, prefix: str) -> Iterator[tuple[tuple[int, str], str]]:
    for inner in code.co_consts:
        if not isinstance(inner, CodeType):
            continue
        if inner.co_name.startswith("<generic"):  # the scope of type parameters
            yield from _walk(inner, prefix)
            continue
        name = prefix + inner.co_name
        yield (inner.co_firstlineno, inner.co_name), name
        yield from _walk(inner, f"{name}.")


def is_resumable(code: CodeType) -> bool:
    """Whether calling the function makes a generator or a coroutine, which may be entered many times."""
    return bool(code.co_flags & RESUMABLE)


def start(code: CodeType) -> int:
    """The last instruction offset at which a frame of the code has not yet begun its body."""
    resumes = (step.offset for step in dis.get_instructions(code) if step.opname == "RESUME")
    return next(resumes, -1)


def is_raising(code: CodeType, at: int) -> bool:
    """Whether a frame that is left at this instruction offset is left by an exception."""
    return not is_resumable(code) and at >= 0 and code.co_code[at] not in RETURNS


MOST_FUNCTIONS = 4
MOST_MET = 24
MOST_CALLS = 30
Described = Callable[[], "dict[str, Any] | None"]


class Ways:
    """The calls of public functions elsewhere in the project, made by tests, that lead to the watched file."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._came = 0
        self._found: dict[str, dict[str, dict[str, Any]]] = {}
        self._open: dict[FrameType, tuple[int, str, dict[str, Any]]] = {}

    def name(self, frame: FrameType, code: CodeType) -> str:
        """The `module:qualname` of a public function of the project, "" for other code."""
        if self._project.kind(code.co_filename) != "source" or is_resumable(code):
            return ""
        qualname = qualnames(Path(code.co_filename)).get((code.co_firstlineno, code.co_name), "")
        is_public = qualname and not any(part.startswith(("_", "<")) for part in qualname.split("."))
        module = frame.f_globals.get("__name__", "")
        return f"{module}:{qualname}" if is_public and isinstance(module, str) else ""

    def came(self) -> None:
        """Note that a function of the file is called."""
        self._came += 1

    def begin(self, frame: FrameType, name: str, described: Described) -> None:
        """Note that a function elsewhere is called; only calls by tests count."""
        if frame.f_back is None or self._project.kind(frame.f_back.f_code.co_filename) != "test":
            return
        calls = self._found.get(name, {})
        if len(calls) >= MOST_CALLS or (not calls and len(self._found) >= MOST_MET):
            return
        call = described()
        if call is not None:
            self._open[frame] = self._came, name, call

    def end(self, frame: FrameType) -> None:
        """Note that a function ends; its call is kept if it has led to the file."""
        begun = self._open.pop(frame, None)
        if begun is not None and self._came > begun[0]:
            _, name, call = begun
            self._found.setdefault(name, {}).setdefault(repr(call), {**call, "qualname": name})

    def forget(self) -> None:
        """Forget the calls under way: their ends may not be seen."""
        self._open.clear()

    def calls(self) -> list[dict[str, Any]]:
        """The calls, each once, of the functions that were called in the most ways."""
        functions = sorted(self._found.values(), key=len, reverse=True)[:MOST_FUNCTIONS]
        return [call for of_function in functions for call in of_function.values()]


class Interest(NamedTuple):
    """Why a code object matters; it is kept so that its `id` stays its own.

    Attributes:
        qualname: That of a function that was asked for, else "".
        makes: Whether it is the code of a constructor.
        method: Whether it is the code of a method that may change its object.
        start: Where the body of a generator or coroutine begins.
        inside: Whether it belongs to the watched file.
        way: The name for `Ways` of a function of another file, else "".
    """

    code: CodeType
    qualname: str
    makes: bool
    method: bool
    start: int | None
    inside: bool
    way: str


class Interests:
    """What is known of code objects; `known` holds, by `id`, why one matters, or itself if it does not."""

    def __init__(self, path: Path, project: Project, wanted: Container[str], ways: Ways) -> None:
        self.known: dict[int, Interest | CodeType] = {}
        self._file = os.path.realpath(path)
        self._names = qualnames(path)
        self._project, self._wanted, self._ways = project, wanted, ways

    def look(self, frame: FrameType, code: CodeType) -> Interest | CodeType:
        """Why a code object matters that is met, in this frame, for the first time."""
        interest = self._interest(frame, code)
        matters = interest.qualname or interest.makes or interest.method or interest.inside or interest.way
        self.known[id(code)] = kept = interest if matters else code
        return kept

    def _interest(self, frame: FrameType, code: CodeType) -> Interest:
        inside = os.path.realpath(code.co_filename) == self._file
        qualname = self._names.get((code.co_firstlineno, code.co_name), "") if inside else ""
        resumable = is_resumable(code)
        is_source = self._project.kind(code.co_filename) == "source"
        silent = code.co_name.startswith("__") and code.co_name not in CHANGING
        return Interest(
            code,
            qualname if qualname in self._wanted else "",
            code.co_name in MAKING,
            is_source and bool(code.co_argcount) and not resumable and not silent,
            start(code) if resumable else None,
            inside,
            "" if inside else self._ways.name(frame, code),
        )
