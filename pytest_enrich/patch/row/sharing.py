"""A list of cases that several tests have: what is added to it is a case of each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst
from msgspec import Struct

from pytest_enrich.patch.row import argument
from pytest_enrich.patch.row.constant import uses
from pytest_enrich.patch.scope import definitions


class Sharer(Struct, frozen=True):
    """A `call` of `parametrize`, and the classes and the function that get its cases."""

    carrier: str
    call: cst.Call


def sharers(module: cst.Module, name: str) -> tuple[Sharer, ...] | None:
    """All that take their cases from the constant of this name; None when something else reads it, too."""
    found = tuple(_calls(module.body, name, ()))
    return found if uses(module, name) == len(found) + 1 else None


def is_alike(one: Sharer, call: cst.Call) -> bool:
    """Whether a case of `call` can be one of this, too: as many values, and no list of ids to grow with it."""
    own, others = argument.names(one.call), argument.names(call)
    same = own is not None and others is not None and len(own) == len(others)
    ids = argument.argument(one.call, *argument.IDS)
    listed = ids is not None and isinstance(ids.value, cst.List | cst.Tuple | cst.Name)
    return same and argument.is_bare(one.call) == argument.is_bare(call) and not listed


def _calls(body: Sequence[cst.BaseStatement], name: str, owners: tuple[str, ...]) -> Iterator[Sharer]:
    for one in definitions(body):
        carrier = (*owners, one.name.value)
        for decorator in one.decorators:
            call = decorator.decorator
            if argument.is_parametrize(call) and _named(call) == name:
                yield Sharer("::".join(carrier), call)
        if isinstance(one, cst.ClassDef):
            yield from _calls(one.body.body, name, carrier)  # type: ignore[arg-type]


def _named(call: cst.Call) -> str:
    """The name of the list that a call takes its cases from, "" for none."""
    values = argument.argument(call, *argument.VALUES)
    return values.value.value if values is not None and isinstance(values.value, cst.Name) else ""
