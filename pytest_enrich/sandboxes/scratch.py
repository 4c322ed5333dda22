"""A job's own directory: made for it, gone after it, or at the next start when its maker was killed.

Who makes one holds a lock on it, which the system takes back however the maker ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pytest_enrich.sandboxes import characters

OURS = "pytest-enrich-"
"""How the names of all our temporary folders begin."""
PREFIX = f"{OURS}job-"
TEMPORARY = "tmp"
HOME = "home"
CACHE = "cache"
"""Pytest's. Where it has to make that itself it changes its mode, and warns where the isolation forbids it."""
MOMENT, DAY = 10, 24 * 60 * 60


@contextlib.contextmanager
def directory(within: Path | None = None, home: str = HOME) -> Iterator[Path]:
    """A new directory with `home`, `tmp` and `cache` in it, only for this user; removed whatever is done to it.

    Args:
        within: Where it is made; by default where temporary files are.
        home: The name of the home in it.

    Raises:
        OSError: It cannot be made (no space, no temporary directory).
    """
    with _made(within) as place:
        for part in (home, TEMPORARY, CACHE):
            (place / part).mkdir()
        characters.bring(place, os.environ)
        yield place


@contextlib.contextmanager
def _made(within: Path | None) -> Iterator[Path]:
    # Resolved: on macOS the temporary directory is a link, and pytest shows resolved paths.
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=within)).resolve()
    try:
        with contextlib.ExitStack() as held:
            with contextlib.suppress(OSError):  # where there are no locks, nothing is swept away either
                held.enter_context(contextlib.nullcontext() if within else _locked(place))
            yield place
    finally:
        remove(place)


@contextlib.contextmanager
def _locked(place: Path) -> Iterator[None]:
    """While it lasts, nobody takes the directory for one that was left behind.

    Raises:
        OSError: Somebody holds it; it is no directory of this user's; or there are no locks here.
    """
    import fcntl  # there is none on Windows

    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError(f"{place} belongs to somebody else")
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def sweep() -> None:
    """Remove what was left behind by runs that were killed: of ours, what nobody holds.

    Our other temporary folders are not locked: they count as left behind when they are a day old.
    """
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(tempfile.gettempdir())):
            if entry.name.startswith(OURS):
                with contextlib.suppress(OSError):
                    _sweep(Path(entry.path), is_job=entry.name.startswith(PREFIX))


def _sweep(place: Path, *, is_job: bool) -> None:
    age = time.time() - place.lstat().st_mtime
    if age > (MOMENT if is_job else DAY):  # one that is being made is not locked yet
        with _locked(place):
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
