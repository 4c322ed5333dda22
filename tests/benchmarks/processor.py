"""Processor time of everything that this process has started, on Linux."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
from collections import defaultdict
from pathlib import Path

TICK = 1000 / os.sysconf("SC_CLK_TCK")


PR_SET_CHILD_SUBREAPER = 36


def adopt() -> None:
    """Become the parent of processes whose parent ended without waiting for them, as `bwrap` does.

    Nobody waits for them here either: what they used stays readable as long as this process lives.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def used() -> float:
    """Milliseconds of all processes below this one since it began, those that have ended included.

    What lives is counted in the kernel's ticks of 10 ms: take differences over several repetitions.
    """
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    times, children = _table()
    return (ended.ru_utime + ended.ru_stime) * 1000 + sum(times[one] for one in _below(os.getpid(), children))


def parsed(stat: str) -> tuple[int, int, float]:
    """A process, its parent, and its milliseconds with those of its children that have ended, of a `stat` file."""
    number, _, rest = stat.partition(" (")
    fields = rest.rpartition(")")[2].split()  # a program's name may hold anything
    return int(number), int(fields[1]), sum(int(field) for field in fields[11:15]) * TICK


def _table() -> tuple[dict[int, float], dict[int, list[int]]]:
    times: dict[int, float] = defaultdict(float)
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it has ended meanwhile
                number, parent, milliseconds = parsed(
                    (entry / "stat").read_text(encoding="utf-8", errors="replace")
                )
                times[number] = milliseconds
                children[parent].append(number)
    return times, children


def _below(process: int, children: dict[int, list[int]]) -> list[int]:
    found = list(children.get(process, ()))
    for one in found:
        found += children.get(one, ())
    return found
