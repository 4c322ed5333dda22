"""Explore: thousands of calls in one child, to find the few that reach what no test reached.

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
from collections.abc import Callable
from functools import partial
from typing import Any

from .. import confine, guard
from . import found, world
from .fork import in_fork

LOOK_SECONDS = 5.0
GRACE_SECONDS = 10.0
# A result that depends on today's date is not the same on both.
DAYS_AHEAD = (0, 400)


def explore(work: dict[str, Any]) -> dict[str, Any]:
    """Do the `Explore` job in `work["job"]`; the answer is the JSON form of `Explored`."""
    job, started = work["job"], time.monotonic()
    module = importlib.import_module(job["module"])
    scene = world.build(job, module, work["rootdir"])
    alone = partial(_alone, work)
    drawn = in_fork(partial(found.search, job, scene, started), job["seconds"] + GRACE_SECONDS, alone)
    if drawn is None:
        return {"type": "explored", "findings": [], "executions": 0, "dropped": {"search ended early": 1}}
    findings, dropped = _looks(scene, drawn, alone)
    return {
        "type": "explored",
        "findings": findings,
        "executions": drawn["executions"],
        "aliases": world.aliases(json.dumps(findings, ensure_ascii=False), sys.modules),
        "dropped": dropped,
    }


def _alone(work: dict[str, Any]) -> None:
    guard.install(work["scratch"], work["rootdir"], subprocesses=False)
    if work["confinement"] is not None:
        confine.narrow()


def _looks(
    scene: world.Scene, drawn: dict[str, Any], alone: Callable[[], None]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """What each found call did, of those that did the same each time; and why the others are left out."""
    findings, dropped = [], Counter(drawn["dropped"])
    for record in drawn["found"]:
        first, *others = (
            in_fork(partial(found.look, scene, record, days), LOOK_SECONDS, alone) for days in DAYS_AHEAD
        )
        if first is None or any(other != first for other in others):
            dropped["not the same each time"] += 1
        elif not first["observations"]:
            dropped["nothing to observe"] += 1
        else:
            findings.append(first)
    return findings, dict(dropped)
