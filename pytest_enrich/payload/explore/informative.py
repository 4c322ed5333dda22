"""How much a call shows: the less, the poorer a test of it would be."""

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
"""How the `repr` of an empty container begins."""
NOT_ZERO = re.compile(r"[1-9]|[^\W\d_]{2}")
"""A digit other than zero, or a word: a text with one of these is more than a zero in some form."""
NONE = re.compile(r"(?<![A-Za-z])None(?![a-z])")
COMPARISONS = {"__eq__", "__ge__", "__gt__", "__le__", "__lt__", "__ne__"}
MOST_OTHERS, ENOUGH = 12, 2
"""How many values are tried in place of one, and how many of them have to give the same result."""
MOST_INSIDE = 8
"""How many numbers inside objects are looked at in this way."""


def informative_rank(outcome: Outcome) -> int:
    """0 for a call that shows something, 1 for an empty, zero or uniform result, 2 for None, 3 for a function."""
    if outcome.raised is not None:
        return 0
    if is_function(outcome.result):
        return SILENT + 1
    return SILENT if outcome.result is None else int(is_degenerate(outcome.result) or is_uniform(outcome.result))


def is_checked(outcome: Outcome, inputs: Inputs, call: Call) -> bool:
    """Whether the code under test itself refuses an argument of a wrong type.

    It does so by a `TypeError`, or by another exception if it checks the classes of all such arguments.
    """
    error = outcome.raised
    frames = traceback.extract_tb(error.__traceback__) if isinstance(error, Exception) else []
    is_raised = bool(frames) and (frames[-1].line or "").startswith(f"raise {type(error).__name__}")
    return is_raised and (isinstance(error, TypeError) or inputs.asks_for_kinds(call))


def _is_left(runner: Runner, outcome: Outcome) -> bool:
    """Whether the code under test returned `NotImplemented` for an operand, and Python refused it."""
    return is_handed_back(outcome.raised, (runner.line(at).strip() for _, at in outcome.branches))


def led_to_refusal(outcome: Outcome, runner: Runner, reached: Reached) -> Reached:
    """The part of what was reached that led to the exception: a test of it shows nothing of what went well before.

    That is the lines before those that the exception went through, at the same level or of the blocks around them.
    """
    ending = HANDED_BACK if _is_left(runner, outcome) else AGAIN
    again = (at for at in lines_of(reached) if ending.fullmatch(runner.line(at).strip()))
    leading = {number for at in again for number in _leading(runner, 1, at)}  # no traceback has these lines
    error, visited = outcome.raised, set[int]()
    while error is not None and id(error) not in visited:  # code may make a circle of contexts
        visited.add(id(error))
        for frame, at in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == runner.filename:
                leading |= set(_leading(runner, frame.f_code.co_firstlineno, at))
        error = error.__context__
    return frozenset(item for item in reached if (item[1] if isinstance(item, tuple) else item) in leading)


def _leading(runner: Runner, first: int, last: int) -> Iterator[int]:
    """The lines before the `last` that are at its level, and those that open the blocks around it."""
    level = indentation(runner.line(last))
    yield last
    for at in range(last - 1, first - 1, -1):
        text = runner.line(at)
        if text.strip() and (depth := indentation(text)) <= level:
            level = depth
            yield at


def is_function(result: object) -> bool:
    """Whether a result is a function or another object to be called."""
    if isinstance(result, FunctionType):
        return named(result) is None
    return callable(result) and not isinstance(result, type) and express(result) is None


def is_degenerate(result: Any) -> bool:
    """Whether a result says little: it is empty or zero, or a text or a tuple of just that."""
    if issubclass(type(result), str):  # a stand-in may claim to be a str
        return not result or VOID.search(result) is not None or ("0" in result and NOT_ZERO.search(result) is None)
    parts = result if isinstance(result, tuple) else [result]
    return not isinstance(result, bool) and all(map(_is_false, parts))


def is_uniform(result: object) -> bool:
    """Whether it has several parts that are all the same number or text, so that they cannot be told apart."""
    parts = result if isinstance(result, list | tuple) else ()
    return len(parts) > 1 and {*map(type, parts)} <= {int, float, str} and len({*parts}) == 1


def _is_false(value: object) -> bool:
    """Whether a value counts as false; not if asking raises an exception."""
    try:
        return not value
    except Exception:  # a __bool__ of the project's may raise
        return False


def is_void(runner: Runner, call: Call) -> bool:
    """Whether a call gives an object with nothing in it; a result that is false may be wanted."""
    outcome = runner.call(call)
    if outcome.raised is not None:
        return False
    if is_function(outcome.result):
        return all(map(is_empty, said(runner, call)))
    return is_degenerate(outcome.result) and not _is_false(outcome.result)


def ending(outcome: Outcome) -> str:
    """How it ended: with True, False, None, a value of a type, an empty value of a type, or an exception."""
    if outcome.raised is not None:
        return type(outcome.raised).__name__
    if outcome.result is None or isinstance(outcome.result, bool):
        return str(outcome.result)
    return f"{type(outcome.result).__name__}{'?' if is_degenerate(outcome.result) else ''}"


def lines_of(reached: Reached) -> set[int]:
    """The lines reached, and those that the branches reached lead to."""
    return {item[1] if isinstance(item, tuple) else item for item in reached}


def objection(runner: Runner, inputs: Inputs, call: Call, outcome: Outcome) -> str:
    """Why nobody would want a test of this call, "" if somebody may; `runner` repeats it to look at it."""
    is_unfit = not inputs.conforms(call) and not (is_checked(outcome, inputs, call) or _is_left(runner, outcome))
    if is_unfit:
        return "not what callers pass"
    if inputs.entry.name == "__hash__" and outcome.result is not True:
        return "nothing to observe"  # a hash shows nothing but that equal objects share it
    if is_of_today(outcome.result) or speaks_of_nothing(outcome, call):
        return "nothing to observe"
    is_telling = informative_rank(outcome) < SILENT or bool(said(runner, call))
    return "" if is_telling else "nothing to observe"


def speaks_of_nothing(outcome: Outcome, call: Call) -> bool:
    """Whether its text or message contains a `None` that nobody passed: something was not filled in.

    If None itself was passed, a message may mention it, but not a result.
    """
    output: Any = outcome.result if outcome.raised is None else _filled_in(outcome.raised)
    if not issubclass(type(output), str) or output == "None" or not NONE.search(output):
        return False
    return not any("None" in text and (text != "None" or outcome.raised is not None) for text, _ in sites(call))


def _filled_in(error: BaseException) -> str:
    """The message without texts that the raising code has as constants, such as `must be an int or None`."""
    message, frames = spoken(error), [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    constants = frames[-1].f_code.co_consts if frames else ()
    for text in (text for text in constants if isinstance(text, str) and NONE.search(text)):
        message = message.replace(text, "")
    return message


def rank(runner: Runner, inputs: Inputs, call: Call, outcome: Outcome, of: Callable[[Outcome], Reached]) -> int:
    """As `informative_rank`, but 0 for a function result that shows something itself.

    A new object, an exception from elsewhere, and a result that does not depend on what is reached show little.
    `of` says which of the wanted branches and lines an outcome reaches.
    """
    reached = of(outcome)
    if outcome.raised is not None:
        through = {at for _, at in traceback.walk_tb(outcome.raised.__traceback__)}
        return int(lines_of(reached).isdisjoint(through))
    if is_function(outcome.result) and (observations := said(runner, call)):
        return int(all(map(is_empty, observations)) or is_indifferent(runner, call, reached, of))
    is_new = inputs.entry.name in MAKERS or _is_made(inputs, outcome.result, reached, runner.filename)
    degree = max(informative_rank(outcome), int(is_new or is_reflexive(call)))
    return degree or int(is_indifferent(runner, call, reached, of))


def is_reflexive(call: Call) -> bool:
    """Whether an object is compared with one that is written the same: a test of that says little."""
    is_compared = call.qualname.rpartition(".")[2] in COMPARISONS
    return is_compared and call.receiver in {value for _, value in call.arguments}


def is_indifferent(runner: Runner, call: Call, reached: Reached, of: Callable[[Outcome], Reached]) -> bool:
    """Whether the call shows the same without an argument that it needs to reach what it reaches."""
    others = (call.exchanged("arguments", at) for at in range(len(call.arguments)))
    outcomes = [(other, runner.call(other)) for other in others]
    sound = ((other, of(outcome)) for other, outcome in outcomes if not outcome.refusal and outcome.raised is None)
    elsewhere = [other for other, others_reached in sound if reached.isdisjoint(others_reached)]
    observations = said(runner, call) if elsewhere else []
    return any(said(runner, other) == observations for other in elsewhere)


def is_ineffective(
    runner: Runner, inputs: Inputs, call: Call, of: Callable[[Outcome], Reached], until: float
) -> bool:
    """Whether some value in the call has no effect: with others in its place it reaches and shows the same.

    A start date for a duration of days is such a value, or a size of 1 where everything has size 1: a test with it
    says nothing about it. Exceptions and booleans are exempt: the first say what they are about, the second are
    shared by many values. False if it gets later than `until`, as this takes several calls.
    """
    first = runner.call(call)
    if first.raised is not None or isinstance(first.result, bool):
        return False
    reached, observations = of(first), said(runner, call)
    for others in _with_others(inputs, call, express(first.result)):
        matches = 0
        for other in islice(others, MOST_OTHERS):
            if time.monotonic() > until:
                return False
            outcome = runner.call(other)
            if outcome.refusal or outcome.raised is not None:
                continue  # this value is not comparable
            if not reached <= of(outcome) or said(runner, other) != observations:
                break
            matches += 1
            if matches == ENOUGH:
                return True
    return False


def _with_others(inputs: Inputs, call: Call, result: str | None) -> Iterator[Iterator[Call]]:
    """Calls with other values for each argument that is optional or the result, and each number inside."""
    for name, value in call.arguments:
        pool = inputs.pools.get(name) if name not in inputs.required or value == result else None
        others = dict.fromkeys((*pool.seen, *pool.plain, *pool.drawn)) if pool is not None else ()
        yield (call.with_argument(name, other) for other in others if other not in {value, "None"})
    inside = islice(numbers(site for site in sites(call) if "⟨" in site[0]), MOST_INSIDE)
    for number, make in inside:
        beside = (f"{int(number) + 1}", f"{int(number) - 1}") if number.isdigit() else ()
        yield map(make, (f"{number}1", f"{number}7", *beside))


def _is_made(inputs: Inputs, result: object, reached: Reached, filename: str) -> bool:
    """Whether a function made an object that cannot be written, and all that it `reached` is code of its class."""
    codes = {code for member in vars(type(result)).values() if isinstance(code := body.code_of(member), CodeType)}
    class_lines = frozenset[int]().union(*(_lines(code) for code in codes if code.co_filename == filename))
    return (
        body.code_of(inputs.function) not in codes
        and lines_of(reached) <= class_lines
        and visible_text(result) is None
    )


@lru_cache(maxsize=512)
def _lines(code: CodeType) -> frozenset[int]:
    """The lines of a function, and of functions defined in it."""
    inner = (_lines(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return frozenset(line for _, _, line in code.co_lines() if line).union(*inner)


def unobserved(runner: Runner, call: Call, reached: Reached, of: Callable[[Outcome], Reached]) -> Reached:
    """What only steps reach that can be left out without changing what the call shows: no test would notice.

    Args:
        runner: Runs calls.
        call: May have steps before it.
        reached: The wanted branches and lines that it reaches.
        of: Says which of them an outcome reaches.
    """
    # Two steps may reach the same, so that it is lost only without both.
    fewer = (call.exchanged("setup", at) for at in range(len(call.setup)))
    others = dict.fromkeys([dataclasses.replace(call, setup=()), *fewer])
    tried = [(other, runner.call(other)) for other in others]
    losing = [(other, lost) for other, outcome in tried if not outcome.refusal and (lost := reached - of(outcome))]
    observations = said(runner, call) if losing else []
    return frozenset[Any]().union(*(lost for other, lost in losing if said(runner, other) == observations))
