"""Several examples of one docstring that differ: they build upon each other, and one is enough to look at."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from pytest_enrich.data import PossibleBug


def together(found: Iterable[PossibleBug]) -> tuple[PossibleBug, ...]:
    """In their order, of the examples of one docstring the first alone, which says where the others are."""
    told: dict[tuple[str, str, str], PossibleBug] = {}
    for one in found:
        key = _what(one)
        told[key] = replace(told[key], also=(*told[key].also, one.contract_line)) if key in told else one
    return tuple(told.values())


def are_told(known: Iterable[PossibleBug], one: PossibleBug) -> bool:
    """Whether it is among those, or an example of a docstring of which they have one."""
    return _what(one) in {_what(each) for each in known}


def _what(one: PossibleBug) -> tuple[str, str, str]:
    return (one.path, one.qualname, "" if one.promise == "example" else one.id)
