"""How much what a call did tells: the less, the poorer a test of it."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from types import CodeType, FunctionType
from typing import Any

from ..express import express, named
from ..rules import body
from .calls import Call, changeable, dump, program
from .entry import MAKERS, Entry
from .inputs import Inputs
from .observe import said
from .run import Outcome, Runner
from .stated import visible_text
from .templates import NUMBER
from .trace import Branch, Reached

SILENT = 2
ALTERNATIVES = 5
MOST = 140
MOST_NEAR = 16
MOST_WAYS = 400


def informative_rank(outcome: Outcome) -> int:
    """0 for a call with something to say, 1 for an empty or zero result, 2 for None, 3 for a function."""
    if outcome.raised is not None:
        return 0
    if is_function(outcome.result):
        return SILENT + 1
    return SILENT if outcome.result is None else int(is_degenerate(outcome.result))


def is_checked(outcome: Outcome) -> bool:
    """Whether the code under test itself says that an argument is of a wrong type."""
    frames = traceback.extract_tb(outcome.raised.__traceback__) if type(outcome.raised) is TypeError else []
    return bool(frames) and (frames[-1].line or "").startswith("raise TypeError")


def is_function(result: object) -> bool:
    """Whether a result is there to be called."""
    if isinstance(result, FunctionType):
        return named(result) is None
    return callable(result) and not isinstance(result, type) and express(result) is None


def is_degenerate(result: object) -> bool:
    """Whether a result says little: nothing in it, or zero."""
    try:
        return not isinstance(result, bool) and not result
    except Exception:  # a __bool__ of the project's may raise
        return True


def ending(outcome: Outcome) -> str:
    """What sort of end it is: yes, no, nothing, something of a type, something empty of it, an exception."""
    if outcome.raised is not None:
        return type(outcome.raised).__name__
    if outcome.result is None or isinstance(outcome.result, bool):
        return str(outcome.result)
    return f"{type(outcome.result).__name__}{'?' if is_degenerate(outcome.result) else ''}"


def raised_through(error: BaseException) -> set[int]:
    """The numbers of the lines that the exception went through, of all files."""
    return {frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__)}


@dataclasses.dataclass(frozen=True)
class Find:
    """A call, what it reaches of what is wanted, and how good a test it promises (smaller is better)."""

    call: Call
    inputs: Inputs
    reached: Reached
    rank: int

    @cached_property
    def oddness(self) -> int:
        """How far it is from what callers pass."""
        return self.inputs.oddness(self.call)

    @cached_property
    def is_usual(self) -> bool:
        """Whether callers pass such arguments; a `TypeError` that the code raises itself needs others."""
        return self.inputs.conforms(self.call)

    @cached_property
    def cost(self) -> tuple[bool, int, int, int]:
        """What to prefer among calls that reach the same."""
        return not self.is_usual, self.rank, self.oddness, self.call.size

    @property
    def is_poor(self) -> bool:
        """Whether it says little, where other calls of the function may say more."""
        return bool(self.rank) and (self.inputs.entry.answers or self.inputs.entry.name in MAKERS)


def lines_of(reached: Reached) -> set[int]:
    """The lines, and those that the branches lead to."""
    return {item[1] if isinstance(item, tuple) else item for item in reached}


def best(held: Sequence[Find], find: Find) -> list[Find]:
    """The few best for something, best first, of those `held` for it so far and one more; a few of each function.

    A call of one function that says little may lead to one that says more than those of all others.
    """
    own = [one for one in held if one.inputs is find.inputs]
    is_full = len(own) >= ALTERNATIVES
    if (is_full and find.cost >= own[-1].cost) or find.call in [one.call for one in own]:
        return [*held]
    others = [one for one in held if not is_full or one is not own[-1]]
    return sorted([*others, find], key=lambda one: one.cost)


def choose(finds: Mapping[Branch | int, Sequence[Find]]) -> list[Find]:
    """The fewest that together reach all that was reached: greedily, most first.

    Args:
        finds: By what they reach.
    """
    left = set(finds)
    chosen: list[Find] = []
    every = {id(find): find for held in finds.values() for find in held}.values()
    while left:
        most = max(every, key=lambda find: (len(find.reached & left), *(-part for part in find.cost)))
        chosen.append(dataclasses.replace(most, reached=frozenset(most.reached & left)))
        left -= most.reached
    return chosen


class Corpus:
    """For each way through the code that was seen, and each sort of end, the smallest call that took it."""

    def __init__(self) -> None:
        self._by_way: dict[tuple[frozenset[Branch], str], Call] = {}

    def add(self, call: Call, outcome: Outcome) -> None:
        """A call was made, and this came of it."""
        way = outcome.branches, ending(outcome)
        held = self._by_way.get(way)
        if (held is None and len(self._by_way) < MOST_WAYS) or (held is not None and call.size < held.size):
            self._by_way[way] = call

    def chosen(self, found: Sequence[Call], around: Sequence[Call], constants: Iterable[str]) -> list[Call]:
        """At most `MOST`: those that were `found`, others close to them (`around` too), and one of each way."""
        numbers = [int(text) for text in constants if NUMBER.fullmatch(text)]
        near = [other for call in found for other in _near(call, numbers)][:MOST_NEAR]
        return list(dict.fromkeys([*found, *around, *near, *self._by_way.values()]))[:MOST]


def _near(call: Call, numbers: Sequence[int]) -> Iterator[Call]:
    """The call with one number a little other, or what the source compares with: limits are off by one."""
    for name, value in call.arguments:
        if NUMBER.fullmatch(value) and name:
            own = int(value)
            others = dict.fromkeys([own - 1, own + 1, *(one + by for one in numbers for by in (0, -1, 1))])
            yield from (call.with_argument(name, repr(other)) for other in others if other != own)


def written(
    chosen: Iterable[Call], entries: Mapping[str, Entry], testable: Collection[Call] = ()
) -> list[dict[str, Any]]:
    """The programs that make the calls (`data.Program`); what a call may change has a variable of its own.

    Of those that are `testable` the call is there as well.
    """
    records = []
    for call in chosen:
        made = dataclasses.asdict(program(call, entries, changeable(call)))
        record = {key: made[key] for key in ("lines", "action", "expression")}
        records.append({**record, "call": dump(call) if call in testable else None})
    return records


def objection(runner: Runner, inputs: Inputs, call: Call, outcome: Outcome) -> str:
    """Why nobody would want a test of this call, "" when somebody may; `runner` makes it again to look at it."""
    if not inputs.conforms(call) and not is_checked(outcome):
        return "not what callers pass"
    if inputs.entry.name == "__hash__" and outcome.result is not True:
        return "nothing to observe"  # the hash of an object tells nothing but that it is this one
    is_telling = informative_rank(outcome) < SILENT or bool(said(runner, call))
    return "" if is_telling else "nothing to observe"


def rank(inputs: Inputs, outcome: Outcome, reached: Reached, filename: str) -> int:
    """As `telling.rank`; a new object, or an exception from elsewhere, most often shows little of `reached`."""
    if outcome.raised is not None:
        return int(not lines_of(reached) & raised_through(outcome.raised))
    is_new = inputs.entry.name in MAKERS or _is_made(inputs, outcome.result, reached, filename)
    return max(informative_rank(outcome), int(is_new))


def _is_made(inputs: Inputs, result: object, reached: Reached, filename: str) -> bool:
    """Whether a function made an object that shows no value, and what was `reached` is code of its class."""
    codes = {code for one in vars(type(result)).values() if isinstance(code := body.code_of(one), CodeType)}
    own = frozenset[int]().union(*(_lines(code) for code in codes if code.co_filename == filename))
    return body.code_of(inputs.function) not in codes and lines_of(reached) <= own and visible_text(result) is None


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
