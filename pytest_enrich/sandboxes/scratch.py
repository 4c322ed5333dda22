"""A job's own directory: made for it, gone after it."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pytest_enrich.sandboxes import characters

PREFIX = "pytest-enrich-"
TEMPORARY = "tmp"
HOME = "home"
CACHE = "cache"
"""Pytest's. Where it has to make that itself it changes its mode, and warns where the isolation forbids it."""


@contextlib.contextmanager
def directory(within: Path | None = None, home: str = HOME) -> Iterator[Path]:
    """A new directory with `home`, `tmp` and `cache` in it, only for this user; removed whatever is done to it.

    Args:
        within: Where it is made; by default where temporary files are.
        home: The name of the home in it.

    Raises:
        OSError: It cannot be made (no space, no temporary directory).
    """
    # Resolved: on macOS the temporary directory is a link, and pytest shows resolved paths.
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=within)).resolve()
    try:
        for part in (home, TEMPORARY, CACHE):
            (place / part).mkdir()
        characters.bring(place, os.environ)
        yield place
    finally:
        remove(place)


def remove(place: Path) -> None:
    """Remove a directory and all in it, read-only directories too; links are not followed."""
    shutil.rmtree(place, ignore_errors=True)
    if place.exists():
        _unlock(place)
        shutil.rmtree(place, ignore_errors=True)


def _unlock(place: Path) -> None:
    """Top down: a directory that cannot be read hides those below it."""
    with contextlib.suppress(OSError):
        place.chmod(stat.S_IRWXU)
    for folder, names, _files in os.walk(place):
        for name in names:
            below = Path(folder, name)
            if not below.is_symlink():
                with contextlib.suppress(OSError):
                    below.chmod(stat.S_IRWXU)
