"""Vary: existing tests, run again and again with other values, to find those that reach what no test reached.

The test file is collected once, instrumented for other values; each batch of runs, and each look at what a result
does, happens in a fork of that process.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from .. import invocation
from ..mutate.tests import Stages
from ..prove import StandIn
from .instrument import Instrumented, Probe


def vary(work: dict[str, Any], session: invocation.Session = invocation.run) -> dict[str, Any]:
    """Do the `Vary` job in `work["job"]`; the answer is the JSON form of `Varied`.

    `session` runs pytest with arguments and plugins.
    """
    job = work["job"]
    path = Path(work["rootdir"], job["test_path"])
    probe = Probe()
    stand_in = StandIn(path, job["text"], [pattern["nodeid"] for pattern in job["patterns"]])
    stand_in.finder = Instrumented(path, job["text"], job["patterns"], probe)
    answer: dict[str, Any] = {}

    def configured(session: pytest.Session) -> None:
        Stages.collect(session)
        # Imported inside: pytest warns of plugins (Hypothesis has one) that are there before it starts.
        run = importlib.import_module(f"{__name__}.run")
        answer.update(run.varied(work, probe, session.items))

    why = session(work, (str(path),), (stand_in, Stages(configured=configured)))
    if not answer:
        raise RuntimeError(why or "the tests were not collected")
    return answer
