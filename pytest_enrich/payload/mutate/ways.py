"""Three ways of trying a mutant, the fastest first; each takes what the one before cannot make.

1. Exchange the code of functions, in a fork of a process that has collected the tests; when those did not import
   the source yet, let them import the mutant.
2. Import the mutant, in a fork of a process in which pytest is configured and the source not yet imported.
3. A whole session of pytest, in a fork of a process that has imported nothing of the project.
"""

from __future__ import annotations

import gc
import time
from functools import partial
from typing import TypeAlias

import pytest

from .. import fork
from .finder import SourceFinder, compiled
from .swap import Swaps
from .tests import Stages
from .trial import Answer, Trial

MARGIN = 2.0
"""Seconds for an outer fork to say what its inner ones came to when the time is up."""

Original: TypeAlias = tuple[SourceFinder, Swaps]


def run(trial: Trial) -> Answer:
    """Try all mutants.

    Returns:
        `fates`: by id what `tests.run` answered, or how it `ended`; those without were not tried. `error`: why
        nothing could be tried, or "".
    """
    started = time.monotonic()
    answer = fork.run(lambda: _original(trial), trial.left + 2 * MARGIN)
    if "fates" not in answer:
        return {"fates": {}, "error": answer.get("error") or f"the original: {answer.get('ended')}"}
    took = time.monotonic() - started
    fates = trial.fork_each(answer["alone"], partial(_whole_session, trial, answer["names"]), took)
    return {"fates": {**answer["fates"], **fates}, "error": ""}


def _original(trial: Trial) -> Answer:
    """A session on the original, and in it the ways 1 and 2; `alone` are the ids that are left for the third."""
    answer: Answer = {}
    swaps = Swaps()
    finder = trial.finder(None, lambda finder: swaps.watch(finder.filename))

    def configured(session: pytest.Session) -> None:
        answer.update(_configured(trial, session, (finder, swaps)))

    why = trial.session(finder, Stages(configured=configured))
    return answer or {"error": why or "nothing was collected"}


def _configured(trial: Trial, session: pytest.Session, original: Original) -> Answer:
    finder, _swaps = original
    started = time.monotonic()
    answer = fork.run(lambda: _collected(trial, session, original), trial.left + MARGIN)
    if "fates" not in answer or finder.code is not None:
        return answer
    anew = partial(_import_mutant, trial, session, finder, answer["names"])
    fates = trial.fork_each(answer["alone"], anew, time.monotonic() - started)
    return {**answer, "fates": {**answer["fates"], **fates}, "alone": []}


def _collected(trial: Trial, session: pytest.Session, original: Original) -> Answer:
    """Collect, see which tests pass, and try what can be tried from here."""
    finder, swaps = original
    Stages.collect(session)
    swaps.ready()
    gc.collect()
    gc.freeze()
    started = time.monotonic()
    outcome = fork.run(lambda: _unchanged(trial, session, finder), trial.left)
    took = time.monotonic() - started
    if not outcome.get("passed"):
        why = outcome.get("detail") or outcome.get("ended") or "nothing was run"
        return {"error": f"no test passes on the original: {why}"}
    if not outcome["imported"]:
        return {"error": "the tests do not import the source file"}
    names = outcome["passed"]
    if finder.code is None:  # the tests import it while they run
        fates = trial.fork_each(trial.mutants, partial(_run_mutant, trial, session, finder, names), took)
        return {"names": names, "fates": fates, "alone": []}
    return {"names": names, **_exchanged(trial, session, original, names, took)}


def _unchanged(trial: Trial, session: pytest.Session, finder: SourceFinder) -> Answer:
    outcome = trial.run(session, session.items)
    return {**outcome, "imported": finder.code is not None}


def _exchanged(trial: Trial, session: pytest.Session, original: Original, names: list[str], took: float) -> Answer:
    finder, swaps = original
    assert finder.code is not None
    codes = {name: compiled(trial.text(name), finder.filename) for name in trial.mutants}
    plans = {name: swaps.plan(finder.code, code) for name, code in codes.items()}

    def exchange(name: str) -> Answer:
        swaps.make(plans[name] or [])
        finder.code = codes[name]  # for tests that import it again
        return trial.run_named(session, names)

    fates = trial.fork_each([name for name, plan in plans.items() if plan], exchange, took)
    return {"fates": fates, "alone": [name for name, plan in plans.items() if not plan]}


def _import_mutant(
    trial: Trial, session: pytest.Session, finder: SourceFinder, names: list[str], name: str
) -> Answer:
    finder.serve(trial.text(name))
    Stages.collect(session)
    return trial.run_named(session, names)


def _run_mutant(
    trial: Trial, session: pytest.Session, finder: SourceFinder, names: list[str], name: str
) -> Answer:
    finder.serve(trial.text(name))
    return trial.run_named(session, names)


def _whole_session(trial: Trial, names: list[str], name: str) -> Answer:
    """A session on a mutant; tests that cannot even be collected have failed."""
    answer: Answer = {}

    def collected(session: pytest.Session) -> None:
        answer.update(trial.run_named(session, names))

    trial.session(trial.finder(name), Stages(collected=collected))
    return answer or {"failed": names[:1]}
