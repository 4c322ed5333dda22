"""A few of the calls that a search made, as different from each other as can be, for others to repeat."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .calls import Call, changeable, dump, program
from .entry import Entry
from .mutate import NUMBER
from .run import Outcome
from .telling import ending
from .trace import Branch

MOST = 140
MOST_NEAR = 16
MOST_WAYS = 400


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
