"""Which of the suggestions of several jobs are worth a person's time: the greedy choice of a run, made again.

A run leaves a test out when it closes only gaps that the tests before it close. Jobs do not know of each other, so
this is looked at once more when all are together, in the order in which one run would have come to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import get_args

from msgspec import Struct

from pytest_enrich.data import Grade, Suggestion

GRADES: tuple[Grade, ...] = get_args(Grade)
_LAST = 1 << 31


class Offer(Struct, frozen=True, kw_only=True):
    """A suggestion that one of the folders brings.

    Attributes:
        suggestion: As it lies there.
        place: Of its function in the order of a run, 0 where it is not known.
        folder: Which folder brings it, from 1; 0 is the one that is merged into.
        turn: Its position among those of its folder.
    """

    suggestion: Suggestion
    place: int = 0
    folder: int = 0
    turn: int = 0

    @property
    def closes(self) -> frozenset[str]:
        """The ids of all gaps that it closes."""
        return frozenset({self.suggestion.id, *self.suggestion.gap.also_closes})


class Choice(Struct, frozen=True, kw_only=True):
    """What is kept, in the order of a run; the worse of those with one id; what adds nothing to others."""

    kept: tuple[Offer, ...]
    worse: tuple[Offer, ...]
    repeated: tuple[Offer, ...]


def choose(offers: Iterable[Offer], closed: Collection[str] = ()) -> Choice:
    """The best of each id, less those that close only what is `closed` or what those before them close.

    What waits in the folder that is merged into comes first and always stays: people may have seen it.
    """
    ordered = sorted(offers, key=_worth)
    best: dict[str, Offer] = {}
    for offer in ordered:
        best.setdefault(offer.suggestion.id, offer)
    waiting = {offer.suggestion.id for offer in ordered if offer.folder == 0}
    kept, repeated = _greedy(sorted(best.values(), key=lambda one: _turn(one, waiting)), waiting, closed)
    worse = [offer for offer in ordered if offer is not best[offer.suggestion.id]]
    return Choice(kept=tuple(kept), worse=tuple(worse), repeated=tuple(repeated))


def _greedy(
    offers: Sequence[Offer], waiting: Collection[str], closed: Iterable[str]
) -> tuple[list[Offer], list[Offer]]:
    known, kept, repeated = set(closed), [], []
    for offer in offers:
        if offer.closes <= known and offer.suggestion.id not in waiting:
            repeated.append(offer)
        else:
            kept.append(offer)
            known |= offer.closes
    return kept, repeated


def _worth(offer: Offer) -> tuple[int, ...]:
    """Best first: the grade, then how much it closes and notices; of equals the one that was there first."""
    one = offer.suggestion
    return (
        GRADES.index(one.grade),
        -len(offer.closes),
        -one.proof.mutants.killed,
        offer.folder,
        offer.turn,
    )


def _turn(offer: Offer, waiting: Collection[str]) -> tuple[object, ...]:
    gap = offer.suggestion.gap
    return (
        offer.suggestion.id not in waiting,
        offer.place or _LAST,
        gap.path if not offer.place else "",
        gap.qualname if not offer.place else "",
        offer.folder,
        offer.turn,
    )
