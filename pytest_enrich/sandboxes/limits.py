"""What a job may use of the machine."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

GIB = 1024**3
MIB = 1024**2
MARGIN = 10
"""Seconds of processor time on top: the wall clock ends a job, this ends what the wall clock missed."""
MOST_BYTES = 512 * MIB
MOST_FILES = 20_000
MOST_PROCESSES = 500
"""More than there were when the job began, on the whole machine."""
MOST_TAKEN = 4 * GIB
"""Less free space than when the job began, whoever took it: what a job holds can be hidden from any count."""
_UNLINKED = " (deleted)"
_WROTE = f"it wrote more than {MOST_BYTES // MIB} MiB"


class Limits(Struct, frozen=True, kw_only=True):
    """Resource limits of a job's processes, each for itself; the platform may lack some.

    Attributes:
        cpu_seconds: Processor time.
        data_bytes: Memory that can be written; not the address space, of which numpy reserves much.
        file_bytes: Size of each file written.
        files: Open files.
        core_bytes: Size of a core dump.
    """

    cpu_seconds: int
    data_bytes: int = 4 * GIB
    file_bytes: int = 64 * MIB
    files: int = 1024
    core_bytes: int = 0


def within(timeout: float) -> Limits:
    """The limits of a job that may take `timeout` seconds of wall clock (several threads use more)."""
    return Limits(cpu_seconds=2 * math.ceil(timeout) + MARGIN)


class Start(Struct, frozen=True):
    """What there was when a job began: processes, and free bytes where it writes."""

    processes: int
    free: int


def start(scratch: Path) -> Start:
    """What there is now."""
    return Start(len(processes()), _free(scratch, unknown=0))


def processes() -> list[int]:
    """The numbers of all processes that can be seen; none where nobody says so."""
    with contextlib.suppress(OSError):
        return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]
    return []


def excess(scratch: Path, before: Start) -> str:
    """What a job has too much of, "" if nothing.

    Args:
        scratch: Where it writes.
        before: `start(scratch)` when it began.
    """
    if len(processes()) > before.processes + MOST_PROCESSES:
        return f"there were more than {MOST_PROCESSES} new processes"
    size = 0
    for number, written in enumerate(_sizes(str(scratch))):
        size += written
        if size > MOST_BYTES:
            return _WROTE
        if number > MOST_FILES:
            return f"it wrote more than {MOST_FILES} files"
    taken = before.free - _free(scratch, unknown=before.free)
    if taken <= MOST_BYTES:
        return ""  # so it holds no more than that: the look at what is open takes long
    if size + sum(_held(f"{scratch}{os.sep}").values()) > MOST_BYTES:
        return _WROTE
    return f"the disk lost more than {MOST_TAKEN // GIB} GiB while it ran" if taken > MOST_TAKEN else ""


def _free(scratch: Path, *, unknown: int) -> int:
    with contextlib.suppress(OSError):
        known = os.statvfs(scratch)
        return known.f_bfree * known.f_frsize
    return unknown


def _held(place: str) -> dict[tuple[int, int], int]:
    """Bytes on the disk of the files from `place` that have no name any more and are open in processes of ours."""
    held: dict[tuple[int, int], int] = {}
    for process in _ours():
        with contextlib.suppress(OSError):
            for entry in os.scandir(f"/proc/{process}/fd"):
                with contextlib.suppress(OSError):
                    name = os.readlink(entry.path)  # noqa: PTH115 - many of them
                    if name.startswith(place) and name.endswith(_UNLINKED):
                        known = entry.stat()
                        held[known.st_dev, known.st_ino] = known.st_blocks * 512
    return held


def _ours() -> list[int]:
    """This process and all below it: those that a job started stay there, since its supervisor adopts orphans."""
    above = dict(_parents())
    below = [os.getpid()]
    for process in below:
        below += [child for child, parent in above.items() if parent == process]
    return below


def _parents() -> Iterator[tuple[int, int]]:
    for process in processes():
        with contextlib.suppress(OSError):
            # The name in parentheses may hold anything, spaces and parentheses too.
            told = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
            yield process, int(told[1])


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
