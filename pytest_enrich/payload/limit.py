"""What the operating system allows the job: processor time, memory, file size, open files, no core dump."""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

KINDS = {
    "cpu_seconds": "RLIMIT_CPU",
    "data_bytes": "RLIMIT_DATA",
    "file_bytes": "RLIMIT_FSIZE",
    "files": "RLIMIT_NOFILE",
    "core_bytes": "RLIMIT_CORE",
}

NICE = 5
"""What a person does meanwhile comes first."""


def apply(limits: dict[str, int]) -> None:
    """Lower the limits and the priority of this process; one that the platform lacks or refuses is left as it is.

    Where memory runs out for all, this process and its children go first (Linux): not all memory counts in limits.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with contextlib.suppress(OSError):  # a fork of a confined process has it already, and may not ask
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    for name, most in limits.items():
        kind = getattr(resource, KINDS[name], None)
        if kind is not None:
            with contextlib.suppress(ValueError, OSError):
                _lower(kind, most)


def _lower(kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))
