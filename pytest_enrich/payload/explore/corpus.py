"""Calls beside those that are shown, which others repeat on changed code: a little other, and one of each way."""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from ..engine import guide
from ..engine.search import Result, Search
from ..engine.trace import Branch
from .calls import Call, changeable, dump, program
from .entry import Entry
from .informative import ending
from .run import Outcome
from .varied import Varied

if TYPE_CHECKING:
    from .function import Function

MOST = 140
MOST_WAYS = 400
TRIES = 200
MOST_AROUND, MOST_OF_ALL = 20, 120
LONGER, LONGEST = 2, 120
MOST_EDGES = 6


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

    def chosen(self, found: Sequence[Call], around: Sequence[Call]) -> list[Call]:
        """At most `MOST`: those that were `found`, others `around` them, and one of each way."""
        return list(dict.fromkeys([*found, *around, *self._by_way.values()]))[:MOST]


def written(
    chosen: Iterable[Call], entries: Mapping[str, Entry], testable: Collection[Call] = ()
) -> list[dict[str, Any]]:
    """The programs that make the calls (`data.Program`); what a call may change has a variable of its own.

    Of those that are `testable` the call is there as well.
    """
    return [
        {**program(call, entries, changeable(call)).dump(), "call": dump(call) if call in testable else None}
        for call in chosen
    ]


def around(
    search: Search[Function], result: Result[Function], call: Call, results: int, until: float
) -> list[Call]:
    """A few calls that reach the same as a result, near the plain `call` that it became, which callers might make.

    The shortest first; the more `results`, the fewer.
    """
    varied = Varied(result.subject.inputs, random.Random(search.limits.seed))  # noqa: S311 - no secret
    drawn = dict.fromkeys(varied.any([call]) for _ in range(TRIES))
    short = (other for other in drawn if other != call and other.size <= LONGER * call.size + LONGER)
    every = sorted(short, key=lambda other: other.size)
    fitting = (other for other in every if _fits(search, result, other, until))
    return list(islice(fitting, min(MOST_AROUND, MOST_OF_ALL // results)))


def _fits(search: Search[Function], result: Result[Function], call: Call, until: float) -> bool:
    if time.monotonic() > until or not result.subject.inputs.is_usual(call):
        return False
    outcome = result.subject.runner.call(call)
    return not outcome.refusal and result.reached <= search.reached(outcome)


def edges(result: Result[Function], call: Call, until: float) -> Iterator[Call]:
    """A few calls at the limits of the conditions whose outcome a result is about, where they end as calls do."""
    lines = {item[0] if isinstance(item, tuple) else item for item in result.reached}
    function = result.subject
    found = guide.edges(function.inputs, function.watch, call, lines)
    in_time = takewhile(lambda _: time.monotonic() < until, found)
    return islice((other for other in in_time if not function.runner.call(other).refusal), MOST_EDGES)
