"""Laws of two functions that do the same in different ways."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_enrich.proposers.properties import phrase
from pytest_enrich.proposers.properties.law import Caller, Law, inputs, is_callable, named, passed
from pytest_enrich.proposers.properties.outline import Function

WAYS = (
    "slow", "fast", "naive", "simple", "reference", "legacy", "old", "py", "python", "pure", "pure_python",
    "recursive", "iterative", "optimized", "optimised", "original",
)  # fmt: skip
"""What people put before or after a function's name to name another way of doing the same."""


def find(caller: Caller, function: Function) -> Iterator[Law]:
    """That a function gives the same as the one that its docstring or its name refers to."""
    names = dict.fromkeys([*phrase.same_as(function.docstring), *_plainer(function.name)])
    found = (caller.sibling(function, name) for name in names)
    other = next((one for one in found if one is not None and _same_parameters(function, one)), None)
    scene = caller.scene(function)
    if other is None or scene is None:
        return
    drawn = function if all(one.annotation for one in function.required) else other
    yield Law(
        functions=(function, other),
        inputs=inputs(drawn, drawn.required),
        scene=scene[0],
        left=caller.call(function, passed(function.required), scene[1]),
        relation="==",
        right=caller.call(other, passed(other.required), scene[1]),
        name=f"{named(function)}_agrees_with_{other.name}",
        title=f"{function.qualname}: gives the same as {other.name}",
        question=f"do {function.name} and {other.name} give the same for {{every}}?",
    )


def _plainer(name: str) -> Iterator[str]:
    for word in WAYS:
        if name.startswith(f"{word}_"):
            yield name.removeprefix(f"{word}_")
        if name.endswith(f"_{word}"):
            yield name.removesuffix(f"_{word}")


def _same_parameters(one: Function, other: Function) -> bool:
    names = [[parameter.name for parameter in function.required] for function in (one, other)]
    return names[0] == names[1] and is_callable(one) and one.kind == other.kind
