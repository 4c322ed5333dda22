"""Whose turn it is: one process at a time decides, since a test file is read, changed, run, and perhaps put back.

The lock is the system's own, so a process that is killed gives it back.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator

from pytest_enrich.errors import RefusedError
from pytest_enrich.store import Store, disk, folder

PATIENCE = 20.0
"""Seconds: another one's turn is at most the run of a test file or two."""
_PAUSE = 0.05
_TAKEN = frozenset({errno.EAGAIN, errno.EACCES})


@contextlib.contextmanager
def taken(store: Store, patience: float | None = None) -> Iterator[None]:
    """Wait for the turn, and keep it for the block; where the system knows no such locks, at once.

    Raises:
        RefusedError: Another process keeps it for longer than `patience`, in seconds (default: `PATIENCE`).
    """
    store.prepare()
    path = folder.make_inside(store.directory, ".cache") / "turn"
    with disk.reporting(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
    try:
        deadline = time.monotonic() + (PATIENCE if patience is None else patience)
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                raise RefusedError(
                    "another pytest-enrich is deciding on something of this project\n"
                    "Nothing was changed.\n"
                    "Try again when it is done; what waits then:  pytest-enrich list"
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Whether the lock is ours now, or there are no locks here."""
    try:
        import fcntl
    except ImportError:  # not a Unix
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _TAKEN
    return True
