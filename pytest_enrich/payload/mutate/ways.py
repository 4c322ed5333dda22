"""Three ways of trying a mutant, the fastest first; each takes what the one before cannot make.

1. Exchange the code of functions, in a fork of a process that has collected the tests; when those did not import
   the source yet, let them import the mutant.
2. Import the mutant, in a fork of a process in which pytest is configured and the source not yet imported.
3. A whole session of pytest, in a fork of a process that has imported nothing of the project.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from functools import partial
from time import monotonic, process_time
from typing import TypeAlias

import pytest

from ..record import rewriting
from .corpus import NOTHING
from .swap import SourceFinder, Swaps, compiled, differences
from .tests import Stages
from .trial import ELSEWHERE, Answer, Known, Took, Trial, joined, kept

MARGIN = 2.0
"""Seconds for an outer fork to say what its inner ones came to when the time is up."""

Original: TypeAlias = tuple[SourceFinder, Swaps]
Action: TypeAlias = Callable[[pytest.Session], Answer]


def run(trial: Trial) -> Answer:
    """Try all mutants.

    Returns:
        `fates`: by id what `tests.run` answered, or how it `ended`, and of survivors the calls by which they are
        `told`, or how many find them `alike`; those without were not tried. `names`: of the tests that pass on
        the original. `error`: why nothing could be tried, or "".
    """
    answer = trial.fork(lambda: _original(trial), trial.left + 2 * MARGIN)
    if "fates" not in answer:
        return {"fates": {}, "error": answer.get("error") or f"the original: {answer.get('ended')}"}

    def anew(name: str, action: Action) -> Answer:
        return _whole_session(trial, name, action) or trial.gone(answer["names"])

    fates = trial.try_each(answer["alone"], anew, _known(answer, "started", "collected", "ran"))
    return {"names": answer["names"], "fates": joined(answer["fates"], fates), "error": ""}


def _original(trial: Trial) -> Answer:
    """A session on the original, and in it the ways 1 and 2; `alone` are the ids that are left for the third."""
    answer: Answer = {}
    swaps = Swaps()
    finder = trial.finder(None, lambda finder: swaps.watch(finder.filename))
    begun = monotonic()

    def configured(session: pytest.Session) -> None:
        started = _since(begun)
        answer.update(_configured(trial, session, (finder, swaps)), started=started)

    why = trial.session(finder, Stages(configured=configured))
    return answer or {"error": why or "nothing was collected"}


def _known(answer: Answer, *steps: str) -> Known:
    """What the process with the original answered, for a way that takes these steps for each mutant."""
    took = sum((Took(*answer[step]) for step in steps), Took(0, 0))
    return Known(answer["names"], took, lambda: answer["calls"])


def _since(begun: float) -> list[float]:
    """A `Took` as JSON, in a process that did nothing else."""
    return [monotonic() - begun, process_time()]


def _configured(trial: Trial, session: pytest.Session, original: Original) -> Answer:
    finder, _swaps = original
    answer = trial.fork(lambda: _collected(trial, session, original), trial.left + MARGIN)
    if "fates" not in answer or finder.code is not None:
        return answer

    def imported(name: str, action: Action) -> Answer:
        finder.serve(trial.text(name))
        Stages.collect(session)
        return action(session)

    fates = trial.try_each(answer["alone"], imported, _known(answer, "collected", "ran"))
    return {**answer, "fates": joined(answer["fates"], fates), "alone": []}


def _collected(trial: Trial, session: pytest.Session, original: Original) -> Answer:
    """Collect, see which tests pass, and try what can be tried from here."""
    finder, swaps = original
    begun = monotonic()
    with rewriting():
        Stages.collect(session)
    collected = _since(begun)
    swaps.ready()
    gc.collect()
    gc.freeze()
    outcome = trial.fork(lambda: _unchanged(trial, session, finder), trial.left)
    if not outcome.get("passed"):
        why = outcome.get("detail") or outcome.get("ended") or "nothing was run"
        return {"error": f"no test passes on the original: {why}"}
    if not outcome["imported"]:
        return {"error": ELSEWHERE}
    known = Known(outcome["passed"], Took(*outcome["ran"]), functools.cache(partial(_calls, trial, finder)))
    answer = {"names": known.names, "collected": collected, "ran": outcome["ran"]}
    if finder.code is not None:
        return {**answer, **_exchanged(trial, session, original, known)}

    def late(name: str, action: Action) -> Answer:  # the tests import it while they run
        finder.serve(trial.text(name))
        return action(session)

    return {**answer, "fates": trial.try_each(trial.mutants, late, known), "alone": []}


def _calls(trial: Trial, finder: SourceFinder) -> Answer:
    if trial.corpus is None:
        return NOTHING
    with kept(trial.folders):
        return trial.corpus.original(lambda: finder.filename, trial.left)


def _unchanged(trial: Trial, session: pytest.Session, finder: SourceFinder) -> Answer:
    begun = monotonic()
    outcome = trial.run(session, session.items)
    return {**outcome, "imported": finder.code is not None, "ran": _since(begun)}


def _exchanged(trial: Trial, session: pytest.Session, original: Original, known: Known) -> Answer:
    finder, swaps = original
    assert finder.code is not None
    plans = {
        name: swaps.plan(differences(finder.code, compiled(trial.text(name), finder.filename)), trial.lines(name))
        for name in trial.mutants
    }

    # A control exchanges, too, but the codes for the same once more.
    same = [(old, old.replace()) for old in dict.fromkeys(old for plan in plans.values() for old, _ in plan or ())]

    def exchange(name: str, action: Action) -> Answer:
        swaps.make(plans.get(name, same) or [])
        finder.serve(trial.text(name))  # for tests that import it again
        return action(session)

    fates = trial.try_each([name for name, plan in plans.items() if plan], exchange, known)
    alone = [name for name, plan in plans.items() if not plan]
    return {"fates": fates, "alone": alone, "calls": known.calls() if alone else NOTHING}


def _whole_session(trial: Trial, name: str, action: Action) -> Answer:
    """A session on a mutant; nothing when tests cannot even be collected."""
    answer: Answer = {}
    trial.session(trial.finder(name), Stages(collected=lambda session: answer.update(action(session))))
    return answer
