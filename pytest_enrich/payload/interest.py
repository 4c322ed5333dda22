"""Which code objects matter to somebody who watches calls, and why: looked up once for each."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

from . import codes
from .project import Project
from .ways import Ways

CHANGING = {"__call__", "__setitem__", "__delitem__", "__enter__", "__exit__", "__iadd__", "__isub__", "__ior__"}
"""Of the dunder methods, those that may leave the object in another state."""
MAKING = {"__init__", "__new__"}
"""Those that make one."""


class Interest(NamedTuple):
    """Why a code object matters; it is kept so that its `id` stays its own.

    Attributes:
        qualname: Of a function that was asked for, else "".
        makes: Whether it is a constructor's.
        method: Whether it is a method's that may change its object.
        start: Of a generator or coroutine where its body begins.
        inside: Whether it is of the file that is watched.
        way: Of a function of another file, its name for `Ways`, else "".
    """

    code: CodeType
    qualname: str
    makes: bool
    method: bool
    start: int | None
    inside: bool
    way: str


class Interests:
    """What is known of code objects; `known` holds, by `id`, why one matters, or itself when it does not."""

    def __init__(self, path: Path, project: Project, wanted: Container[str], ways: Ways) -> None:
        self.known: dict[int, Interest | CodeType] = {}
        self._file = os.path.realpath(path)
        self._names = codes.qualnames(path)
        self._project, self._wanted, self._ways = project, wanted, ways

    def look(self, frame: FrameType, code: CodeType) -> Interest | CodeType:
        """Why a code object matters that is met for the first time, in this frame."""
        interest = self._interest(frame, code)
        matters = interest.qualname or interest.makes or interest.method or interest.inside or interest.way
        self.known[id(code)] = kept = interest if matters else code
        return kept

    def _interest(self, frame: FrameType, code: CodeType) -> Interest:
        inside = os.path.realpath(code.co_filename) == self._file
        qualname = self._names.get((code.co_firstlineno, code.co_name), "") if inside else ""
        resumable = codes.is_resumable(code)
        own = self._project.kind(code.co_filename) == "source"
        silent = code.co_name.startswith("__") and code.co_name not in CHANGING
        return Interest(
            code,
            qualname if qualname in self._wanted else "",
            code.co_name in MAKING,
            own and bool(code.co_argcount) and not resumable and not silent,
            codes.start(code) if resumable else None,
            inside,
            "" if inside else self._ways.name(frame, code),
        )
