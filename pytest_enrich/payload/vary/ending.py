"""How a test ended: passed, raised what the project raises on purpose, or for a reason that refuses it."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from ..explore.contract import raises
from ..explore.trace import TooLongError
from ..express import named, spoken, steady
from ..project import Project
from .probe import NothingRaisedError

Record = dict[str, Any]
NOT_CONTRACTS = AssertionError | NotImplementedError | RecursionError | MemoryError
# The first three are no `Exception`.
ENDED = (pytest.skip.Exception, pytest.fail.Exception, pytest.exit.Exception)
NO_TEST = (*ENDED, NothingRaisedError)


class Endings:
    """Tells endings apart for the tests of one file of a project."""

    def __init__(self, rootdir: str, module: str, test_path: Path) -> None:
        self._project = Project(rootdir, module)
        self._test_path = str(test_path)

    def of(self, error: BaseException | None) -> Record:
        """`refusal` ("" for none), and of an exception that is a contract `raised`, `message` and `line`."""
        if error is None:
            return {"refusal": ""}
        if refusal := self._refusal(error):
            return {"refusal": refusal}
        kind, line = named(type(error)), self._line(error)
        if kind is None or not line:
            return {"refusal": "accident"}
        return {"refusal": "", "raised": kind, "message": steady(spoken(error)), "line": line}

    def is_meant(self, error: BaseException) -> bool:
        """Whether it is a contract."""
        return not self._refusal(error)

    def _refusal(self, error: BaseException) -> str:
        if isinstance(error, TooLongError):
            return "too long"
        if isinstance(error, NO_TEST):
            return "fails its own assertions"
        frames = list(_frames(error))
        last = frames[-1][0].f_code.co_filename if frames else ""
        if isinstance(error, AssertionError) and self._project.kind(last) != "source":
            return "fails its own assertions"
        if isinstance(error, NOT_CONTRACTS) or not isinstance(error, Exception):
            return "accident"
        stated = bool(frames) and raises(linecache.getline(last, frames[-1][1]).strip(), error)
        return "" if stated and self._project.kind(last) == "source" else "accident"

    def _line(self, error: BaseException) -> int:
        """Where the test was: the outermost frame of its file."""
        return next((line for frame, line in _frames(error) if frame.f_code.co_filename == self._test_path), 0)


def _frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    yield from traceback.walk_tb(error.__traceback__)
