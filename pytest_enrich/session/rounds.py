"""In which order those who think of tests go over the targets: a model last, for what the others left open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from pytest_enrich.config import MODEL, Budget
from pytest_enrich.data import Target
from pytest_enrich.pipeline import Purse

# While a model may still be asked, what the others may use of the budget; what is left over is theirs again.
EARLY_PART = 0.5


class Round(Struct, frozen=True, kw_only=True):
    """One walk over the targets.

    Attributes:
        names: The proposers that are asked.
        after: Those that must be done with a gap before.
        part: Of what is left of the budget, how much may be used.
    """

    names: tuple[str, ...]
    after: tuple[str, ...] = ()
    part: float = 1.0

    def budget(self, budget: Budget, whole: Purse) -> Budget:
        """What this round may use; a budget in executions is each round's."""
        if budget.seconds is None:
            return budget
        return Budget(seconds=max(whole.left, 0.0) * self.part)


def plan(names: Sequence[str], *, model: bool) -> tuple[Round, ...]:
    """The rounds for these proposers; `model` says whether there is one to be asked."""
    others = tuple(name for name in names if name != MODEL)
    if not model:
        return (Round(names=others),) if others else ()
    last = Round(names=(MODEL,), after=others)
    return (Round(names=others, part=EARLY_PART), last, Round(names=others)) if others else (last,)


def by_module(targets: Iterable[Target]) -> list[Target]:
    """Those of one module together, in the order of the first: what their questions share is read once."""
    found: dict[str, list[Target]] = {}
    for target in targets:
        found.setdefault(target.path, []).append(target)
    return [target for group in found.values() for target in group]
