"""Calls besides the findings, to be repeated on mutants: variations of findings, and one for each way."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from ..engine import guide
from ..engine.search import Result, Search
from ..engine.trace import Branch
from .calls import Call, changeable, dump, ordered, program
from .entry import Entry
from .informative import ending
from .run import Outcome
from .varied import Varied

if TYPE_CHECKING:
    from .function import Function
    from .inputs import Inputs

MOST = 140
MOST_WAYS = 400
TRIES = 200
MOST_AROUND, MOST_OF_ALL = 20, 120
LONGER, LONGEST = 2, 120
MOST_EDGES, FILLED = 6, 8


class Corpus:
    """The smallest call for each way through the code that was seen, and each way to end."""

    def __init__(self) -> None:
        self._by_way: dict[tuple[frozenset[Branch], str], Call] = {}

    def add(self, call: Call, outcome: Outcome) -> None:
        """Keep a call that was made if it is the smallest of its way."""
        way = outcome.branches, ending(outcome)
        smallest = self._by_way.get(way)
        if len(self._by_way) < MOST_WAYS if smallest is None else call.size < smallest.size:
            self._by_way[way] = call

    def chosen(self, found: Sequence[Call], around: Sequence[Call]) -> list[Call]:
        """At most `MOST` calls: those `found`, others `around` them, and one of each way."""
        return list(dict.fromkeys([*found, *around, *self._by_way.values()]))[:MOST]


def written(
    chosen: Iterable[Call], entries: Mapping[str, Entry], testable: Collection[Call] = ()
) -> list[dict[str, Any]]:
    """The programs that make the calls (`data.Program`), with a variable for each argument that a call may change.

    Those of `testable` calls come with the call itself.
    """
    programs = ((call, program(call, entries, changeable(call))) for call in chosen)
    return [{**made.dump(), "call": dump(call) if call in testable else None} for call, made in programs]


def around(
    search: Search[Function], result: Result[Function], call: Call, results: int, until: float
) -> list[Call]:
    """A few calls near the reduced `call` of a result that reach the same and that callers might make.

    Those on objects as tests have them come first, then the shortest; the more `results`, the fewer calls.
    """
    varied = Varied(result.subject.inputs, random.Random(search.limits.seed))  # noqa: S311 - no secret
    drawn = dict.fromkeys(varied.any([call]) for _ in range(TRIES))
    short = (other for other in drawn if other != call and other.size <= LONGER * call.size + LONGER)
    by_size = sorted(short, key=lambda other: other.size)
    filled = islice(_filled(result.subject.inputs, call), FILLED)
    fitting = (other for other in (*filled, *by_size) if _fits(search, result, other, until))
    return list(islice(fitting, min(MOST_AROUND, MOST_OF_ALL // results)))


def _filled(inputs: Inputs, call: Call) -> Iterator[Call]:
    """Calls of tests with the options of this one: an object without content shows the same with any options."""
    bare = f"{(call.receiver or '').partition('(')[0]}()"
    for known in sorted(dict.fromkeys(inputs.calls), key=lambda known: known.size):
        receiver = known.receiver and known.receiver.replace(bare, call.receiver or bare, 1)
        passed = dict(known.arguments)
        options = [pair for pair in call.arguments if pair[0] and pair[0] not in passed]
        other = dataclasses.replace(known, receiver=receiver, arguments=(*known.arguments, *options))
        if other != known:
            yield ordered(other, inputs.entry)


def _fits(search: Search[Function], result: Result[Function], call: Call, until: float) -> bool:
    if time.monotonic() > until or not result.subject.inputs.is_usual(call):
        return False
    outcome = result.subject.runner.call(call)
    return not outcome.refusal and result.reached <= search.reached(outcome)


def edges(result: Result[Function], call: Call, until: float) -> Iterator[Call]:
    """A few calls at the limits of the conditions that a result is about, without those that are refused."""
    lines = {item[0] if isinstance(item, tuple) else item for item in result.reached}
    function = result.subject
    near = guide.edges(function.inputs, function.watch, call, lines)
    in_time = takewhile(lambda _: time.monotonic() < until, near)
    return islice((other for other in in_time if not function.runner.call(other).refusal), MOST_EDGES)
