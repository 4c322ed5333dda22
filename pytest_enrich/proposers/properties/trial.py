"""Does a property hold, whatever Hypothesis draws, and which gaps does it close each time?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from pytest_enrich import patch
from pytest_enrich.data import Answered, Execution, NewTest, Prove, Proved, Template
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate.gain import gained

SEEDS = (1, 2, 3)
FEW = 50
"""Examples within which a gap has to be closed with each seed: half of what a suite usually draws."""
MANY = 500
SECONDS = 30.0
SLOWEST = 3.0
"""Seconds that a few examples may take under coverage."""

Write = Callable[[Sequence[Template]], NewTest | None]
"""Writes the test with these decorators above its own."""


class Held(Struct, frozen=True, kw_only=True):
    """It holds; `gaps` are those that it closes with each seed."""

    gaps: tuple[str, ...]


class Refuted(Struct, frozen=True):
    """It does not."""


def run(task: Task, write: Write, sandbox: Sandbox) -> Held | Refuted | None:
    """Run the test with a few examples and each of the seeds, then with many; None: cannot be run, or is slow.

    A gap that only some seeds close is not counted: with each run of the suite others would be missing.
    """
    closed = [gap.id for gap in task.target.gaps]
    for seed in SEEDS:
        found = _once(task, write(_drawing(seed, FEW)), sandbox, measured=True)
        if not isinstance(found, Held):
            return found
        closed = [identity for identity in closed if identity in found.gaps]
        if not closed:
            return Held(gaps=())
    found = _once(task, write(_drawing(len(SEEDS) + 1, MANY)), sandbox, measured=False)
    return Held(gaps=tuple(closed)) if isinstance(found, Held) else found


def _drawing(seed: int, examples: int) -> list[Template]:
    """Nothing of it depends on the machine: neither what is drawn nor how long an example may take."""
    return [
        f"⟨hypothesis:seed⟩({seed})",
        f"⟨hypothesis:settings⟩(max_examples={examples}, deadline=None, database=None)",
    ]


def _once(task: Task, test: NewTest | None, sandbox: Sandbox, *, measured: bool) -> Held | Refuted | None:
    if test is None:
        return None
    try:
        text = patch.insert(task.test_text, test)
    except RefusedError:
        return None
    place, path = test.placement, task.target.path
    nodeid = "::".join([place.path, *(place.owner.split(".") if place.owner else []), test.name])
    job = Prove(path=place.path, text=text, tests=(nodeid,), measure=(path,) if measured else ())
    answer = _answer(sandbox.execute(job, timeout=SECONDS))
    outcome = next((one for one in answer.outcomes if one.nodeid == nodeid), None) if answer else None
    if answer is None or outcome is None or (measured and outcome.seconds > SLOWEST):
        return None
    if outcome.result != "passed":
        return Refuted() if outcome.result == "failed" else None
    return Held(gaps=gained(answer, path, task.target.gaps)[0])


def _answer(execution: Execution) -> Proved | None:
    answer = execution.answer if isinstance(execution, Answered) else None
    return answer if isinstance(answer, Proved) else None
