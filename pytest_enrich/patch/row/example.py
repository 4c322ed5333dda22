"""Put an `@example` above a test that has `@given`, and take it out again."""

from __future__ import annotations

import ast

import libcst as cst

from pytest_enrich.data import NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.patch.row import case, place
from pytest_enrich.patch.row.argument import last_name
from pytest_enrich.patch.row.exchange import rebuilt
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
    return tuple(f"@{case.source(function.decorators[at].decorator)}" for at in _named(function, "example"))


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
    tree = ast.parse(f"({case.source(node)}\n)", mode="eval").body
    if not isinstance(tree, ast.Call):
        return ast.dump(tree)
    named = sorted(tree.keywords, key=lambda one: one.arg or "")
    return ast.dump(ast.Call(func=ast.Name("example"), args=tree.args, keywords=named))
