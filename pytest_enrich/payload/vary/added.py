"""Values of what a test passes besides: those that were offered, and texts and numbers that come near."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cached_property

from ..explore.mutate import literals
from .names import Names, Path
from .pool import Pool


class Added(Pool):
    """A pool of a place where nothing stands in the rows.

    Args:
        rows: What stands for nothing, in each row.
        offers: Values to try, best first.
        names: Of the test file.
    """

    def __init__(self, rows: Sequence[str], offers: Sequence[str], names: Names) -> None:
        super().__init__(rows, names, (), (), offers)
        self._offers = tuple(offers)

    def fits(self, template: str) -> bool:
        """Whether it was offered, or is a plain value of the same type as one that was."""
        if super().fits(template):
            return True
        return bool(literals(template)) and self._names.parts(template) in self._kinds

    @cached_property
    def _kinds(self) -> frozenset[frozenset[Path]]:
        """What the offered plain values are made of."""
        return frozenset(self._names.parts(one) for one in self._offers if literals(one))

    @cached_property
    def promising(self) -> tuple[str, ...]:
        """What was offered."""
        return self._offers

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The same."""
        return self._offers

    def any(self, chance: random.Random, value: str) -> str:
        """One of the offers; `value` when there are none."""
        return chance.choice(self._offers) if self._offers else value

    def strangeness(self, value: str) -> int:
        """A value that nobody offered is one sign to stumble over."""
        return int(value not in self._offers)
