"""What a search finds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import cached_property

from .calls import Call
from .inputs import Inputs
from .operators import MAKERS
from .trace import Branch, Reached

ALTERNATIVES = 5


@dataclasses.dataclass(frozen=True)
class Find:
    """A call, what it reaches of what is wanted, and how good a test it promises (smaller is better)."""

    call: Call
    inputs: Inputs
    reached: Reached
    rank: int

    @cached_property
    def oddness(self) -> int:
        """How far it is from what callers pass."""
        return self.inputs.oddness(self.call)

    @cached_property
    def is_usual(self) -> bool:
        """Whether callers pass such arguments; a `TypeError` that the code raises itself needs others."""
        return self.inputs.conforms(self.call)

    @cached_property
    def cost(self) -> tuple[bool, int, int, int]:
        """What to prefer among calls that reach the same."""
        return not self.is_usual, self.rank, self.oddness, self.call.size

    @property
    def is_poor(self) -> bool:
        """Whether it says little, where other calls of the function may say more."""
        return bool(self.rank) and (self.inputs.entry.answers or self.inputs.entry.name in MAKERS)


def lines_of(reached: Reached) -> set[int]:
    """The lines, and those that the branches lead to."""
    return {item[1] if isinstance(item, tuple) else item for item in reached}


def best(held: Sequence[Find], find: Find) -> list[Find]:
    """The few best for something, best first, of those `held` for it so far and one more; a few of each function.

    A call of one function that says little may lead to one that says more than those of all others.
    """
    own = [one for one in held if one.inputs is find.inputs]
    is_full = len(own) >= ALTERNATIVES
    if (is_full and find.cost >= own[-1].cost) or find.call in [one.call for one in own]:
        return [*held]
    others = [one for one in held if not is_full or one is not own[-1]]
    return sorted([*others, find], key=lambda one: one.cost)


def choose(finds: Mapping[Branch | int, Sequence[Find]]) -> list[Find]:
    """The fewest that together reach all that was reached: greedily, most first.

    Args:
        finds: By what they reach.
    """
    left = set(finds)
    chosen: list[Find] = []
    every = {id(find): find for held in finds.values() for find in held}.values()
    while left:
        most = max(every, key=lambda find: (len(find.reached & left), *(-part for part in find.cost)))
        chosen.append(dataclasses.replace(most, reached=frozenset(most.reached & left)))
        left -= most.reached
    return chosen
