"""Which laws the names and the docstrings of a module's functions invite."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_enrich.proposers.properties import alike, alone, round_trip
from pytest_enrich.proposers.properties.law import Caller, Law
from pytest_enrich.proposers.properties.outline import Function, Outline

Kind = Callable[[Caller, Function], Iterator[Law]]
KINDS: tuple[Kind, ...] = (round_trip.find, alike.find, alone.repeated, alone.invariants, alone.symmetric)
"""The most telling ones first."""


IMPURE = frozenset(
    """
    Popen check_call check_output commit connect execute input makedirs mkdir open popen rename request rmtree
    sleep socket symlink_to system touch unlink urlopen write_bytes write_text
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)
"""Names of what reaches the disk, other programs or the net: not to be done with whatever is drawn."""


def laws(outline: Outline, module: str, name: str) -> list[Law]:
    """The laws about functions that may call the one of this bare name, the most telling first."""
    caller = Caller(module=module, outline=outline)
    functions = outline.functions.values()
    found = [law for kind in KINDS for function in functions for law in kind(caller, function)]
    reaching = [law for law in found if _is_about(law, name, outline)]
    # `slow_total` agrees with `total` and the other way round: the first one says it.
    said = {_sides(law): law for law in reversed(reaching)}
    return [law for law in reaching if said[_sides(law)] is law]


def _is_about(law: Law, name: str, outline: Outline) -> bool:
    reached = frozenset[str]().union(*map(outline.reached, law.functions))
    return name in reached and IMPURE.isdisjoint(reached)


def _sides(law: Law) -> tuple[object, ...]:
    sides = (law.left, law.right)
    return law.relation, law.result, frozenset(sides) if law.relation == "==" else sides
