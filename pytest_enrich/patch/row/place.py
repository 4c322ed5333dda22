"""Where a case goes: into the literal list of the `parametrize` call with its names."""

from __future__ import annotations

import ast
import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import NoReturn, TypeAlias, TypeGuard

import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
from msgspec import Struct

from pytest_enrich.data import NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports.elements import Elements
from pytest_enrich.imports.text import split, unreadable
from pytest_enrich.patch.scope import Scope, below, definitions

NAMES, VALUES, IDS = ("argnames", 0), ("argvalues", 1), ("ids", 3)
Listing: TypeAlias = cst.List | cst.Tuple


def assigned(place: cst.Module | cst.ClassDef, name: str) -> cst.BaseExpression | None:
    """The value of the only assignment to `name` directly in `place`; None when there is none or several."""
    body = place.body if isinstance(place, cst.Module) else place.body.body
    lines = [line.body for line in body if isinstance(line, cst.SimpleStatementLine)]
    values = [value for line in lines for statement in line if (value := _value(statement, name)) is not None]
    return values[0] if len(values) == 1 else None


def uses(node: cst.CSTNode, name: str) -> int:
    """How often `name` is written in `node`."""
    return sum(isinstance(part, cst.Name) and part.value == name for part in below(node))


def _value(node: cst.CSTNode, name: str) -> cst.BaseExpression | None:
    """The value that a statement assigns to this name alone."""
    if isinstance(node, cst.AnnAssign):
        target = node.target
    elif isinstance(node, cst.Assign) and len(node.targets) == 1:
        target = node.targets[0].target
    else:
        return None
    return node.value if isinstance(target, cst.Name) and target.value == name else None


def is_parametrize(call: cst.CSTNode) -> TypeGuard[cst.Call]:
    """Whether this is a call of something that is named `parametrize`."""
    return isinstance(call, cst.Call) and last_name(call.func) == "parametrize"


def last_name(node: cst.BaseExpression) -> str:
    """`param` of `pytest.param`, "" for anything but a name."""
    node = node.attr if isinstance(node, cst.Attribute) else node
    return node.value if isinstance(node, cst.Name) else ""


def argument_names(call: cst.Call) -> tuple[str, ...] | None:
    """The names that the call parametrizes, None when they cannot be read."""
    names = _literal(argument(call, *NAMES))
    if argument(call, *VALUES) is None or not isinstance(names, str | list | tuple):
        return None
    words = names.split(",") if isinstance(names, str) else names
    return tuple(word.strip() for word in words if isinstance(word, str) and word.strip())


def is_bare(call: cst.Call) -> bool:
    """Whether a case is the value itself, not a tuple of values."""
    names = argument_names(call)
    return isinstance(_literal(argument(call, *NAMES)), str) and names is not None and len(names) == 1


def argument(call: cst.Call, keyword: str, index: int) -> cst.Arg | None:
    """The argument with this keyword or at this index; None when it is missing or cannot be told."""
    if any(arg.star for arg in call.args):
        return None
    named = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value == keyword]
    positional = [arg for arg in call.args if arg.keyword is None]
    return named[0] if named else positional[index] if index < len(positional) else None


def _literal(given: cst.Arg | None) -> object:
    if given is None:
        return None
    try:
        return ast.literal_eval(cst.Module(body=()).code_for_node(given.value).strip())
    except (ValueError, SyntaxError):
        return None


class Place(Struct, frozen=True, kw_only=True):
    """The lists that the `parametrize` with the wanted names takes its cases and ids from.

    Attributes:
        bare: Whether a case is the value itself, not a tuple of values.
        cases: The literal list, in the call or in a constant of its own.
        ids: The literal list of ids, if there is one.
        carrier: The class or the function that gets the new case (`TestCart::test_add`).
    """

    bare: bool
    cases: Listing
    ids: Listing | None
    carrier: str

    def id_of(self, at: int) -> int | None:
        """The index of the id of the case at `at`; None when it has none.

        Counted from the end, where the case was put: cases unpacked before it (`*COMMON`) may be any number.
        """
        number = len(self.ids.elements) - len(self.cases.elements) + at if self.ids is not None else -1
        return number if number >= 0 else None


def find(scope: Scope, row: NewRow) -> Place:
    """The place for `row`.

    Raises:
        RefusedError: The test, or a `parametrize` of it with these names and a literal list, is not there.
    """
    call, carrier = _call(scope, row)
    values = argument(call, *VALUES)
    cases = _listing(scope, values.value) if values is not None else None
    if values is None or cases is None:
        _refuse(row, f"takes its cases for {', '.join(row.argnames)} from something else than a literal list")
    ids_argument = argument(call, *IDS)
    ids = _listing(scope, ids_argument.value) if ids_argument is not None else None
    for node in (values.value, *([ids_argument.value] if ids_argument is not None and ids is not None else [])):
        if isinstance(node, cst.Name) and uses(scope.module, node.value) - uses(call, node.value) > 1:
            _refuse(row, f"shares its list {node.value} with others")
    return Place(bare=is_bare(call), cases=cases, ids=ids, carrier=carrier)


def function(scope: Scope, row: NewRow) -> cst.FunctionDef:
    """The test that `row` belongs to.

    Raises:
        RefusedError: It is gone.
    """
    matching = [definition for definition in definitions(scope.body) if definition.name.value == row.name]
    if not matching or not isinstance(matching[-1], cst.FunctionDef):
        raise RefusedError(
            f"{row.placement.path} has no test {row.name} any more\nThe case was not put in.\n"
            "Make new suggestions for what is there now:  pytest --enrich"
        )
    return matching[-1]


def _call(scope: Scope, row: NewRow) -> tuple[cst.Call, str]:
    """The call, and what it decorates; the function's own decorators come before those of its classes."""
    own = function(scope, row)
    names = [owner.name.value for owner in scope.owners]
    carriers: list[tuple[cst.FunctionDef | cst.ClassDef, str]] = [(own, "::".join([*names, row.name]))]
    inner = [(owner, "::".join(names[: index + 1])) for index, owner in enumerate(scope.owners)]
    for node, carrier in [*carriers, *reversed(inner)]:
        for decorator in node.decorators:
            call = decorator.decorator
            if is_parametrize(call) and argument_names(call) == row.argnames:
                return call, carrier
    return _refuse(row, f"has no parametrize for {', '.join(row.argnames)}")


def _listing(scope: Scope, node: cst.BaseExpression) -> Listing | None:
    """The literal list that `node` is or names; None for anything else."""
    if _is_listing(node):
        return node
    places: Sequence[cst.ClassDef | cst.Module] = [*scope.owners[-1:], scope.module]
    name = node.value if isinstance(node, cst.Name) else ""
    listing = next((value for place in places if name and (value := assigned(place, name)) is not None), None)
    return listing if listing is not None and _is_listing(listing) else None


def _is_listing(node: cst.BaseExpression) -> TypeGuard[Listing]:
    return isinstance(node, cst.List) or (isinstance(node, cst.Tuple) and bool(node.lpar))


def _refuse(row: NewRow, why: str) -> NoReturn:
    path = row.placement.path
    raise RefusedError(
        f"{row.name} in {path} {why}\nThe case was not put in.\nPut it in by hand where it belongs:  {row.code}"
    )


class Spans:
    """Where the nodes of a module are in its text, including their own parentheses and white space.

    Raises:
        RefusedError: The module is nested too deeply.
    """

    def __init__(self, scope: Scope) -> None:
        self._text = scope.module.code
        self._starts = [0, *accumulate(map(len, split(self._text)))]
        wrapper = MetadataWrapper(scope.module, unsafe_skip_copy=True)
        try:
            self._ranges = wrapper.resolve(WhitespaceInclusivePositionProvider)
        except RecursionError as error:
            raise unreadable(scope.path, "", error) from error

    def of(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end of a node, as offsets in characters."""
        span = self._ranges[node]
        start = self._starts[span.start.line - 1] + span.start.column
        return start, self._starts[span.end.line - 1] + span.end.column

    def line(self, offset: int) -> int:
        """The line (1-based) that an offset is in."""
        return bisect.bisect_right(self._starts, offset)

    def elements(self, listing: Listing) -> Elements:
        """The elements of a literal list."""
        opening: cst.CSTNode
        closing: cst.CSTNode
        if isinstance(listing, cst.List):
            opening, closing = listing.lbracket, listing.rbracket
        else:
            opening, closing = listing.lpar[-1], listing.rpar[0]
        inside = self.of(opening)[0] + 1, self.of(closing)[1] - 1
        spans = [*map(self._without_comma, listing.elements)]
        return Elements(self._text, inside, spans, is_tuple=isinstance(listing, cst.Tuple))

    def _without_comma(self, element: cst.BaseElement) -> tuple[int, int]:
        start, end = self.of(element)
        return start, self.of(element.comma)[0] if isinstance(element.comma, cst.Comma) else end
