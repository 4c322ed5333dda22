"""Put an `@example` above a test that has `@given`, and take it out again."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst
from libcst import matchers

from pytest_enrich.data import NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports.text import BOM
from pytest_enrich.patch.row import edit, listing, place
from pytest_enrich.patch.row.place import last_name, uses
from pytest_enrich.patch.row.wrap import case_source, rebuilt
from pytest_enrich.patch.scope import Scope, enter, parse, quotes, requote


def find(text: str, row: NewRow) -> tuple[Scope, cst.FunctionDef]:
    """Where the decorator goes.

    Raises:
        RefusedError: There is no such test, or it has no `@given`.
    """
    scope = enter(parse(text, row.placement.path)[0], row.placement)
    function = place.function(scope, row)
    if not _named(function, "given"):
        raise RefusedError(
            f"{row.name} in {row.placement.path} has no @given\nThe example was not put in.\n"
            "Make new suggestions for what is there now:  pytest --enrich"
        )
    return scope, function


def index(function: cst.FunctionDef, row: NewRow) -> int | None:
    """Which of the decorators says the same; None when none does."""
    wanted = _key(_decorator(row).decorator)
    there = {at: _key(function.decorators[at].decorator) for at in _named(function, "example")}
    return next((at for at, key in there.items() if key == wanted), None)


def codes(function: cst.FunctionDef) -> tuple[str, ...]:
    """The examples as they are written."""
    return tuple(f"@{case_source(function.decorators[at].decorator)}" for at in _named(function, "example"))


def written(row: NewRow, text: str) -> str:
    """The decorator as it is written in the file."""
    return requote(row.code, quotes(text))


def insert(text: str, found: tuple[Scope, cst.FunctionDef], row: NewRow) -> str:
    """The text with the example below the others, else right above `@given`."""
    scope, function = found
    examples = _named(function, "example")
    at = examples[-1] + 1 if examples else _named(function, "given")[0]
    decorators = list(function.decorators)
    new = _decorator(row, written(row, text))
    if not examples and at:  # comments above @given are about both
        new = new.with_changes(leading_lines=decorators[at].leading_lines)
        decorators[at] = decorators[at].with_changes(leading_lines=())
    decorators.insert(at, new)
    return rebuilt(scope, {function: function.with_changes(decorators=decorators)})


def removed(found: tuple[Scope, cst.FunctionDef], at: int) -> str:
    """The text without the decorator at `at`."""
    scope, function = found
    decorators = list(function.decorators)
    gone = decorators.pop(at)
    if at and at < len(decorators):
        lines = [*gone.leading_lines, *decorators[at].leading_lines]
        decorators[at] = decorators[at].with_changes(leading_lines=lines)
    return rebuilt(scope, {function: function.with_changes(decorators=decorators)})


def alone(function: cst.FunctionDef, at: int, begin: str, end: str) -> cst.FunctionDef:
    """The test with only this one of its examples, between two comments."""
    others = set(_named(function, "example")) - {at}
    kept = [one for number, one in enumerate(function.decorators) if number not in others]
    place_of = kept.index(function.decorators[at])
    marked = [cst.EmptyLine(comment=cst.Comment(begin))]
    lines = [*function.lines_after_decorators]
    kept[place_of] = kept[place_of].with_changes(leading_lines=marked)
    after = cst.EmptyLine(comment=cst.Comment(end))
    if place_of + 1 < len(kept):
        kept[place_of + 1] = kept[place_of + 1].with_changes(leading_lines=[after])
    else:
        lines = [after, *lines]
    return function.with_changes(decorators=kept, lines_after_decorators=lines)


def _named(function: cst.FunctionDef, name: str) -> list[int]:
    """The indices of the decorators that are calls of this name."""
    calls = [(at, one.decorator) for at, one in enumerate(function.decorators)]
    return [at for at, call in calls if isinstance(call, cst.Call) and last_name(call.func) == name]


def _decorator(row: NewRow, code: str = "") -> cst.Decorator:
    try:
        statement = cst.parse_statement(f"{(code or row.code).strip()}\ndef test(): pass\n")
    except (cst.ParserSyntaxError, RecursionError, UnicodeError) as error:
        raise _wrong(row) from error
    if not isinstance(statement, cst.FunctionDef) or len(statement.decorators) != 1:
        raise _wrong(row)
    call = statement.decorators[0].decorator
    if not isinstance(call, cst.Call) or last_name(call.func) != "example":
        raise _wrong(row)
    return statement.decorators[0].with_changes(leading_lines=())


def _wrong(row: NewRow) -> RefusedError:
    return RefusedError(
        f"The example for {row.name} is not one @example\nIt was not put in.\nSee it:  {row.code[:60]!r}"
    )


def _key(node: cst.BaseExpression) -> str:
    """What the call says, whatever it is called by and however it is written."""
    tree = ast.parse(f"({case_source(node)}\n)", mode="eval").body
    if not isinstance(tree, ast.Call):
        return ast.dump(tree)
    named = sorted(tree.keywords, key=lambda one: one.arg or "")
    return ast.dump(ast.Call(func=ast.Name("example"), args=tree.args, keywords=named))


def alone_in_list(text: str, row: NewRow, begin: str, end: str) -> str:
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
        there = find(text, row)
        number = index(there[1], row)
        assert number is not None, "the example is put in before it is shown alone"
        scope, changes = there[0], {there[1]: alone(there[1], number, begin, end)}
        carriers = ()  # its own test alone
    return rebuilt(scope, {**changes, **_unwanted(scope, row, carriers)})


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
