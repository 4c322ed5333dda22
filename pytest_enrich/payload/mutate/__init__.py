"""The `Mutate` job: which small changes of the source do a candidate and the existing tests notice?"""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

import pytest

from .. import invocation, selection
from ..prove import StandIn, argument
from ..record import rewriting
from .corpus import NOTHING, Corpus
from .swap import SourceFinder, Swaps, compiled, differences
from .tests import Chosen, Stages
from .trial import CANARY, CONTROLS, ELSEWHERE, HELD, Answer, Known, Trial, joined, kept

MARGIN = 2.0
"""Seconds for an outer fork to report the results of its inner forks when the time is up."""

Original: TypeAlias = tuple[SourceFinder, Swaps]
Action: TypeAlias = Callable[[pytest.Session], Answer]


def mutate(work: dict[str, Any], session: invocation.Session = invocation.run) -> dict[str, Any]:
    """Answer a `Mutate` job as a `Mutated`, both as JSON; `session` runs pytest with arguments and plugins."""
    job = work["job"]
    deadline = monotonic() + job["budget"]
    mutants = {mutant["id"]: mutant for mutant in job["mutants"]}
    answer = try_all(_trial(work, mutants, deadline, session))
    if not answer["error"] and not _own(job, answer["names"]):
        answer["error"] = "the test does not pass on the original"
    if answer["error"]:
        name = "unable" if answer["error"] in {ELSEWHERE, HELD} else "error"
        return {"type": "mutated", "fates": [], name: answer["error"]}
    checks = _checks(job, answer["fates"])
    if checks["control"] != "survived":  # whatever makes the tests fail, it is not the mutants
        return {"type": "mutated", "fates": [], **checks}
    contested = {name: mutants[name] for name in job["contested"]} if _is_any_noticed(job, answer) else {}
    before = _before(work, contested, deadline, session)
    fates = [_fate(job, mutant, answer, before.get(name, {})) for name, mutant in mutants.items()]
    return {"type": "mutated", "fates": fates, "parts": _parts(job, answer["names"]), **checks}


def _checks(job: dict[str, Any], fates: dict[str, Any]) -> dict[str, str]:
    """The fates of the canary and of the worst control; both are removed from the fates."""
    words = [_word(job, fates.pop(name)) for name in CONTROLS if name in fates]
    control = next((word for word in words if word != "survived"), "survived" if words else "untried")
    return {"canary": _word(job, fates.pop(CANARY, None)), "control": control}


def _trial(work: dict[str, Any], mutants: dict[str, Any], deadline: float, session: invocation.Session) -> Trial:
    """The trial of the candidate, which has to show that it is the mutants that make it fail."""
    job, path = work["job"], Path(work["rootdir"], work["job"]["path"])

    def candidate() -> tuple[object, Sequence[str]]:
        return StandIn(path, job["text"], [*job["tests"], *job["parts"]]), (str(argument(path)),)

    corpus, to_the_end = Corpus(work) if job["corpus"] else None, bool(job["parts"])
    return Trial(
        work, mutants, candidate, deadline, controlled=True, corpus=corpus, to_the_end=to_the_end, session=session
    )


def _is_any_noticed(job: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Whether asking what existing tests notice is worthwhile: the candidate or a call notices some mutant."""
    fates = answer["fates"].values()
    return any(fate.get("told") or _word(job, fate) != "survived" for fate in fates)


def _before(
    work: dict[str, Any], contested: dict[str, Any], deadline: float, session: invocation.Session
) -> dict[str, Any]:
    """The fates of the contested mutants under the existing tests, None for those that had no turn."""
    wanted = work["job"]["others"]
    files, _missing = selection.files(work["rootdir"], wanted)
    if not contested or not files:
        return {}
    answer = try_all(Trial(work, contested, lambda: (Chosen(wanted), files), deadline, session=session))
    return {name: answer["fates"].get(name) for name in contested}


def _fate(
    job: dict[str, Any], mutant: dict[str, Any], answer: dict[str, Any], by_others: dict[str, Any] | None
) -> dict[str, Any]:
    """A `MutantFate`, as JSON."""
    known = answer["fates"].get(mutant["id"])
    fate = known or {}
    if by_others is None:  # nobody knows whether an existing test kills it
        return {"id": mutant["id"], "fate": "untried"}
    return {
        "id": mutant["id"],
        "fate": _word(job, known),
        "killed_before": by_others.get("failed", [by_others.get("ended")]) if by_others else None,
        "parts": _parts(job, fate.get("failed", ())),
        "alike": fate.get("alike", 0),
        "told": fate.get("told", []),
        "raised": set(_own(job, fate.get("failed", ()))) <= set(fate.get("raised", ())),
    }


def _word(job: dict[str, Any], answer: dict[str, Any] | None) -> str:
    if answer is None:
        return "untried"
    if "failed" not in answer:
        return str(answer.get("ended", "crash"))
    return "killed" if _own(job, answer["failed"]) else "survived"


def _own(job: dict[str, Any], names: Iterable[str]) -> list[str]:
    """The names of the candidate's own tests, of these names."""
    return [name for name in names if not _is_one_of(name, job["parts"])]


def _parts(job: dict[str, Any], names: Iterable[str]) -> list[str]:
    """The parts that these names of tests belong to, as a whole or as one of their parameter sets."""
    given = list(names)
    return [part for part in job["parts"] if any(_is_one_of(name, [part]) for name in given)]


def _is_one_of(name: str, wanted: Sequence[str]) -> bool:
    return any(name == test or name.startswith(f"{test}[") for test in wanted)


def try_all(trial: Trial) -> Answer:
    """Try all mutants in one of three ways, the fastest first; each takes those that the way before it cannot.

    1. Exchange the code of functions, in a fork of a process that has collected the tests.
    2. Import the mutant, in a fork of a process in which pytest is configured and the source not yet imported.
    3. A whole session of pytest, in a fork of a process that has imported nothing of the project.

    Where the source was imported for good before the job, there is only the first.

    Returns:
        `fates`: by id, what `tests.run` answered or how it `ended`, and for survivors the calls by which they are
        `told`, or how many calls find them `alike`; mutants without a fate were not tried. `names`: those of the
        tests that pass on the original. `error`: why nothing could be tried, or "".
    """
    answer = trial.fork(lambda: _original(trial), trial.left + 2 * MARGIN)
    if "fates" not in answer:
        return {"fates": {}, "error": answer.get("error") or f"the original: {answer.get('ended')}"}
    if trial.held is not None and answer["alone"]:
        return {"fates": {}, "error": HELD}

    def anew(name: str, action: Action) -> Answer:
        return _whole_session(trial, name, action) or trial.gone(answer["names"])

    fates = trial.try_each(answer["alone"], anew, _known(answer, "started", "collected", "ran"))
    return {"names": answer["names"], "fates": joined(answer["fates"], fates), "error": ""}


def _original(trial: Trial) -> Answer:
    """A session on the original, and in it ways 1 and 2; `alone` are the ids that are left for way 3."""
    answer: Answer = {}
    swaps = Swaps()
    finder = trial.finder(None, lambda finder: swaps.watch(finder.filename))
    if trial.held is not None:
        swaps.know(finder.adopt(), finder.filename, trial.held)
    begun = monotonic()

    def configured(session: pytest.Session) -> None:
        started = monotonic() - begun
        answer.update(_configured(trial, session, (finder, swaps)), started=started)

    why = trial.session(finder, Stages(configured=configured))
    return answer or {"error": why or "nothing was collected"}


def _known(answer: Answer, *steps: str) -> Known:
    """What is known of the original, for a way that repeats these steps for each mutant."""
    return Known(answer["names"], sum(answer[step] for step in steps), lambda: answer["calls"])


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
    """Collect, see which tests pass, and try the mutants that can be tried from here."""
    finder, swaps = original
    begun = monotonic()
    with rewriting():
        Stages.collect(session)
    collected = monotonic() - begun
    swaps.ready()
    gc.collect()
    gc.freeze()
    outcome = trial.fork(lambda: _unchanged(trial, session, finder), trial.left)
    if not outcome.get("passed"):
        why = outcome.get("detail") or outcome.get("ended") or "nothing was run"
        return {"error": f"no test passes on the original: {why}"}
    if not outcome["imported"]:
        return {"error": ELSEWHERE}
    known = Known(outcome["passed"], outcome["ran"], functools.cache(partial(_calls, trial, finder)))
    answer = {"names": known.names, "collected": collected, "ran": outcome["ran"]}
    return {**answer, **_exchanged(trial, session, original, known)}


def _calls(trial: Trial, finder: SourceFinder) -> Answer:
    if trial.corpus is None:
        return NOTHING
    with kept(trial.folders):
        return trial.corpus.original(lambda: finder.filename, trial.left)


def _unchanged(trial: Trial, session: pytest.Session, finder: SourceFinder) -> Answer:
    begun = monotonic()
    outcome = trial.run(session, session.items)
    return {**outcome, "imported": finder.code is not None, "ran": monotonic() - begun}


def _exchanged(trial: Trial, session: pytest.Session, original: Original, known: Known) -> Answer:
    finder, swaps = original
    plans = {
        name: swaps.plan(differences(finder.code, compiled(trial.text(name), finder.filename)), trial.lines(name))
        for name in trial.mutants
        if finder.code is not None  # tests may import it while they run
    }

    # A control exchanges code too, but for an equal copy.
    same = [(old, old.replace()) for old in dict.fromkeys(old for plan in plans.values() for old, _ in plan or ())]

    def exchange(name: str, action: Action) -> Answer:
        swaps.make(plans.get(name, same) or [])
        finder.serve(trial.text(name))  # for tests that import it again
        return action(session)

    alone = [name for name in trial.mutants if not plans.get(name)]
    if alone and trial.held is not None:  # unless all can be tried here, all are tried elsewhere
        return {"fates": {}, "alone": alone}
    fates = trial.try_each([name for name, plan in plans.items() if plan], exchange, known)
    return {"fates": fates, "alone": alone, "calls": known.calls() if alone else NOTHING}


def _whole_session(trial: Trial, name: str, action: Action) -> Answer:
    """A session on a mutant; {} if the tests cannot even be collected."""
    answer: Answer = {}
    trial.session(trial.finder(name), Stages(collected=lambda session: answer.update(action(session))))
    return answer
