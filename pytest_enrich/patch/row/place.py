"""Where a test's cases are listed: the `parametrize` that gives them, its literal list, and its list of ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NoReturn, TypeAlias, TypeGuard

import libcst as cst
from msgspec import Struct

from pytest_enrich.data import NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.patch.row import argument, sharing
from pytest_enrich.patch.row.constant import assigned, uses
from pytest_enrich.patch.scope import Scope, definitions

Listing: TypeAlias = cst.List | cst.Tuple


class Place(Struct, frozen=True, kw_only=True):
    """The `call` of `parametrize` with the wanted names, and the lists that it takes its cases and ids from.

    Attributes:
        scope: Where the test is.
        call: Of `parametrize`, of the test or of a class around it.
        bare: Whether a case is the value itself, not a tuple of values.
        cases: The literal list, in the call or in a constant of its own.
        ids: The literal list of ids, if there is one.
        carriers: The classes and the functions that get the new case (`TestCart::test_add`): the test's own, then
            those of tests that have the same list.
    """

    scope: Scope
    call: cst.Call
    bare: bool
    cases: Listing
    ids: Listing | None
    carriers: tuple[str, ...]

    @property
    def is_inside(self) -> bool:
        """Whether the list is written in the call itself."""
        return any(one.value is self.cases for one in self.call.args)

    def id_of(self, at: int) -> int | None:
        """Where among the ids that of the case at `at` is; None when there is none.

        Counted from the end, where it was put: cases that are unpacked before it (`*COMMON`) are of any number.
        """
        number = len(self.ids.elements) - len(self.cases.elements) + at if self.ids is not None else -1
        return number if number >= 0 else None


def find(scope: Scope, row: NewRow) -> Place:
    """The place for `row`.

    Raises:
        RefusedError: The test, or a `parametrize` of it with these names and a literal list, is not there.
    """
    call, carrier = _call(scope, row)
    values = argument.argument(call, *argument.VALUES)
    cases = _listing(scope, values.value) if values is not None else None
    if values is None or cases is None:
        _refuse(row, f"takes its cases for {', '.join(row.argnames)} from something else than a literal list")
    carriers = dict.fromkeys((carrier, *_sharers(scope, values.value, call, row)))
    given = argument.argument(call, *argument.IDS)
    ids = _listing(scope, given.value) if given is not None else None
    if given is not None and ids is not None:
        _sharers(scope, given.value, call, row)  # refused where others read it
    bare = argument.is_bare(call)
    return Place(scope=scope, call=call, bare=bare, cases=cases, ids=ids, carriers=tuple(carriers))


def function(scope: Scope, row: NewRow) -> cst.FunctionDef:
    """The test that `row` belongs to.

    Raises:
        RefusedError: It is gone.
    """
    found = [one for one in definitions(scope.body) if one.name.value == row.name]
    if not found or not isinstance(found[-1], cst.FunctionDef):
        raise RefusedError(
            f"{row.placement.path} has no test {row.name} any more\nThe case was not put in.\n"
            "Make new suggestions for what is there now:  pytest --enrich"
        )
    return found[-1]


def _call(scope: Scope, row: NewRow) -> tuple[cst.Call, str]:
    """The call, and whose it is; the function's own come before those of its classes."""
    own = function(scope, row)
    names = [one.name.value for one in scope.owners]
    carriers: list[tuple[cst.FunctionDef | cst.ClassDef, str]] = [(own, "::".join([*names, row.name]))]
    inner = [(one, "::".join(names[: index + 1])) for index, one in enumerate(scope.owners)]
    for node, carrier in [*carriers, *reversed(inner)]:
        for decorator in node.decorators:
            call = decorator.decorator
            if argument.is_parametrize(call) and argument.names(call) == row.argnames:
                return call, carrier
    if any("parametrize" in scope.module.code_for_node(one) for one in _marks(scope)):
        _refuse(row, "may get its cases from a pytestmark, which other tests share")
    return _refuse(row, f"has no parametrize for {', '.join(row.argnames)}")


def _marks(scope: Scope) -> Iterator[cst.CSTNode]:
    places: list[cst.Module | cst.ClassDef] = [scope.module, *scope.owners]
    for place in places:
        found = assigned(place, "pytestmark")
        yield from [] if found is None else [found]


def _listing(scope: Scope, node: cst.BaseExpression) -> Listing | None:
    """The literal list that is or is named by `node`; None for what is no list."""
    if _is_listing(node):
        return node
    places: Sequence[cst.ClassDef | cst.Module] = [*scope.owners[-1:], scope.module]
    name = node.value if isinstance(node, cst.Name) else ""
    found = next((value for place in places if name and (value := assigned(place, name)) is not None), None)
    return found if found is not None and _is_listing(found) else None


def _sharers(scope: Scope, node: cst.BaseExpression, call: cst.Call, row: NewRow) -> list[str]:
    """Who else has the list that `node` names, if it names one.

    Raises:
        RefusedError: Something reads it that no case can be added for.
    """
    if not isinstance(node, cst.Name) or uses(scope.module, node.value) - uses(call, node.value) == 1:
        return []
    found = sharing.sharers(scope.module, node.value)
    others = [one for one in found or () if one.call is not call]
    if found is None or not all(sharing.is_alike(one, call) for one in others):
        _refuse(row, f"shares its list {node.value} with others")
    return [one.carrier for one in others]


def _is_listing(node: cst.BaseExpression) -> TypeGuard[Listing]:
    return isinstance(node, cst.List) or (isinstance(node, cst.Tuple) and bool(node.lpar))


def _refuse(row: NewRow, why: str) -> NoReturn:
    path = row.placement.path
    raise RefusedError(
        f"{row.name} in {path} {why}\nThe case was not put in.\nPut it in by hand where it belongs:  {row.code}"
    )
