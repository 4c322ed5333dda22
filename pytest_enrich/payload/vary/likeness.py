"""How much a changed text still has of the one that the test's author wrote."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

LONG = 20
FEWEST = 4
"""Signs in a row: fewer are alike by chance."""
QUOTES = {"'", '"'}


def keeps(own: str, found: str, smaller: str) -> bool:
    """Whether `smaller` has what `found` shares with the author's `own` text, where that is most of a long one.

    What is left of a text that was cut until nothing more could go says less than the whole with a change in it.

    Args:
        own: The author's, as all of them a template.
        found: What came of it.
        smaller: The same with less in it.
    """
    if own[:1] not in QUOTES or len(own) < LONG:
        return True
    shared = _shared(own, found)
    if 2 * sum(map(len, shared)) < len(own):
        return True
    return _has_in_order(smaller, shared)


def _has_in_order(text: str, pieces: Iterable[str]) -> bool:
    at = 0
    for piece in pieces:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@lru_cache(maxsize=64)  # of each find many that are smaller are asked about
def _shared(one: str, other: str) -> tuple[str, ...]:
    """The pieces that both have, in order."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return tuple(one[block.a : block.a + block.size] for block in blocks if block.size >= FEWEST)
