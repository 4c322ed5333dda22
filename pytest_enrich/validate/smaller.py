"""A candidate that passed, with less in it: whatever is left out, the proof is made again without it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Candidate, Dropped, NewTest
from pytest_enrich.errors import RefusedError
from pytest_enrich.validate import check, gain, kills, minimal
from pytest_enrich.validate.gain import Gained
from pytest_enrich.validate.kills import Counted, Placed
from pytest_enrich.validate.minimal import Parts
from pytest_enrich.validate.proof import Proof
from pytest_enrich.validate.telling import expects


def find(proof: Proof, first: Gained, counted: Counted, parts: Parts | None) -> Proof:
    """The smallest candidate found that closes and kills the same, in its place; `proof` when it is that already.

    Args:
        proof: One that passed.
        first: What it closes.
        counted: What it kills; where that is nothing, nobody can say what is needed.
        parts: Its assertions, when it has several.
    """
    if not counted.killed or not isinstance(proof.candidate, NewTest):
        return proof
    holds = partial(_holds, proof, first, counted)
    least: NewTest = proof.candidate
    chosen = minimal.smallest(frozenset(one.id for one in counted.killed), counted.by_part)
    if parts is not None and chosen is not None:
        least = _fewest(parts, parts.completed(chosen), holds)
    least = minimal.reduce(least, holds)
    return proof if least is proof.candidate else _put(proof, least)


def _fewest(parts: Parts, needed: tuple[int, ...], holds: Callable[[NewTest], bool]) -> NewTest:
    """The test with the assertions that kill something, and with those without which it closes less."""
    kept = tuple(range(len(parts.each)))
    spare = [at for at in kept if at not in needed]
    if spare and holds(only := parts.only(needed)):
        return only
    for at in spare[::-1] if len(spare) > 1 else ():
        fewer = tuple(one for one in kept if one != at)
        kept = fewer if holds(parts.only(fewer)) else kept
    return parts.only(kept) if len(kept) < len(parts.each) else parts.whole


def placed(proof: Proof, parts: Parts | None = None) -> Placed:
    """The candidate in its file, its parts beside it."""
    place = proof.candidate.placement
    stem = proof.nodeid.removesuffix(proof.candidate.name)
    each = parts.each if parts else ()
    text = patch.insert_each(proof.task.test_text, [proof.candidate, *each]) if each else proof.text
    names = tuple(f"{stem}{part.name}" for part in each)
    looks = not isinstance(proof.candidate, NewTest) or expects(proof.candidate.code)
    return Placed(path=place.path, text=text, tests=proof.nodeids, parts=names, expects=looks)


def _holds(proof: Proof, first: Gained, counted: Counted, candidate: NewTest) -> bool:
    """Whether a candidate climbs the ladder again and does as much as the one that `proof` is about."""
    again = instead(proof, candidate)
    if again is None:
        return False
    found = gain.measure(again)
    if isinstance(found, Dropped) or not found.holds(first):
        return False
    return kills.all_by(proof.task, placed(again), counted, proof.sandbox, seconds=found.seconds)


def instead(proof: Proof, candidate: Candidate) -> Proof | None:
    """Another candidate in the place of the proof's; None when it is not sound, or does not fit there."""
    if check.text(proof.task, candidate) is not None:
        return None
    try:
        return _put(proof, candidate)
    except RefusedError:
        return None


def _put(proof: Proof, candidate: Candidate) -> Proof:
    return replace(proof, candidate=candidate, text=patch.insert(proof.task.test_text, candidate))
