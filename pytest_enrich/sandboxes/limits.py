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
"""Extra seconds of processor time: the wall clock ends a job, this limit ends what the wall clock missed."""
MOST_BYTES = 512 * MIB
MOST_FILES = 20_000
MOST_PROCESSES = 500
"""On the whole machine, beyond those that existed when the job began."""
MOST_TAKEN = 4 * GIB
"""The loss of free space since the job began, whoever took it: a job can hide from any count what it holds."""
_UNLINKED = " (deleted)"
_WROTE = f"it wrote more than {MOST_BYTES // MIB} MiB"


class Limits(Struct, frozen=True, kw_only=True):
    """Resource limits for each process of a job; the platform may lack some.

    Attributes:
        cpu_seconds: Processor time.
        data_bytes: Writable memory; not address space, of which numpy reserves a lot.
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
    """The state when a job began: the number of processes, and the free bytes where it writes."""

    processes: int
    free: int


def start(scratch: Path) -> Start:
    """The state now."""
    return Start(len(processes()), _free(scratch, unknown=0))


def processes() -> list[int]:
    """The numbers of all visible processes; none if the system does not list them."""
    with contextlib.suppress(OSError):
        return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]
    return []


def excess(scratch: Path, before: Start) -> str:
    """Which limit a job exceeds, "" if none.

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
        return ""  # so it holds no more than that; looking at open files takes long
    if size + sum(_held(f"{scratch}{os.sep}").values()) > MOST_BYTES:
        return _WROTE
    return f"the disk lost more than {MOST_TAKEN // GIB} GiB while it ran" if taken > MOST_TAKEN else ""


def _free(scratch: Path, *, unknown: int) -> int:
    with contextlib.suppress(OSError):
        status = os.statvfs(scratch)
        return status.f_bfree * status.f_frsize
    return unknown


def _held(place: str) -> dict[tuple[int, int], int]:
    """Bytes on the disk of files from `place` that are deleted but still open in our processes."""
    sizes: dict[tuple[int, int], int] = {}
    for process in _ours():
        with contextlib.suppress(OSError):
            for entry in os.scandir(f"/proc/{process}/fd"):
                with contextlib.suppress(OSError):
                    name = os.readlink(entry.path)  # noqa: PTH115 - many of them
                    if name.startswith(place) and name.endswith(_UNLINKED):
                        status = entry.stat()
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sizes


def _ours() -> list[int]:
    """This process and all its descendants: what a job started stays below, as its supervisor adopts orphans."""
    above = dict(_parents())
    below = [os.getpid()]
    for process in below:
        below += [child for child, parent in above.items() if parent == process]
    return below


def _parents() -> Iterator[tuple[int, int]]:
    for process in processes():
        with contextlib.suppress(OSError):
            # The name in parentheses may hold anything, spaces and parentheses too.
            fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
            yield process, int(fields[1])


def _sizes(folder: str) -> Iterator[int]:
    """Bytes on the disk of each entry; without recursion, since the job decides how deep the folders go."""
    waiting = [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    yield entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
