"""What a test of a call would be worth to those who read it: whether they may want it, and how much it shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import lru_cache
from types import CodeType
from typing import Any

from . import body, telling
from .calls import Call
from .find import lines_of
from .inputs import Inputs
from .observe import said
from .operators import MAKERS
from .run import Outcome, Runner
from .telling import SILENT, is_checked, raised_through
from .trace import Reached
from .visible import written


def objection(runner: Runner, inputs: Inputs, call: Call, outcome: Outcome) -> str:
    """Why nobody would want a test of this call, "" when somebody may; `runner` makes it again to look at it."""
    if not inputs.conforms(call) and not is_checked(outcome):
        return "not what callers pass"
    if inputs.entry.name == "__hash__" and outcome.result is not True:
        return "nothing to observe"  # the hash of an object tells nothing but that it is this one
    is_telling = telling.rank(outcome) < SILENT or bool(said(runner, call))
    return "" if is_telling else "nothing to observe"


def rank(inputs: Inputs, outcome: Outcome, reached: Reached, filename: str) -> int:
    """As `telling.rank`; a new object, or an exception from elsewhere, most often shows little of `reached`."""
    if outcome.raised is not None:
        return int(not lines_of(reached) & raised_through(outcome.raised))
    is_new = inputs.entry.name in MAKERS or _is_made(inputs, outcome.result, reached, filename)
    return max(telling.rank(outcome), int(is_new))


def _is_made(inputs: Inputs, result: object, reached: Reached, filename: str) -> bool:
    """Whether a function made an object that shows no value, and what was `reached` is code of its class."""
    codes = {code for one in vars(type(result)).values() if isinstance(code := body.code_of(one), CodeType)}
    own = frozenset[int]().union(*(_lines(code) for code in codes if code.co_filename == filename))
    return body.code_of(inputs.function) not in codes and lines_of(reached) <= own and written(result) is None


@lru_cache(maxsize=512)
def _lines(code: CodeType) -> frozenset[int]:
    """Those of a function, and of what is defined in it."""
    inner = (_lines(one) for one in code.co_consts if isinstance(one, CodeType))
    return frozenset(line for _, _, line in code.co_lines() if line).union(*inner)


def untold(runner: Runner, call: Call, reached: Reached, of: Callable[[Outcome], Reached]) -> Reached:
    """What is reached by steps alone without which there is the same to say of the call: nobody looks at them.

    Args:
        runner: Runs calls.
        call: One that may have steps before it.
        reached: What it reaches of the wanted.
        of: Says that of an outcome.
    """
    # Two steps may reach the same, so that it is lost without both only.
    steps = dict.fromkeys([(), *(call.setup[:at] + call.setup[at + 1 :] for at in range(len(call.setup)))])
    tried = [(other, runner.call(other)) for other in (dataclasses.replace(call, setup=one) for one in steps)]
    losing = [(other, lost) for other, outcome in tried if not outcome.refusal and (lost := reached - of(outcome))]
    told = said(runner, call) if losing else []
    return frozenset[Any]().union(*(lost for other, lost in losing if said(runner, other) == told))
