"""Variations to try: what stands near, what chance says, and of these the ones that are new."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator

from .subject import Subject
from .variation import Variation


def promising(subject: Subject, bases: list[Variation], chance: random.Random) -> Iterator[Variation]:
    """Each promising value in each hole, best first."""
    for rank in range(max((len(pool.promising) for pool in subject.pools), default=0)):
        for hole, pool in enumerate(subject.pools):
            for base in (bases[0], chance.choice(bases)):
                if rank < len(pool.promising):
                    yield base.with_value(hole, pool.promising[rank])


def offered(subject: Subject, bases: list[Variation]) -> Iterator[Variation]:
    """Each offer, in one of `bases` after the other; the first is enough for one that leaves nothing of it."""
    for number, base in enumerate(list(bases)):
        for values in subject.offers:
            if not number or len(values) < len(subject.pools):
                yield functools.reduce(lambda one, change: one.with_value(*change), values, base)


def drawn(subject: Subject, bases: list[Variation], chance: random.Random) -> Iterator[Variation]:
    """Whatever chance says about growing `bases`."""
    while subject.pools:
        variation = chance.choice(bases)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            hole = chance.randrange(len(subject.pools))
            value = subject.pools[hole].any(chance, subject.value(variation, hole))
            variation = variation.with_value(hole, value)
        yield variation


def fresh(subject: Subject, ideas: Iterator[Variation], tried: set[Variation], size: int) -> Iterator[Variation]:
    """The next ideas that fit and were not tried; none when there are only old ones."""
    found = old = 0
    while found < size and old < 20 * size:
        variation = next(ideas, None)
        if variation is None:
            return
        if variation in tried or not subject.fits(variation):
            old += 1
            continue
        tried.add(variation)
        found += 1
        yield variation
