"""What a job may use of the machine."""

from __future__ import annotations

import math

from msgspec import Struct

GIB = 1024**3
MIB = 1024**2
MARGIN = 10
"""Seconds of processor time on top: the wall clock ends a job, this ends what the wall clock missed."""


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
