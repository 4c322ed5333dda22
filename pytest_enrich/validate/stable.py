"""The rung `stable`: a test that passes once must pass however a team runs it, and so must the tests beside it.

The cheap runs come first, and last those that only few candidates get to: a fresh process with what would be
written, and a worker of pytest-xdist where that is installed. No run has a network. A way in which existing tests
of the file do not pass either says nothing about a candidate: it is left out, and named.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Dropped, Execution, Failed, World
from pytest_enrich.data.code import function
from pytest_enrich.validate import gain
from pytest_enrich.validate.gain import Gained
from pytest_enrich.validate.proof import PLAIN, SHOWN, Proof, Trial, beside, excuse, first_line, is_known_to_fall

ZONE, RULE = "Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
"""Half an hour off most zones, with summer in December; and the same without a time zone database."""
ELSEWHERE = World(
    hash_seed=20_011,
    # Without a time zone database the name would mean UTC.
    timezone=ZONE if any(Path(place, ZONE).exists() for place in zoneinfo.TZPATH) else RULE,
    # Any other locale may be missing.
    locale="C",
    home="somebody",
    days=549,
    person="somebody",
    columns=117,
)
TRACED = 3.0
"""How many times longer tests take with coverage."""
THIRD = World(hash_seed=102)
"""Most pairs of short texts that a set has in the same order with both other seeds change places with this."""
ALONE = Trial(alone=True)
SHUFFLED, REVERSED = Trial(how="shuffled", shuffle=1), Trial(how="reversed", backwards=True)
ABROAD = Trial(how="with another hash seed, time zone, locale, user and date", world=ELSEWHERE)
# Measured, because teams run their suites so: code that asks whether it is traced takes another path then.
FRESH = Trial(how="in a fresh process, with coverage", fresh=True, measured=True, world=THIRD)
# One worker: a second one would show only what an order or a hash seed does, and both are tried before.
SPREAD = Trial(how="on a worker of pytest-xdist", workers=1)
RUNS = ((ALONE,), (PLAIN,), (SHUFFLED, ABROAD), (REVERSED, FRESH), (SPREAD,))
"""The ways, by run: a test that does not pass several ways in one run is run in each of them by itself."""
JOINED: dict[tuple[Trial, ...], Trial] = {
    (SHUFFLED, ABROAD): replace(ABROAD, shuffle=SHUFFLED.shuffle),
    (REVERSED, FRESH): replace(FRESH, backwards=REVERSED.backwards),
}
"""What is special about several ways, all at once."""
TRIALS = tuple(trial for run in RUNS for trial in run)


class Ways(Struct, frozen=True):
    """The names of the ways in which a candidate passed, and of those that could not be tried, each with why.

    `closed` is what it closes in all of those that are measured.
    """

    passed: tuple[str, ...]
    closed: Gained
    left_out: tuple[str, ...] = ()


def check(proof: Proof, first: Gained) -> Ways | Dropped:
    """The ways in which the candidate passed, or the first in which it did not.

    Args:
        proof: A candidate that passed once.
        first: What it closed then.
    """
    passed, left_out, closed = list[str](), list[str](), first
    plain = beside(proof)
    # Nothing is remembered of a file that gives no answer: it is not run once more to find that out again.
    measured = plain if plain[1] is None else beside(proof, TRACED)
    for run in _runs(whole=plain[1] is not None, measured=measured[1] is not None):
        own, known = measured if any(trial.measured for trial in run) else plain
        joint = _found(own, closed, JOINED[run], known) if _is_joint(own, run) else None
        if isinstance(joint, Gained):
            passed, closed = [*passed, *(trial.name for trial in run)], joint
            continue
        for trial in run:
            own, known = measured if trial.measured else plain
            result = _found(own, closed, trial, known, is_excused=True)
            if isinstance(result, Dropped):
                return result
            if isinstance(result, Gained):
                passed, closed = [*passed, trial.name], result
            else:
                left_out.append(f"{trial.name}: {result}")
    return Ways(tuple(passed), closed, tuple(left_out))


def _is_joint(proof: Proof, run: tuple[Trial, ...]) -> bool:
    """Whether its ways are worth a joint run: existing tests are not known to fail in any of them."""
    return run in JOINED and not any(is_known_to_fall(proof, trial) for trial in run)


def _runs(*, whole: bool, measured: bool) -> Iterator[tuple[Trial, ...]]:
    """The runs; where the tests of the file take too long, of the candidate alone: in all ways, or if measured."""
    for run in RUNS:
        alone = [trial for trial in run if not whole or (trial.measured and not measured)]
        beside_others = tuple(trial for trial in run if trial not in alone)
        yield from [beside_others] if beside_others else []
        rest = (trial for trial in alone if trial is not PLAIN and not trial.is_ordered)
        yield from ((replace(trial, alone=True),) for trial in rest)


def _found(
    proof: Proof, closed: Gained, trial: Trial, known: dict[str, str] | None, *, is_excused: bool = False
) -> Gained | Dropped | str:
    """What of `closed` it also closes in this way, why it fails in it, or why that says nothing about it.

    A joint run excuses nothing: each of its ways is asked by itself.
    """
    if trial.workers and proof.existing.unable:
        return proof.existing.unable
    execution = proof.prove(trial)
    if trial.workers and isinstance(execution, Failed) and execution.reason == "refused":
        proof.existing.unable = first_line(execution.detail)
        return proof.existing.unable
    result = _closed(proof, closed, trial, execution)
    if isinstance(result, Dropped):
        return (excuse(proof, trial, result.detail) if is_excused else "") or result
    if known is not None and (hurt := _hurt(proof, trial, execution, known)):
        changed = f"changes how other tests end {trial.name}"
        return Dropped(rung="stable", reason=changed, detail="; ".join(hurt)[:SHOWN])
    return result


def _closed(proof: Proof, closed: Gained, trial: Trial, execution: Execution) -> Gained | Dropped:
    """What of `closed` it also closes in this way, all of it where that is not measured; or why it fails in it.

    Other tests may leave something behind that leads it elsewhere.
    """
    outcome = proof.outcome(execution)
    if isinstance(outcome, Dropped) or outcome.result != "passed":
        return Dropped(rung="stable", reason=f"does not pass {trial.name}", detail=outcome.detail[-SHOWN:])
    if not trial.measured:
        return closed
    gained = gain.read(proof, execution, outcome.seconds)
    shared = gained if isinstance(gained, Dropped) else closed.shared(gained)
    if isinstance(shared, Dropped) or not shared.own:
        return Dropped(rung="stable", reason=f"closes nothing {trial.name}")
    return shared


def _hurt(proof: Proof, trial: Trial, execution: Execution, known: dict[str, str]) -> list[str]:
    """Other tests that end differently because of the candidate, and how; `known` is how they end without it."""
    results = proof.others(execution)
    if trial.alone or results is None or not _differing(results, known):
        return []
    # In this order, or in this world, they may end differently by themselves.
    without = proof.others(proof.without(trial))
    if without is None or not _differing(results, without):
        return []
    # Once more: a test that ends differently each time says nothing about the candidate.
    again = proof.others(proof.prove(trial)) or {}
    return [
        f"{name}: {results.get(name, 'gone')}, not {without.get(name, 'there')}"
        for name in _differing(results, without)
        if again.get(name) == results.get(name)
    ]


def _differing(found: dict[str, str], known: dict[str, str]) -> list[str]:
    """The names that end differently; where cases have other names in each run, only if the cases do."""
    differing = [name for name in {**known, **found} if found.get(name) != known.get(name)]
    renamed = {function(name) for name in differing if name not in found or name not in known}
    alike = {test for test in renamed if _ends(test, found) == _ends(test, known)}
    return [name for name in differing if function(name) not in alike]


def _ends(test: str, results: dict[str, str]) -> list[str]:
    """How the cases of a test ended, whatever their names."""
    return sorted(result for name, result in results.items() if function(name) == test)
