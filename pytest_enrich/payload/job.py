"""One job: read its file, do it, write the answer."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from . import guard, limit

MOST_DETAIL = 4000


def perform(job_file: str) -> NoReturn:
    """Do the job that the file describes and leave the process at once.

    The file holds `job`, `rootdir`, `scratch`, `pytest_args`, `path` (entries for the front of `sys.path`) and
    `limits`. The answer goes to `answer.json` in `scratch`: `{"answer": ...}`, or `{"failed": ..., "detail":
    ...}`. Threads and exit functions that the job left behind get no turn.
    """
    work: dict[str, Any] = json.loads(Path(job_file).read_bytes())
    limit.apply(work["limits"])
    sys.path[:0] = work["path"]
    _write(Path(work["scratch"]), _answer(work))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the job may have closed or replaced it
            stream.flush()
    os._exit(0)


def _answer(work: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": _JOBS[work["job"]["type"]](work)}
    except MemoryError:
        return {"failed": "memory", "detail": "the job ran out of memory"}
    except BaseException:
        return {"failed": "crash", "detail": traceback.format_exc()[-MOST_DETAIL:]}


def _write(scratch: Path, answer: dict[str, Any]) -> None:
    # Renamed into place: the caller reads a whole answer or none.
    draft = scratch / "answer.part"
    draft.write_text(json.dumps(answer), encoding="utf-8")
    draft.replace(scratch / "answer.json")


def _module(name: str) -> Any:
    return importlib.import_module(f"{__package__}.{name}")


def _collect(work: dict[str, Any]) -> dict[str, Any]:
    return _module("collect").collect(work)  # type: ignore[no-any-return]


def _record(work: dict[str, Any]) -> dict[str, Any]:
    return _module("record").record(work)  # type: ignore[no-any-return]


def _prove(work: dict[str, Any]) -> dict[str, Any]:
    guard.install(work["scratch"], work["rootdir"], subprocesses=True)
    return _module("prove").prove(work)  # type: ignore[no-any-return]


def _explore(work: dict[str, Any]) -> dict[str, Any]:
    # Its forks forbid programs, and with that forks, to what they run.
    guard.install(work["scratch"], work["rootdir"], subprocesses=True)
    # Imported inside: pytest warns of plugins (Hypothesis has one) that are there before it starts.
    return _module("invocation").inside(work, lambda: _module("explore").explore(work))  # type: ignore[no-any-return]


_JOBS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "collect": _collect,
    "record": _record,
    "prove": _prove,
    "explore": _explore,
}
