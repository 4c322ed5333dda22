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
"""Warnings that mean nothing here, and that `filterwarnings = error` would turn into failures."""


class Measure:
    """A context in which the executed lines and branches of `files` (relative to `rootdir`) are noted.

    Without files nothing is traced. The user's exclusions are ignored: what ran is what ran.
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
        """Do before a fork what does not depend on what will run."""
        if self.coverage is None:
            return
        with self:
            files = map(file_of, list(sys.modules.values()))
            self.coverage.know(file for file in files if file.endswith(".py"))
        _report(self.coverage, list(self.files))

    def add(self, arcs: Mapping[str, Collection[tuple[int, int]]]) -> None:
        """Count these arcs, by file (absolute), as run, too: they ran before this process was forked."""
        if self.coverage is not None:
            data, wanted = self.coverage.get_data(), _by_place(self.files)
            names = wanted | _by_place(data.measured_files())  # the data may know a file by another name
            own = {names[place]: arcs[name] for place, name in _by_place(arcs).items() if place in wanted}
            data.add_arcs({name: ran for name, ran in own.items() if ran})

    def answer(self) -> dict[str, Any]:
        """`lines` and `branches` by file, as in `Proved`; empty for files that were not run."""
        report = {} if self.coverage is None else _report(self.coverage, list(self.files))
        parts = {own: report.get(name, {}) for name, own in self.files.items()}
        return {
            "lines": {own: part.get("executed_lines", []) for own, part in parts.items()},
            "branches": {own: part.get("executed_branches", []) for own, part in parts.items()},
        }


def _by_place(names: Iterable[str]) -> dict[str, str]:
    """The names of files, by where the files really are."""
    return {os.path.realpath(name): name for name in names}


class _Remembering(coverage.Coverage):
    """Reads each source once: what can be known about a file before it runs is known before a fork."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.reporters: dict[str, Any] = {}
        self.untraced: dict[str, Any] = {}

    def know(self, files: Iterable[str]) -> None:
        """Find out now which of these files are not measured; each new start would ask for every one."""
        for file in files:
            with contextlib.suppress(Exception):  # in that case it is found out when the file runs
                disposition = super()._should_trace(file, None)  # type: ignore[arg-type]
                if not disposition.trace:
                    self.untraced[file] = disposition

    def _should_trace(self, filename: str, frame: Any) -> Any:
        return self.untraced.get(filename) or super()._should_trace(filename, frame)

    def _get_file_reporter(self, morf: Any) -> Any:
        if not isinstance(morf, str):
            return super()._get_file_reporter(morf)
        if morf not in self.reporters:
            self.reporters[morf] = super()._get_file_reporter(morf)
        return self.reporters[morf]


def create(files: list[str]) -> _Remembering:
    """A measurement of what matches `files`, which writes nothing to disk."""
    measured = _Remembering(
        data_file=None, branch=True, include=files, config_file=False, concurrency=_concurrency(), messages=False
    )
    with contextlib.suppress(
        coverage.exceptions.ConfigError
    ):  # before 7.9, which has no such option, this is the default
        measured.set_option("run:core", "ctrace")
    measured.set_option("run:disable_warnings", QUIET)
    measured.set_option("report:exclude_lines", [])
    measured.set_option("report:partial_branches", [])
    return measured


@functools.cache
def _concurrency() -> list[str] | None:
    """The option of the user's own configuration: greenlets are only traced correctly with it."""
    try:
        option = coverage.Coverage(data_file=None, config_file=True).get_option("run:concurrency")
    except Exception:  # a broken configuration is reported by the user's own run
        return None
    kinds = [kind for kind in option or () if kind != "multiprocessing"] if isinstance(option, list) else []
    return kinds or None


def _report(measured: coverage.Coverage, files: list[str]) -> dict[str, Any]:
    """What `json_report` says about each file, without writing it, and without the same for each function."""
    report = {}
    for name in files:
        with contextlib.suppress(coverage.exceptions.CoverageException):  # it does not exist, or is not Python
            analysis = measured._analyze(name)  # noqa: SLF001 - the public ways to it cost ten times as much
            branches = analysis.executed_branch_arcs().items()
            report[name] = {
                "executed_lines": sorted(analysis.executed),
                "executed_branches": [(start, end) for start, ends in branches for end in ends],
            }
    return report
