"""A row of a test with other values in some of its holes."""

from __future__ import annotations

import dataclasses

from ..explore.calls import Call


@dataclasses.dataclass(frozen=True)
class Variation:
    """Row `row` of a test with other values (templates) in some holes, in the order of the holes."""

    row: int
    values: tuple[tuple[int, str], ...]

    def with_value(self, hole: int, value: str) -> Variation:
        """The same with this value."""
        return dataclasses.replace(self, values=tuple(sorted({**dict(self.values), hole: value}.items())))

    def call(self) -> Call:
        """Its values as arguments, for what works with calls."""
        return Call("", tuple((str(hole), value) for hole, value in self.values))

    def of(self, call: Call) -> Variation:
        """The same row with the arguments of such a call."""
        return Variation(self.row, tuple((int(hole), value) for hole, value in call.arguments))
