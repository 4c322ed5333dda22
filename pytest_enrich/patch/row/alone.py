"""A file's text with one case of one test: what is run when only that case is meant."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from libcst import matchers

from pytest_enrich.data import NewRow
from pytest_enrich.imports.text import BOM
from pytest_enrich.patch.row import edit, example, exchange, listing
from pytest_enrich.patch.row.constant import uses
from pytest_enrich.patch.scope import Scope


def alone(text: str, row: NewRow, begin: str, end: str) -> str:
    """The text, which has the case, with it between two comments and without other cases and other tests.

    Raises:
        RefusedError: As `insert`, or the case is not there.
    """
    text = text.removeprefix(BOM)
    if row.argnames:
        found = edit.find(text, row)
        at = edit.index(found, row)
        assert at is not None, "the case is put in before it is shown alone"
        changes: dict[cst.CSTNode, cst.CSTNode | cst.RemovalSentinel] = {
            found.cases: listing.only(found.cases, found.cases.elements[at].value, begin, end)
        }
        number = found.id_of(at)
        if found.ids is not None and number is not None:
            changes[found.ids] = cst.List([cst.Element(found.ids.elements[number].value)])
        scope, carriers = found.scope, found.carriers
    else:
        there = example.find(text, row)
        number = example.index(there[1], row)
        assert number is not None, "the example is put in before it is shown alone"
        scope, changes = there[0], {there[1]: example.alone(there[1], number, begin, end)}
        carriers = ()  # its own test alone
    return exchange.rebuilt(scope, {**changes, **_unwanted(scope, row, carriers)})


def _unwanted(
    scope: Scope, row: NewRow, carriers: Sequence[str]
) -> dict[cst.CSTNode, cst.CSTNode | cst.RemovalSentinel]:
    """The other tests beside those with the case and their classes, those that somebody names left alone."""
    bodies = [scope.module.body, *(one.body.body for one in scope.owners)]
    ours = [*(one.name.value for one in scope.owners), row.name]
    kept = {name for carrier in carriers for name in carrier.split("::")}
    return {
        node: cst.RemoveFromParent()
        for body, own in zip(bodies, ours, strict=True)
        for node in body
        if isinstance(node, cst.FunctionDef | cst.ClassDef)
        and node.name.value.lower().startswith("test")
        and node.name.value not in {own, *kept}
        and not _mentions(scope, node.name.value)
    }


def _mentions(scope: Scope, name: str) -> int:
    """How often the name is used where it is not defined."""
    found = matchers.findall(scope.module, matchers.FunctionDef() | matchers.ClassDef())
    return uses(scope.module, name) - sum(one.name.value == name for one in found)  # type: ignore[attr-defined]
