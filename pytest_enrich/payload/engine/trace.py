"""Which branches of one file a call takes: a tracer of our own, since thousands of calls are traced.

It follows coverage.py's numbering closely enough for the search; what a candidate really covers is measured by
coverage.py itself when the candidate is proven.
"""

from __future__ import annotations

import contextlib
import linecache
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FrameType
from typing import Any, TypeAlias

from ..interest import RESUMABLE, RETURNS

Branch: TypeAlias = tuple[int, int]
Reached: TypeAlias = frozenset["Branch | int"]
"""The branches taken and the lines run, of those that are wanted."""
LocalTrace: TypeAlias = Callable[[FrameType, str, Any], Any]

# The most calls and lines traced in one execution, the same on every machine.
MOST_STEPS = 100_000


def reached_by(wanted: Reached, branches: frozenset[Branch]) -> Reached:
    """The wanted branches and lines that these branches reach."""
    return wanted & (branches | {to for _, to in branches})


class TooLongError(BaseException):
    """A call did not end in time. Not an `Exception`, so that the code under test does not catch it."""


class Tracer:
    """Notes pairs of consecutive lines in the frames of `filename`; ends a call after `most` steps."""

    def __init__(self, filename: str, statements: Mapping[int, int], most: int = sys.maxsize) -> None:
        self._most = most
        self._statements = statements
        self.filename = filename
        self._wanted: dict[CodeType, bool] = {}
        self._steps = 0
        self._is_noting = False
        self.branches: set[Branch] = set()
        self.raised: object = None
        """The exception last raised in, or passed through, the file."""

    def line(self, number: int) -> str:
        """The text of a line of the file, "" if there is none."""
        return linecache.getline(self.filename, number).rstrip() if number > 0 else ""

    def start(self) -> None:
        """Forget what was noted, and start to note again."""
        self.branches = set()
        self.raised = None
        self._steps = 0
        self._is_noting = True
        threading.settrace(self._enter)  # a test client may run the application in its own thread
        sys.settrace(self._enter)

    def stop(self) -> None:
        """Stop noting."""
        self._is_noting = False
        sys.settrace(None)
        threading.settrace(None)

    @contextlib.contextmanager
    def in_threads(self) -> Iterator[None]:
        """Also trace threads that are started inside, once `start` was called: a fixture may start one."""
        threading.settrace(self._enter)
        try:
            yield
        finally:
            threading.settrace(None)

    def _enter(self, frame: FrameType, _event: str, _arg: object) -> LocalTrace | None:
        if not self._is_noting:
            return None
        code = frame.f_code
        self._step()
        wanted = self._wanted.get(code)
        if wanted is None:
            wanted = self._wanted[code] = code.co_filename == self.filename
        return self._follow(frame, code) if wanted else None

    def _step(self) -> None:
        """Count a call or line; too many end the call: unlike a clock, this decides the same on every machine."""
        self._steps += 1
        if self._steps > self._most:
            self._steps = 0
            raise TooLongError

    def _follow(self, frame: FrameType, code: CodeType) -> LocalTrace:
        first = -code.co_firstlineno
        # A generator that resumes is entered where it left off.
        suspends = code.co_flags & RESUMABLE
        last = frame.f_lineno if suspends and frame.f_lasti > 0 else first
        note, step, statement = self.branches.add, self._step, self._statements.get

        def follow(frame: FrameType, event: str, arg: Any) -> LocalTrace:
            nonlocal last
            if event == "line":
                step()
                line = statement(frame.f_lineno, frame.f_lineno)
                note((last, line))
                last = line
            elif event == "exception":
                self.raised = arg[1]
            elif event == "return" and not (suspends and code.co_code[frame.f_lasti] not in RETURNS):
                note((last, first))
            return follow

        return follow
