"""Test files that were compiled before a fork: one text is run in many ways."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from ..candidate import TextFinder

MOST = 8


class Texts:
    """The code of the last few texts of which all tests were asked for."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def prepare(self, work: dict[str, Any], config: pytest.Config) -> None:
        """Compile what a job will need; one that asks for single tests compiles just these, and does so itself."""
        job = work["job"]
        if job["type"] != "prove" or job["tests"] or self.code(work) is not None:
            return
        if len(self._codes) >= MOST:
            self._codes.pop(next(iter(self._codes)))
        finder = TextFinder(Path(work["rootdir"], job["path"]), job["text"])
        finder.config = config
        with contextlib.suppress(Exception):  # the job will say what is wrong with it
            self._codes[job["path"], job["text"]] = finder.compiled()

    def code(self, work: dict[str, Any]) -> CodeType | None:
        """The code of the text that a job runs, if it is known."""
        return self._codes.get((work["job"]["path"], work["job"]["text"]))
