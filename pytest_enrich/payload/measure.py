"""Executed lines and branches of some files, in coverage.py's numbering."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import coverage

from .project import file_of

QUIET = ["no-data-collected", "module-not-imported", "module-not-measured", "couldnt-parse", "no-ctracer"]
"""Warnings that say nothing here and that `filterwarnings = error` would turn into failures."""


class Measure:
    """A context in which the lines and branches of `files` (relative to `rootdir`) are noted.

    With no files nothing is traced. The user's exclusions do not count: what ran is what ran.
    """

    def __init__(self, rootdir: str, files: list[str]) -> None:
        self.files = {str(Path(rootdir, name)): name for name in files}
        self.coverage = create(list(self.files)) if files else None

    def __enter__(self) -> None:
        if self.coverage is not None:
            self.coverage.start()

    def __exit__(self, *_error: object) -> None:
        if self.coverage is not None:
            self.coverage.stop()

    def warm(self) -> None:
        """Do now, before a fork, what does not depend on what will run."""
        if self.coverage is None:
            return
        with self:
            files = map(file_of, list(sys.modules.values()))
            self.coverage.know(file for file in files if file.endswith(".py"))
        _report(self.coverage, list(self.files))

    def add(self, arcs: Mapping[str, Collection[tuple[int, int]]]) -> None:
        """Count these arcs, by file (absolute), as run too: they ran before this process was forked."""
        if self.coverage is not None:
            wanted = {os.path.realpath(name): name for name in self.files}
            own = {wanted[real]: ran for name, ran in arcs.items() if (real := os.path.realpath(name)) in wanted}
            self.coverage.get_data().add_arcs({self._known(name): ran for name, ran in own.items() if ran})

    def _known(self, name: str) -> str:
        """The name that coverage's data has for a file."""
        assert self.coverage is not None
        known = self.coverage.get_data().measured_files()
        return next((one for one in known if os.path.realpath(one) == os.path.realpath(name)), name)

    def answer(self) -> dict[str, Any]:
        """`lines` and `branches` by file, as in `Proved`; empty for files that were not run."""
        found = {} if self.coverage is None else _report(self.coverage, list(self.files))
        by_name = {os.path.realpath(name): part for name, part in found.items()}
        parts = {own: by_name.get(os.path.realpath(name), {}) for name, own in self.files.items()}
        return {
            "lines": {own: part.get("executed_lines", []) for own, part in parts.items()},
            "branches": {own: part.get("executed_branches", []) for own, part in parts.items()},
        }


class _Remembering(coverage.Coverage):
    """Reads each source once: what can be known of a file before it runs is known before a fork."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.reporters: dict[str, Any] = {}
        self.untraced: dict[str, Any] = {}

    def know(self, files: Iterable[str]) -> None:
        """Find out now which of these files are not measured; whoever starts anew asks for each of them."""
        for file in files:
            with contextlib.suppress(Exception):  # then it is found out when it runs
                found = super()._should_trace(file, None)  # type: ignore[arg-type]
                if not found.trace:
                    self.untraced[file] = found

    def _should_trace(self, filename: str, frame: Any) -> Any:
        return self.untraced.get(filename) or super()._should_trace(filename, frame)

    def _get_file_reporter(self, morf: Any) -> Any:
        if not isinstance(morf, str):
            return super()._get_file_reporter(morf)
        if morf not in self.reporters:
            self.reporters[morf] = super()._get_file_reporter(morf)
        return self.reporters[morf]


def create(files: list[str]) -> _Remembering:
    """A measurement of what matches `files`, with nothing kept on the disk."""
    measured = _Remembering(
        data_file=None, branch=True, include=files, config_file=False, concurrency=_concurrency(), messages=False
    )
    with contextlib.suppress(
        coverage.exceptions.ConfigError
    ):  # before 7.9 this is what it does unless told otherwise
        measured.set_option("run:core", "ctrace")
    measured.set_option("run:disable_warnings", QUIET)
    measured.set_option("report:exclude_lines", [])
    measured.set_option("report:partial_branches", [])
    return measured


@functools.cache
def _concurrency() -> list[str] | None:
    """What the user's own configuration says: greenlets need it to be traced rightly."""
    try:
        option = coverage.Coverage(data_file=None, config_file=True).get_option("run:concurrency")
    except Exception:  # a broken configuration is the user's own run's matter
        return None
    kinds = [kind for kind in option or () if kind != "multiprocessing"] if isinstance(option, list) else []
    return kinds or None


def _report(measured: coverage.Coverage, files: list[str]) -> dict[str, Any]:
    """What `json_report` says of each file, without the file, and without saying it of each function again."""
    found = {}
    for name in files:
        with contextlib.suppress(coverage.exceptions.CoverageException):  # not there, or no Python
            analysis = measured._analyze(name)  # noqa: SLF001 - the public ways to it cost ten times as much
            branches = analysis.executed_branch_arcs().items()
            found[name] = {
                "executed_lines": sorted(analysis.executed),
                "executed_branches": [(start, end) for start, ends in branches for end in ends],
            }
    return found
