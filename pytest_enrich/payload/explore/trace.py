"""Which branches of one file a call takes: a tracer of our own, since thousands of calls are looked at.

It follows coverage.py's numbering closely enough to search by; what a candidate really covers is measured by
coverage.py itself when the candidate is proven.
"""

from __future__ import annotations

import dis
import inspect
import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import Any, TypeAlias

Branch: TypeAlias = tuple[int, int]
LocalTrace: TypeAlias = Callable[[FrameType, str, Any], Any]

SUSPENDABLE = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
RETURNS = {dis.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR") if name in dis.opmap}


class Tracer:
    """Notes pairs of lines run one after the other in the frames of `filename`."""

    def __init__(self, filename: str, statements: Mapping[int, int]) -> None:
        self._statements = statements
        self._filename = filename
        self._wanted: dict[CodeType, bool] = {}
        self.branches: set[Branch] = set()

    def start(self) -> None:
        """Forget what was noted, and note again."""
        self.branches = set()
        sys.settrace(self._enter)

    def stop(self) -> None:
        """Note no more."""
        sys.settrace(None)

    def _enter(self, frame: FrameType, _event: str, _arg: object) -> LocalTrace | None:
        code = frame.f_code
        wanted = self._wanted.get(code)
        if wanted is None:
            wanted = self._wanted[code] = code.co_filename == self._filename
        return self._follow(frame, code) if wanted else None

    def _follow(self, frame: FrameType, code: CodeType) -> LocalTrace:
        first = -code.co_firstlineno
        # A generator that goes on is entered where it left off.
        last = first if frame.f_lasti <= 0 or not code.co_flags & SUSPENDABLE else frame.f_lineno
        note, statement = self.branches.add, self._statements.get

        def follow(frame: FrameType, event: str, _arg: object) -> LocalTrace:
            nonlocal last
            if event == "line":
                line = statement(frame.f_lineno, frame.f_lineno)
                note((last, line))
                last = line
            elif event == "return" and not _suspends(code, frame.f_lasti):
                note((last, first))
            return follow

        return follow


def _suspends(code: CodeType, at: int) -> bool:
    """Whether a "return" event at this instruction is a `yield` or an `await`."""
    return bool(code.co_flags & SUSPENDABLE) and code.co_code[at] not in RETURNS
