"""How much what a call did tells: the less, the poorer a test of it."""

from __future__ import annotations

import dataclasses
import re
import time
import traceback
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from types import CodeType, FunctionType
from typing import Any

from ..engine.solve import numbers
from ..engine.trace import Reached
from ..express import express, named, spoken
from ..rules import body
from .calls import Call, sites
from .contract import AGAIN, HANDED_BACK, indentation, is_handed_back
from .entry import MAKERS
from .inputs import Inputs
from .observe import said
from .run import Outcome, Runner
from .stated import is_empty, is_of_today, visible_text

SILENT = 2
VOID = re.compile(r"^\w+\((\{\}|\[\]|\(\)|set\(\))")
"""How the `repr` of what holds nothing begins."""
NOT_ZERO = re.compile(r"[1-9]|[^\W\d_]{2}")
"""A digit, or a word: what a text shows that is more than a zero in some form."""
NONE = re.compile(r"(?<![A-Za-z])None(?![a-z])")
COMPARISONS = {"__eq__", "__ge__", "__gt__", "__le__", "__lt__", "__ne__"}
MOST_OTHERS, ENOUGH = 12, 2
"""Values that are tried in the place of one, and how many of them have to come to the same."""
MOST_INSIDE = 8
"""Numbers in objects that are looked at so: of many a reader asks nothing."""


def informative_rank(outcome: Outcome) -> int:
    """0 for a call with something to say, 1 for an empty, zero or uniform result, 2 for None, 3 for a function."""
    if outcome.raised is not None:
        return 0
    if is_function(outcome.result):
        return SILENT + 1
    return SILENT if outcome.result is None else int(is_degenerate(outcome.result) or is_uniform(outcome.result))


def is_checked(outcome: Outcome, inputs: Inputs, call: Call) -> bool:
    """Whether the code under test itself says that an argument is of a wrong type.

    By a `TypeError`, or by what else it raises where it asks for the classes of all such arguments.
    """
    error = outcome.raised
    frames = traceback.extract_tb(error.__traceback__) if isinstance(error, Exception) else []
    is_raised = bool(frames) and (frames[-1].line or "").startswith(f"raise {type(error).__name__}")
    return is_raised and (isinstance(error, TypeError) or inputs.asks_for_kinds(call))


def _is_left(runner: Runner, outcome: Outcome) -> bool:
    """Whether the code under test left an operand to the other side, and Python refused it."""
    return is_handed_back(outcome.raised, (runner.line(at).strip() for _, at in outcome.branches))


def led_to_refusal(outcome: Outcome, runner: Runner, reached: Reached) -> Reached:
    """What of the reached led to the exception: a test of that does not show what was done before and ended well.

    Those lines do that are at the level of one which the exception went through, or lead to it.
    """
    ending = HANDED_BACK if _is_left(runner, outcome) else AGAIN
    again = (at for at in lines_of(reached) if ending.fullmatch(runner.line(at).strip()))
    led = {one for at in again for one in _leading(runner, 1, at)}  # no traceback knows these lines
    error, known = outcome.raised, set[int]()
    while error is not None and id(error) not in known:  # code may set what makes a circle
        known.add(id(error))
        for frame, at in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == runner.filename:
                led |= set(_leading(runner, frame.f_code.co_firstlineno, at))
        error = error.__context__
    return frozenset(item for item in reached if (item[1] if isinstance(item, tuple) else item) in led)


def _leading(runner: Runner, first: int, last: int) -> Iterator[int]:
    """The lines of a function before one of them that are at its level, and those of the blocks that it is in."""
    level = indentation(runner.line(last))
    yield last
    for at in range(last - 1, first - 1, -1):
        text = runner.line(at)
        if text.strip() and (depth := indentation(text)) <= level:
            level = depth
            yield at


def is_function(result: object) -> bool:
    """Whether a result is there to be called."""
    if isinstance(result, FunctionType):
        return named(result) is None
    return callable(result) and not isinstance(result, type) and express(result) is None


def is_degenerate(result: Any) -> bool:
    """Whether a result says little: nothing in it, or zero, or a text or a tuple of just that."""
    if issubclass(type(result), str):  # what stands in the place of one may say that it is of its class
        return not result or VOID.search(result) is not None or ("0" in result and NOT_ZERO.search(result) is None)
    parts = result if isinstance(result, tuple) else [result]
    return not isinstance(result, bool) and all(map(_is_false, parts))


def is_uniform(result: object) -> bool:
    """Whether it has several parts that are all the same number or text: then nobody sees which is which."""
    parts = result if isinstance(result, list | tuple) else ()
    return len(parts) > 1 and {*map(type, parts)} <= {int, float, str} and len({*parts}) == 1


def _is_false(value: object) -> bool:
    """Whether a value counts as false; nobody can say that of one whose truth is an exception."""
    try:
        return not value
    except Exception:  # a __bool__ of the project's may raise
        return False


def is_void(runner: Runner, call: Call) -> bool:
    """Whether what comes of a call was only made, and is filled with nothing; an empty result may be wanted."""
    outcome = runner.call(call)
    if outcome.raised is not None:
        return False
    if is_function(outcome.result):
        return all(map(is_empty, said(runner, call)))
    return is_degenerate(outcome.result) and not _is_false(outcome.result)


def ending(outcome: Outcome) -> str:
    """What sort of end it is: yes, no, nothing, something of a type, something empty of it, an exception."""
    if outcome.raised is not None:
        return type(outcome.raised).__name__
    if outcome.result is None or isinstance(outcome.result, bool):
        return str(outcome.result)
    return f"{type(outcome.result).__name__}{'?' if is_degenerate(outcome.result) else ''}"


def lines_of(reached: Reached) -> set[int]:
    """The lines, and those that the branches lead to."""
    return {item[1] if isinstance(item, tuple) else item for item in reached}


def objection(runner: Runner, inputs: Inputs, call: Call, outcome: Outcome) -> str:
    """Why nobody would want a test of this call, "" when somebody may; `runner` makes it again to look at it."""
    is_unfit = not inputs.conforms(call) and not (is_checked(outcome, inputs, call) or _is_left(runner, outcome))
    if is_unfit:
        return "not what callers pass"
    if inputs.entry.name == "__hash__" and outcome.result is not True:
        return "nothing to observe"  # the hash of an object tells nothing but that it is this one
    if is_of_today(outcome.result) or speaks_of_nothing(outcome, call):
        return "nothing to observe"
    is_telling = informative_rank(outcome) < SILENT or bool(said(runner, call))
    return "" if is_telling else "nothing to observe"


def speaks_of_nothing(outcome: Outcome, call: Call) -> bool:
    """Whether a text that it gives or raises shows a `None` that nobody passed: something was not filled in.

    That None itself was passed is a reason for a message to speak of it, and for no result.
    """
    said: Any = outcome.result if outcome.raised is None else _filled_in(outcome.raised)
    if not issubclass(type(said), str) or said == "None" or not NONE.search(said):
        return False
    return not any("None" in text and (text != "None" or outcome.raised is not None) for text, _ in sites(call))


def _filled_in(error: BaseException) -> str:
    """What a message says besides what stands in the code that raised it: `must be an int or None`."""
    said, frames = spoken(error), [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    written = frames[-1].f_code.co_consts if frames else ()
    for text in (text for text in written if isinstance(text, str) and NONE.search(text)):
        said = said.replace(text, "")
    return said


def rank(runner: Runner, inputs: Inputs, call: Call, outcome: Outcome, of: Callable[[Outcome], Reached]) -> int:
    """As `informative_rank`, 0 for a function that can be asked something.

    A new object, an exception from elsewhere, and what is the same without what is reached most often show little.
    `of` says what of the wanted an outcome reaches.
    """
    reached = of(outcome)
    if outcome.raised is not None:
        through = {at for _, at in traceback.walk_tb(outcome.raised.__traceback__)}
        return int(lines_of(reached).isdisjoint(through))
    if is_function(outcome.result) and (shown := said(runner, call)):
        return int(all(map(is_empty, shown)) or is_indifferent(runner, call, reached, of))
    is_new = inputs.entry.name in MAKERS or _is_made(inputs, outcome.result, reached, runner.filename)
    found = max(informative_rank(outcome), int(is_new or is_reflexive(call)))
    return found or int(is_indifferent(runner, call, reached, of))


def is_reflexive(call: Call) -> bool:
    """Whether an object is compared with one that is written as it is: a test of that says little of either."""
    is_compared = call.qualname.rpartition(".")[2] in COMPARISONS
    return is_compared and call.receiver in {value for _, value in call.arguments}


def is_indifferent(runner: Runner, call: Call, reached: Reached, of: Callable[[Outcome], Reached]) -> bool:
    """Whether there is the same to say without an argument that alone leads to what is reached."""
    fewer = (call.arguments[:at] + call.arguments[at + 1 :] for at in range(len(call.arguments)))
    others = [dataclasses.replace(call, arguments=arguments) for arguments in fewer]
    outcomes = [(other, runner.call(other)) for other in others]
    elsewhere = [
        other
        for other, outcome in outcomes
        if not outcome.refusal and outcome.raised is None and reached.isdisjoint(of(outcome))
    ]
    shown = said(runner, call) if elsewhere else []
    return any(said(runner, other) == shown for other in elsewhere)


def is_ineffective(
    runner: Runner, inputs: Inputs, call: Call, of: Callable[[Outcome], Reached], until: float
) -> bool:
    """Whether a value that is passed decides nothing: others there lead to the same, and to the same result.

    A start date for a duration of days is such a value, and a size of 1 where all have one: a test with it says
    nothing of it. An exception says what it is about, and a yes or no is that of many values. Not when it is later
    than `until`: this takes several calls.
    """
    first = runner.call(call)
    if first.raised is not None or isinstance(first.result, bool):
        return False
    reached, shown = of(first), said(runner, call)
    for others in _with_others(inputs, call, express(first.result)):
        same = 0
        for other in islice(others, MOST_OTHERS):
            if time.monotonic() > until:
                return False
            outcome = runner.call(other)
            if outcome.refusal or outcome.raised is not None:
                continue  # it is none of the kind
            if not reached <= of(outcome) or said(runner, other) != shown:
                break
            same += 1
            if same == ENOUGH:
                return True
    return False


def _with_others(inputs: Inputs, call: Call, result: str | None) -> Iterator[Iterator[Call]]:
    """The calls with others for each argument that is the result or might be left out, and number in an object."""
    for name, value in call.arguments:
        pool = inputs.pools.get(name) if name not in inputs.required or value == result else None
        others = dict.fromkeys((*pool.seen, *pool.plain, *pool.drawn)) if pool is not None else ()
        yield (call.with_argument(name, one) for one in others if one not in {value, "None"})
    inside = islice(numbers(site for site in sites(call) if "⟨" in site[0]), MOST_INSIDE)
    for number, make in inside:
        beside = (f"{int(number) + 1}", f"{int(number) - 1}") if number.isdigit() else ()
        yield map(make, (f"{number}1", f"{number}7", *beside))


def _is_made(inputs: Inputs, result: object, reached: Reached, filename: str) -> bool:
    """Whether a function made an object that shows no value, and what was `reached` is code of its class."""
    codes = {code for member in vars(type(result)).values() if isinstance(code := body.code_of(member), CodeType)}
    own = frozenset[int]().union(*(_lines(code) for code in codes if code.co_filename == filename))
    return body.code_of(inputs.function) not in codes and lines_of(reached) <= own and visible_text(result) is None


@lru_cache(maxsize=512)
def _lines(code: CodeType) -> frozenset[int]:
    """Those of a function, and of what is defined in it."""
    inner = (_lines(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return frozenset(line for _, _, line in code.co_lines() if line).union(*inner)


def unobserved(runner: Runner, call: Call, reached: Reached, of: Callable[[Outcome], Reached]) -> Reached:
    """What is reached by steps alone without which there is the same to say of the call: nobody looks at them.

    Args:
        runner: Runs calls.
        call: One that may have steps before it.
        reached: What it reaches of the wanted.
        of: Says that of an outcome.
    """
    # Two steps may reach the same, so that it is lost without both only.
    steps = dict.fromkeys([(), *(call.setup[:at] + call.setup[at + 1 :] for at in range(len(call.setup)))])
    fewer = [dataclasses.replace(call, setup=setup) for setup in steps]
    tried = [(other, runner.call(other)) for other in fewer]
    losing = [(other, lost) for other, outcome in tried if not outcome.refusal and (lost := reached - of(outcome))]
    shown = said(runner, call) if losing else []
    return frozenset[Any]().union(*(lost for other, lost in losing if said(runner, other) == shown))
