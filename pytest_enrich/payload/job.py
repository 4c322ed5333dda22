"""Doing a job in this process, within limits on processor time, memory, file size, open files and core dumps."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from os import _exit, close, write
from pathlib import Path
from typing import Any, NoReturn

from . import confine, guard
from .fork import UnableError, encode

KINDS = {
    "cpu_seconds": "RLIMIT_CPU",
    "data_bytes": "RLIMIT_DATA",
    "file_bytes": "RLIMIT_FSIZE",
    "files": "RLIMIT_NOFILE",
    "core_bytes": "RLIMIT_CORE",
}

NICE = 5
"""So that what a person does in the meantime comes first."""
MOST_DETAIL = 4000
_open = os.open
_rename = os.rename
NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


def apply_limits(limits: dict[str, int]) -> None:
    """Lower the limits and the priority of this process, except for limits that the platform lacks or refuses.

    If the system runs out of memory, this process and its children are killed first (Linux): limits do not count
    all memory.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with contextlib.suppress(OSError):  # a fork of a confined process has that already, and may not ask for it
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    for name, limit in limits.items():
        kind = getattr(resource, KINDS[name], None)
        if kind is not None:
            with contextlib.suppress(ValueError, OSError):
                _lower(kind, limit)


def _lower(kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def perform(job_file: str) -> NoReturn:
    """Do the job that the file describes and leave the process at once.

    The file holds `job`, `rootdir`, `scratch`, `answer` (the file for the answer), `pytest_args`, `path` (entries
    for the front of `sys.path`), `limits` and `confinement` (null for none; a layer that fails ends the job before
    any project code runs). The answer is `{"answer": ...}`, or `{"failed": ..., "detail": ...}`. Before the job
    begins, the file is removed, as it names the file of the answer. Threads and exit functions that the job leaves
    behind do not run.
    """
    work: dict[str, Any] = json.loads(Path(job_file).read_bytes())
    Path(job_file).unlink()
    answer_file = work.pop("answer")
    apply_limits(work["limits"])
    confine.apply(work["confinement"], work["scratch"])
    sys.path[:0] = work["path"]
    conclude(answer_file, lambda: _begin(work))


def conclude(answer_file: str, action: Callable[[], dict[str, Any]]) -> NoReturn:
    """Write what `action` returns, or why it failed, into the file, and leave the process at once."""
    _write(answer_file, _answer(action))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the job may have closed or replaced it
            stream.flush()
    _exit(0)


def _answer(action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"answer": action()}
    except MemoryError:
        return {"failed": "memory", "detail": "the job ran out of memory"}
    except UnableError as error:
        return {"failed": "refused", "detail": str(error)}
    except BaseException:
        return {"failed": "crash", "detail": traceback.format_exc()[-MOST_DETAIL:]}


def _write(answer_file: str, answer: dict[str, Any]) -> None:
    # Renamed into place: the caller reads a whole answer or none.
    draft, text = answer_file + ".part", encode(answer)
    descriptor = _open(draft, NEW, 0o600)
    while text:
        text = text[write(descriptor, text) :]
    close(descriptor)
    _rename(draft, answer_file)


def _module(name: str) -> Any:
    return importlib.import_module(f"{__package__}.{name}")


def _begin(work: dict[str, Any]) -> dict[str, Any]:
    """Do a job in this process, in which pytest has not started yet."""
    kind = work["job"]["type"]
    if kind not in _UNGUARDED or (kind == "record" and work["confinement"] is not None):
        # Here programs are allowed: forks of `explore` forbid them, and forks too, to what they run.
        writes = work["job"].get("writes", ())
        guard.install(work["scratch"], work["rootdir"], subprocesses=True, writes=writes)
    if kind == "explore":
        answer: dict[str, Any] = _module("invocation").inside(work, lambda: do(work))
        return answer
    return do(work)


def do(work: dict[str, Any], *session: Callable[..., str]) -> dict[str, Any]:
    """Do a job inside a configured pytest, which `session` runs, or with one that the job itself starts."""
    kind = work["job"]["type"]
    # Imported here: pytest warns about plugins (Hypothesis has one) that are imported before it starts.
    answer: dict[str, Any] = getattr(_module(EXPLORE if kind == "explore" else kind), kind)(work, *session)
    return answer


def warm() -> None:
    """Load what `explore` will need, inside a configured pytest."""
    _module(EXPLORE)


EXPLORE = "explore.exploration"
"""The module of the jobs that explore; those of the others are called like their jobs."""
_UNGUARDED = {"collect", "record"}
"""Jobs that only run existing tests. If the kernel confines a `record` job, the guard tells what is denied."""
