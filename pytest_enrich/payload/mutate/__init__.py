"""The `Mutate` job: which small changes of the source do a candidate, and the tests that exist, notice?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from .. import invocation, selection
from ..prove import StandIn, argument
from . import ways
from .corpus import Corpus
from .tests import Chosen
from .trial import CANARY, CONTROLS, ELSEWHERE, HELD, Trial


def mutate(work: dict[str, Any], session: invocation.Session = invocation.run) -> dict[str, Any]:
    """Answer a `Mutate` job as a `Mutated`, both as JSON; `session` runs pytest with arguments and plugins."""
    job = work["job"]
    deadline = monotonic() + job["budget"]
    mutants = {mutant["id"]: mutant for mutant in job["mutants"]}
    answer = ways.run(_trial(work, mutants, deadline, session))
    if not answer["error"] and not _own(job, answer["names"]):
        answer["error"] = "the test does not pass on the original"
    if answer["error"]:
        name = "unable" if answer["error"] in {ELSEWHERE, HELD} else "error"
        return {"type": "mutated", "fates": [], name: answer["error"]}
    checks = _checks(job, answer["fates"])
    if checks["control"] != "survived":  # whatever the tests fail on, it is not the mutants
        return {"type": "mutated", "fates": [], **checks}
    contested = {name: mutants[name] for name in job["contested"]} if _is_any_noticed(job, answer) else {}
    before = _before(work, contested, deadline, session)
    fates = [_fate(job, one, answer, before.get(name, {})) for name, one in mutants.items()]
    return {"type": "mutated", "fates": fates, "parts": _parts(job, answer["names"]), **checks}


def _checks(job: dict[str, Any], fates: dict[str, Any]) -> dict[str, str]:
    """What became of the canary, and of the controls the worst; they leave the fates."""
    words = [_word(job, fates.pop(name)) for name in CONTROLS if name in fates]
    control = next((word for word in words if word != "survived"), "survived" if words else "untried")
    return {"canary": _word(job, fates.pop(CANARY, None)), "control": control}


def _trial(work: dict[str, Any], mutants: dict[str, Any], deadline: float, session: invocation.Session) -> Trial:
    corpus = Corpus(work) if work["job"]["corpus"] else None
    to_the_end = bool(work["job"]["parts"])
    options: dict[str, Any] = {"controlled": True, "corpus": corpus, "to_the_end": to_the_end, "session": session}
    return Trial(work, mutants, lambda: _candidate(work), deadline, **options)


def _candidate(work: dict[str, Any]) -> tuple[object, Sequence[str]]:
    job, path = work["job"], Path(work["rootdir"], work["job"]["path"])
    return StandIn(path, job["text"], [*job["tests"], *job["parts"]], None), (str(argument(path)),)


def _is_any_noticed(job: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Whether it is worth while to ask what existing tests notice: of one mutant at least somebody can tell."""
    fates = answer["fates"].values()
    return any(fate.get("told") or _word(job, fate) != "survived" for fate in fates)


def _before(
    work: dict[str, Any], contested: dict[str, Any], deadline: float, session: invocation.Session
) -> dict[str, Any]:
    """The fates of the contested mutants under the tests that exist, None for those that had no turn."""
    wanted = work["job"]["others"]
    files, _missing = selection.files(work["rootdir"], wanted)
    if not contested or not files:
        return {}
    answer = ways.run(Trial(work, contested, lambda: (Chosen(wanted), files), deadline, session=session))
    return {name: answer["fates"].get(name) for name in contested}


def _fate(
    job: dict[str, Any], mutant: dict[str, Any], answer: dict[str, Any], by_others: dict[str, Any] | None
) -> dict[str, Any]:
    """A `MutantFate`, as JSON."""
    mine = answer["fates"].get(mutant["id"])
    if by_others is None:  # whether an existing test kills it nobody knows
        return {"id": mutant["id"], "fate": "untried"}
    return {
        "id": mutant["id"],
        "fate": _word(job, mine),
        "killed_before": by_others.get("failed", [by_others.get("ended")]) if by_others else None,
        "parts": _parts(job, (mine or {}).get("failed", ())),
        "alike": (mine or {}).get("alike", 0),
        "told": (mine or {}).get("told", []),
        "raised": set(_own(job, (mine or {}).get("failed", ()))) <= set((mine or {}).get("raised", ())),
    }


def _word(job: dict[str, Any], answer: dict[str, Any] | None) -> str:
    if answer is None:
        return "untried"
    if "failed" not in answer:
        return str(answer.get("ended", "crash"))
    return "killed" if _own(job, answer["failed"]) else "survived"


def _own(job: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Of names of tests those of the candidate itself."""
    return [name for name in names if not _is_one_of(name, job["parts"])]


def _parts(job: dict[str, Any], names: Iterable[str]) -> list[str]:
    """The parts that names of tests are of, rows of them included."""
    given = list(names)
    return [part for part in job["parts"] if any(_is_one_of(name, [part]) for name in given)]


def _is_one_of(name: str, wanted: Sequence[str]) -> bool:
    return any(name == one or name.startswith(f"{one}[") for one in wanted)
