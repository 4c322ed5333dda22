"""The `Explore` job.

Runs inside a configured pytest, so that the project's code is importable as its tests import it. The module
under test is imported once; the search, and each look at what a found call does, happen in forks of that, so
that no call sees what another one left behind.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from .. import alias, confine, fork, guard
from ..job import UnableError
from . import found, look, world

LOOK_SECONDS = 5.0
LOOKS_IN_TIME = 10
GRACE_SECONDS = 10.0
# A result that depends on today's date is not the same on both.
DAYS_AHEAD = (0, 400)


def explore(work: dict[str, Any]) -> dict[str, Any]:
    """Do the `Explore` job in `work["job"]`; the answer is the JSON form of `Explored`."""
    job, started = work["job"], time.monotonic()
    module = _imported(job["module"])
    scene = world.build(job, module, work["rootdir"])
    drawn = _apart(work, partial(found.search, job, scene, started), job["seconds"] + GRACE_SECONDS)
    if "why" in drawn:
        raise RuntimeError(f"the search ended by {drawn['why']}")
    if "ended" in drawn:  # by what was called: the process is gone, or goes on for ever
        return {"type": "explored", "findings": [], "executions": 0, "dropped": {"search ended early": 1}}
    findings, dropped = _looks(work, scene, drawn)
    return {
        "type": "explored",
        "findings": findings,
        "executions": drawn["executions"],
        "aliases": alias.aliases(json.dumps(findings, ensure_ascii=False), sys.modules),
        "dropped": dropped,
        "corpus": drawn["corpus"],
    }


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:  # it may be for another platform, or need what is not installed
        reason = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise UnableError(f"{reason} (when {name} was imported)") from error


def _apart(work: dict[str, Any], action: Callable[[], dict[str, Any]], seconds: float) -> dict[str, Any]:
    """What `action` answers in a fork that may start no programs."""

    def narrowed() -> dict[str, Any]:
        guard.install(work["scratch"], work["rootdir"], subprocesses=False)
        if work["confinement"] is not None:
            confine.narrow()
        return action()

    return fork.run(narrowed, seconds)


def _looks(
    work: dict[str, Any], scene: world.Scene, drawn: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """What each found call did, of those that did the same each time; and why the others are left out."""
    findings, dropped = [], Counter(drawn["dropped"])
    seconds = max(LOOK_SECONDS, work["job"]["seconds"] / LOOKS_IN_TIME)
    for record in drawn["found"]:
        first, *others = (_apart(work, partial(look.look, scene, record, days), seconds) for days in DAYS_AHEAD)
        objection = _objection(first, others)
        if not objection:
            findings.append(first)
        elif not record.get("spare"):
            dropped[objection] += 1
    return findings, dict(dropped)


def _objection(first: dict[str, Any], others: Sequence[dict[str, Any]]) -> str:
    """Why no test should be made of what was seen, "" when one may."""
    if "ended" in first or any(other != first for other in others):
        return "not the same each time"
    return "" if first["observations"] else "nothing to observe"
