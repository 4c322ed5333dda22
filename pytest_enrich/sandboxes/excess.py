"""What no resource limit holds a job to: all that it writes, and how many processes there are."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from pytest_enrich.sandboxes.limits import MIB

MOST_BYTES = 512 * MIB
MOST_FILES = 20_000
MOST_PROCESSES = 500
"""More than there were when the job began, on the whole machine."""


def processes() -> int:
    """How many processes there are; 0 where nobody says so."""
    with contextlib.suppress(OSError):
        return sum(entry.name.isdigit() for entry in os.scandir("/proc"))
    return 0


def found(scratch: Path, before: int) -> str:
    """What a job has too much of, "" if nothing.

    Args:
        scratch: Where it writes.
        before: `processes()` when it began.
    """
    if processes() > before + MOST_PROCESSES:
        return f"there were more than {MOST_PROCESSES} new processes"
    size = 0
    for number, written in enumerate(_sizes(str(scratch))):
        size += written
        if size > MOST_BYTES:
            return f"it wrote more than {MOST_BYTES // MIB} MiB"
        if number > MOST_FILES:
            return f"it wrote more than {MOST_FILES} files"
    return ""


def _sizes(folder: str) -> Iterator[int]:
    """Bytes on the disk, of each entry; not by recursion, since the job decides how deep it goes."""
    waiting = [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    yield entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
