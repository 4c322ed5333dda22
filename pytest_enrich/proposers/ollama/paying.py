"""Which strategies of a model lead to tests that are kept, folded from the attempts of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Kept

BARREN = 16
"""So many questions of which none led to a candidate are enough."""
IDLE = 12
"""So many candidates in a row of which none was kept are, too."""


class Paid(Struct, frozen=True, kw_only=True):
    """What became of a strategy's candidates; `idle` are those since the last one that was kept."""

    tried: int = 0
    kept: int = 0
    idle: int = 0

    def after(self, attempt: Attempt) -> Paid:
        """With one more attempt."""
        if isinstance(attempt.verdict, Kept):
            return Paid(tried=self.tried + 1, kept=self.kept + 1)
        return replace(self, tried=self.tried + 1, idle=self.idle + 1)


NOTHING = Paid()


def fold(attempts: Iterable[Attempt], model: str) -> Mapping[str, Paid]:
    """Of each strategy of this model, what it came to."""
    found: dict[str, Paid] = {}
    for attempt in attempts:
        origin = attempt.candidate.origin
        if origin.model == model and origin.strategy:
            found[origin.strategy] = found.get(origin.strategy, NOTHING).after(attempt)
    return found


def is_spent(paid: Paid, asked: int, *, reached: bool) -> bool:
    """Whether a strategy has led nowhere for so long; `reached` says that one of its questions did."""
    return paid.idle >= IDLE or (asked >= BARREN and not reached and not paid.tried)
