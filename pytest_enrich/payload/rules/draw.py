"""Strategies, which draw values at random: the same ones for the same number.

Thousands of values are drawn before the first call is made: each must cost next to nothing.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")
TRIES = 4
"""How many times as many values are drawn as are wanted: some come twice."""


@dataclasses.dataclass(frozen=True)
class Strategy(Generic[T]):
    """Draws values; an empty strategy has none to draw."""

    draw: Callable[[random.Random], T]
    is_empty: bool = False

    def map(self, change: Callable[[T], S]) -> Strategy[S]:
        """A strategy for the same values, each changed."""
        return Strategy(lambda chance: change(self.draw(chance)), self.is_empty)


def nothing() -> Strategy[Any]:
    """The empty strategy."""
    return Strategy(lambda _chance: None, is_empty=True)


def just(value: T) -> Strategy[T]:
    """Draws always the same value."""
    return Strategy(lambda _chance: value)


def sampled(values: Iterable[T]) -> Strategy[T]:
    """Draws one of some values."""
    options = tuple(values)
    return Strategy(lambda chance: chance.choice(options), not options)


def one_of(strategies: Iterable[Strategy[T]]) -> Strategy[T]:
    """Draws from one of the strategies."""
    options = [strategy for strategy in strategies if not strategy.is_empty]
    return Strategy(lambda chance: chance.choice(options).draw(chance), not options)


def together(strategies: Iterable[Strategy[T]]) -> Strategy[tuple[T, ...]]:
    """Draws from each of the strategies."""
    parts = [*strategies]
    return Strategy(
        lambda chance: tuple(part.draw(chance) for part in parts), any(part.is_empty for part in parts)
    )


def several(strategy: Strategy[T], most: int) -> Strategy[list[T]]:
    """Draws any number of values from a strategy, up to `most`, most often few."""
    return Strategy(
        lambda chance: [strategy.draw(chance) for _ in range(chance.randint(0, chance.randint(1, most)))]
    )


def whole(digits: int) -> Strategy[int]:
    """Whole numbers of up to so many digits, most often few."""
    return Strategy(
        lambda chance: (
            chance.choice((1, 1, -1)) * chance.randrange(10 ** chance.randint(1, chance.randint(1, digits)))
        )
    )


def between(low: int, high: int) -> Strategy[int]:
    """Whole numbers from `low` to `high`."""
    return Strategy(lambda chance: chance.randint(low, high))


def drawn(strategy: Strategy[str], number: int, count: int = 60) -> tuple[str, ...]:
    """What is drawn from a strategy for this `number`, each once; fewer, or none, where it has no more."""
    chance = random.Random(number)  # noqa: S311 - no secret
    values: dict[str, None] = {}
    for _ in range(0 if strategy.is_empty else TRIES * count):
        values[strategy.draw(chance)] = None
        if len(values) == count:
            break
    return tuple(values)
