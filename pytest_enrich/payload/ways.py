"""Calls that tests make of the project's functions in other files, and that come to the file which is watched.

What is inside a package is most often tested through the few functions that it shows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from . import codes
from .project import Project

MOST_FUNCTIONS = 4
MOST_MET = 24
MOST_CALLS = 30
Described = Callable[[], "dict[str, Any] | None"]

_qualnames = functools.lru_cache(maxsize=200)(codes.qualnames)


class Ways:
    """What is known of such calls while tests run."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._came = 0
        self._found: dict[str, dict[str, dict[str, Any]]] = {}
        self._open: dict[FrameType, tuple[int, str, dict[str, Any]]] = {}

    def name(self, frame: FrameType, code: CodeType) -> str:
        """`module:qualname` of a public function of the project, "" for what is none."""
        if self._project.kind(code.co_filename) != "source" or codes.is_resumable(code):
            return ""
        qualname = _qualnames(Path(code.co_filename)).get((code.co_firstlineno, code.co_name), "")
        is_public = qualname and not any(part.startswith(("_", "<")) for part in qualname.split("."))
        module = frame.f_globals.get("__name__", "")
        return f"{module}:{qualname}" if is_public and isinstance(module, str) else ""

    def came(self) -> None:
        """A function of the file is called."""
        self._came += 1

    def begin(self, frame: FrameType, name: str, described: Described) -> None:
        """A function elsewhere is called; it counts when a test does so."""
        if frame.f_back is None or self._project.kind(frame.f_back.f_code.co_filename) != "test":
            return
        held = self._found.get(name, {})
        if len(held) >= MOST_CALLS or (not held and len(self._found) >= MOST_MET):
            return
        call = described()
        if call is not None:
            self._open[frame] = self._came, name, call

    def end(self, frame: FrameType) -> None:
        """A function ends; its call is kept when it came to the file meanwhile."""
        held = self._open.pop(frame, None)
        if held is not None and self._came > held[0]:
            _, name, call = held
            self._found.setdefault(name, {}).setdefault(repr(call), {**call, "qualname": name})

    def forget(self) -> None:
        """The ends of what is under way may not be seen."""
        self._open.clear()

    def calls(self) -> list[dict[str, Any]]:
        """The calls of the functions that were called most, each once."""
        most = sorted(self._found.values(), key=len, reverse=True)[:MOST_FUNCTIONS]
        return [call for of_function in most for call in of_function.values()]
