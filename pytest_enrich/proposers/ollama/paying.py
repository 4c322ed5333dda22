"""Which strategies of a model lead to tests that are kept, folded from the attempts of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from pytest_enrich.data import Attempt, Kept

BARREN = 16
"""So many questions of which none led to a candidate are enough."""
IDLE = 12
"""So many questions in a row of whose candidates none was kept are, too."""


class Paid(Struct, frozen=True, kw_only=True):
    """What became of a strategy: how many candidates were tried and kept.

    `idle` are the questions since the last one of which a candidate was kept. Candidates of one question are not
    counted one by one: after one that closes the gap the others close none.
    """

    tried: int = 0
    kept: int = 0
    idle: int = 0


NOTHING = Paid()


def fold(attempts: Iterable[Attempt], model: str) -> Mapping[str, Paid]:
    """Of each strategy of this model, what it came to."""
    found: dict[str, dict[str, list[bool]]] = {}
    for attempt in attempts:
        origin = attempt.candidate.origin
        if origin.model == model and origin.strategy:
            questions = found.setdefault(origin.strategy, {})
            questions.setdefault(origin.prompt, []).append(isinstance(attempt.verdict, Kept))
    return {strategy: _paid(list(questions.values())) for strategy, questions in found.items()}


def _paid(questions: Sequence[Sequence[bool]]) -> Paid:
    paying = [at for at, kept in enumerate(questions, 1) if any(kept)]
    return Paid(
        tried=sum(map(len, questions)), kept=sum(map(sum, questions)), idle=len(questions) - max(paying, default=0)
    )


def is_spent(paid: Paid, asked: int, *, reached: bool) -> bool:
    """Whether a strategy has led nowhere for so long; `reached` says that one of its questions did."""
    return paid.idle >= IDLE or (asked >= BARREN and not reached and not paid.tried)
