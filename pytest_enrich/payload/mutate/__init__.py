"""The `Mutate` job: which small changes of the source do a candidate, and the tests that exist, notice?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import selection
from ..prove import StandIn, argument
from . import ways
from .tests import Chosen
from .trial import Trial


def mutate(work: dict[str, Any]) -> dict[str, Any]:
    """Answer a `Mutate` job as a `Mutated`, both as JSON."""
    job = work["job"]
    deadline = time.monotonic() + job["budget"]
    mutants = {one["id"]: one for one in job["mutants"]}
    answer = ways.run(Trial(work, mutants, lambda: _candidate(work), deadline))
    if answer["error"]:
        return {"type": "mutated", "fates": [], "error": answer["error"]}
    before = _before(work, {name: mutants[name] for name in job["contested"]}, deadline)
    fates = [_fate(name, answer["fates"].get(name), before.get(name)) for name in mutants]
    return {"type": "mutated", "fates": fates}


def _candidate(work: dict[str, Any]) -> tuple[object, Sequence[str]]:
    job, path = work["job"], Path(work["rootdir"], work["job"]["path"])
    return StandIn(path, job["text"], job["tests"], None), (str(argument(path)),)


def _before(work: dict[str, Any], contested: dict[str, Any], deadline: float) -> dict[str, Any]:
    """The fates of the contested mutants under the tests that exist."""
    wanted = work["job"]["others"]
    files, _missing = selection.files(work["rootdir"], wanted)
    if not contested or not files:
        return {}
    answer = ways.run(Trial(work, contested, lambda: (Chosen(wanted), files), deadline))
    fates: dict[str, Any] = answer["fates"]
    return fates


def _fate(name: str, by_candidate: dict[str, Any] | None, by_others: dict[str, Any] | None) -> dict[str, Any]:
    """A `MutantFate`, as JSON."""
    failed = (by_others or {}).get("failed") or [(by_others or {}).get("ended", "")]
    return {"id": name, "fate": _word(by_candidate), "killed_before": [one for one in failed if one]}


def _word(answer: dict[str, Any] | None) -> str:
    if answer is None:
        return "untried"
    if "failed" not in answer:
        return str(answer.get("ended", "crash"))
    return "killed" if answer["failed"] else "survived"
