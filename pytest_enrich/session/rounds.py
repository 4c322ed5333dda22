"""In which order those who think of tests go over the targets: a model last, for what the others left open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from pytest_enrich.config import MODEL, Budget
from pytest_enrich.data import Target
from pytest_enrich.pipeline.purse import Purse

# While a model may still be asked, what the others may use of the budget; what is left over is theirs again.
EARLY_PART = 0.5
# What a model may use of the rest: with what it said the others have a second turn.
MODEL_PART = 0.8
# With less than that left another walk over the targets gives nothing.
SHORTEST_WALK = 10.0


class Round(Struct, frozen=True, kw_only=True):
    """One walk over the targets.

    Attributes:
        names: The proposers that are asked.
        after: Those that must be done with a gap before.
        part: Of what is left of the budget, how much may be used.
        depth: How often the same were asked before in this run: each time one target may take twice as
            long, and something else is drawn.
    """

    names: tuple[str, ...]
    after: tuple[str, ...] = ()
    part: float = 1.0
    depth: int = 0

    @property
    def patience(self) -> int:
        """How many times longer than at first one target may take."""
        return 1 << self.depth

    @property
    def asks_solver(self) -> bool:
        """Whether a solver, which takes seconds, is asked where there is one: for what all else left open."""
        return self.depth > 0

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
    last = Round(names=(MODEL,), after=others, part=MODEL_PART if others else 1.0)
    return (Round(names=others, part=EARLY_PART), last, Round(names=others)) if others else (last,)


def deeper(names: Sequence[str], whole: Purse) -> Iterator[Round]:
    """More walks over what is open, as long as there is time; a budget in executions was shared out at once."""
    others = tuple(name for name in names if name != MODEL)
    depth = 0
    while others and not whole.is_counted and whole.left >= SHORTEST_WALK:
        depth += 1
        yield Round(names=others, depth=depth)


def by_module(targets: Iterable[Target]) -> list[Target]:
    """Those of one module together, in the order of the first: what their questions share is read once."""
    found: dict[str, list[Target]] = {}
    for target in targets:
        found.setdefault(target.path, []).append(target)
    return [target for group in found.values() for target in group]
