"""What a test of a call would be worth to those who read it: whether they may want it, and how much it shows."""

from __future__ import annotations

from . import telling
from .calls import Call
from .find import lines_of
from .inputs import Inputs
from .observe import observe
from .operators import MAKERS
from .run import Outcome, Runner
from .telling import SILENT, is_checked, raised_through
from .trace import Reached


def objection(runner: Runner, inputs: Inputs, call: Call, outcome: Outcome) -> str:
    """Why nobody would want a test of this call, "" when somebody may; `runner` makes it again to look at it."""
    if not inputs.conforms(call) and not is_checked(outcome):
        return "not what callers pass"
    if inputs.entry.name == "__hash__" and outcome.result is not True:
        return "nothing to observe"  # the hash of an object tells nothing but that it is this one
    is_telling = telling.rank(outcome) < SILENT or bool(observe(runner, runner.program(call))[1])
    return "" if is_telling else "nothing to observe"


def rank(inputs: Inputs, outcome: Outcome, reached: Reached) -> int:
    """As `telling.rank`; a new object, or an exception from elsewhere, most often shows little of `reached`."""
    if outcome.raised is not None:
        return int(not lines_of(reached) & raised_through(outcome.raised))
    return max(telling.rank(outcome), int(inputs.entry.name in MAKERS))
