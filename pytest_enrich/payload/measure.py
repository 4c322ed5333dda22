"""Executed lines and branches of some files, in coverage.py's numbering."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import coverage

QUIET = ["no-data-collected", "module-not-imported", "module-not-measured", "couldnt-parse", "no-ctracer"]
"""Warnings that say nothing here and that `filterwarnings = error` would turn into failures."""


class Measure:
    """A context in which the lines and branches of `files` (relative to `rootdir`) are noted.

    With no files nothing is traced. The user's exclusions do not count: what ran is what ran.
    """

    def __init__(self, rootdir: str, files: list[str]) -> None:
        self.files = {str(Path(rootdir, name)): name for name in files}
        self.coverage = _coverage(list(self.files)) if files else None

    def __enter__(self) -> None:
        if self.coverage is not None:
            self.coverage.start()

    def __exit__(self, *_error: object) -> None:
        if self.coverage is not None:
            self.coverage.stop()

    def answer(self) -> dict[str, Any]:
        """`lines` and `branches` by file, as in `Proved`; empty for files that were not run."""
        found = {} if self.coverage is None else _report(self.coverage, list(self.files))
        by_name = {os.path.realpath(name): part for name, part in found.items()}
        parts = {own: by_name.get(os.path.realpath(name), {}) for name, own in self.files.items()}
        return {
            "lines": {own: part.get("executed_lines", []) for own, part in parts.items()},
            "branches": {own: part.get("executed_branches", []) for own, part in parts.items()},
        }


def _coverage(files: list[str]) -> coverage.Coverage:
    measured = coverage.Coverage(
        data_file=None, branch=True, include=files, config_file=False, concurrency=_concurrency(), messages=False
    )
    measured.set_option("run:core", "ctrace")
    measured.set_option("run:disable_warnings", QUIET)
    measured.set_option("report:exclude_lines", [])
    measured.set_option("report:partial_branches", [])
    return measured


def _concurrency() -> list[str] | None:
    """What the user's own configuration says: greenlets need it to be traced rightly."""
    try:
        option = coverage.Coverage(data_file=None, config_file=True).get_option("run:concurrency")
    except Exception:  # a broken configuration is the user's own run's matter
        return None
    kinds = [kind for kind in option or () if kind != "multiprocessing"] if isinstance(option, list) else []
    return kinds or None


def _report(measured: coverage.Coverage, files: list[str]) -> dict[str, Any]:
    """Coverage's public report; it knows which arcs are branches."""
    measured.get_data()
    descriptor, name = tempfile.mkstemp(suffix=".json")
    os.close(descriptor)
    try:
        measured.json_report(morfs=files, outfile=name, ignore_errors=True)
    except coverage.exceptions.CoverageException:  # nothing was run
        return {}
    found: dict[str, Any] = json.loads(Path(name).read_bytes())["files"]
    return found
