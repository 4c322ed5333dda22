"""Whether what a process has loaded is still what lies on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from pytest_enrich.sandboxes import environment

Stamp: TypeAlias = tuple[int, int] | None
"""Time of change in nanoseconds, and size; None for a file that is not there."""

CONFIGURATION = (
    "conftest.py",
    "__init__.py",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)
GRAIN = 20_000_000
"""Nanoseconds by which a file's time may lie before the clock's."""
UNSURE = (-1, -1)


def take(files: Iterable[str], since: int) -> dict[str, Stamp]:
    """Stamps of files read after `since` (nanoseconds); one that changed since may have been read before."""
    stamps = {file: of(file) for file in files}
    return {file: UNSURE if stamp and stamp[0] >= since - GRAIN else stamp for file, stamp in stamps.items()}


def of(file: str) -> Stamp:
    """The stamp of a file as it is now."""
    try:
        found = os.stat(file)  # noqa: PTH116 - many files for each job
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def holds(stamps: Mapping[str, Stamp]) -> bool:
    """Whether all files are as they were."""
    return all(of(file) == stamp for file, stamp in stamps.items())


def configuring(rootdir: Path, argument: Path | None) -> set[str]:
    """Files that would count for tests at `argument`, whether they are there or not."""
    place = rootdir if argument is None else argument
    above = [folder for folder in (place, *place.parents) if folder.is_relative_to(rootdir)]
    return {str(folder / name) for folder in (*above, rootdir) for name in CONFIGURATION}


def surroundings(environ: Mapping[str, str], allowed: Iterable[str]) -> dict[str, str]:
    """What of the environment reaches every job."""
    return environment.clean(environ, Path(os.sep), allowed=tuple(allowed))
