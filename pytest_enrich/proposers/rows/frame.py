"""A test that is made of another one's: its decorators, its arguments, its name, and values for its parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_enrich.data import Hole, Variant
from pytest_enrich.proposers.rows import adding, mocks, parameters, steps
from pytest_enrich.proposers.rows.addable import INSTEAD, LEFT_OUT
from pytest_enrich.proposers.rows.parameters import SILENT
from pytest_enrich.proposers.rows.reading import Sheet
from pytest_enrich.writing.renderer import INDENT, LONGEST_LINE, is_readable
from pytest_enrich.writing.syntax import Edit, span, stored, used


def write(sheet: Sheet, variant: Variant, name: str, lines: Sequence[str]) -> str | None:
    """The test of that name with this body, not indented; None when it is none, or gets too wide."""
    code = "\n".join([*header(sheet, variant, name, lines), *lines]) + "\n"
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return None
    return code if is_readable([code]) and len(tree.body) == 1 else None


def header(sheet: Sheet, variant: Variant, name: str, lines: Sequence[str]) -> list[str]:
    """The decorators but `parametrize`, and the `def` with the fixtures that are left."""
    function, text = sheet.function, sheet.text
    kept = [mark for mark in function.decorator_list if not parameters.is_parametrize(mark)]
    gone = {
        *sheet.pattern.argnames,
        *(SILENT - _used(lines)),
        *steps.unneeded_names(sheet.function, sheet.pattern, variant),
    }
    declared = ((each.arg, text.source(each)) for each in function.args.args if each.arg not in gone)
    exchanged = parameters.exchanged_fixtures(sheet.pattern.holes, variant)
    arguments = [*parameters.exchanged_arguments(declared, exchanged)]
    keyword = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
    returns = f" -> {text.source(function.returns)}" if function.returns is not None else ""
    decorators = [f"@{text.source(mark)}" for mark in kept]
    return [*decorators, *_signature(f"{keyword} {name}(", arguments, f"){returns}:")]


def _signature(start: str, arguments: Sequence[str], end: str) -> list[str]:
    """On one line, with the arguments on a line of theirs, or on a line each: what is not too wide."""
    alone = f"{start}{', '.join(arguments)}{end}"
    inside = f"{INDENT}{', '.join(arguments)}"
    if len(alone) <= LONGEST_LINE - len(INDENT):
        return [alone]
    if len(inside) <= LONGEST_LINE - len(INDENT):
        return [start, inside, end]
    return [start, *(f"{INDENT}{argument}," for argument in arguments), end]


def _used(lines: Sequence[str]) -> set[str]:
    try:
        return used(ast.parse("if 1:\n" + "\n".join(lines)))
    except (SyntaxError, ValueError):
        return SILENT


def values(sheet: Sheet, variant: Variant) -> Iterator[Edit]:
    """The values in the place of the literals, and of the parameters that have no list any more."""
    changed = dict(variant.values)
    for at, hole in enumerate(sheet.pattern.holes):
        if hole.adds and at in changed:
            yield _added(sheet, hole, changed[at])
        elif hole.span is not None and at in changed:
            yield hole.span, changed[at]
        elif hole.name or (hole.fixture and at in changed):
            value = changed.get(at, hole.values[variant.row])
            uses = (name for name in ast.walk(sheet.function) if isinstance(name, ast.Name))
            yield from ((span(name), value) for name in uses if name.id == (hole.name or hole.fixture))


def _added(sheet: Sheet, hole: Hole, value: str) -> Edit:
    """What is passed or set besides, or left out."""
    if hole.adds in {LEFT_OUT, INSTEAD} and hole.span is not None:
        return hole.span, "" if hole.adds == LEFT_OUT else value
    if mocks.is_configured(hole):
        return mocks.configuring_edit(hole, value)
    write = adding.setting_edit if adding.is_setting(hole) else adding.adding_edit
    return write(sheet.text, hole, value)


def is_free(sheet: Sheet, nodes: Sequence[ast.AST], given: set[str]) -> bool:
    """Whether nothing is left in the nodes of a list of cases; `given` are parameters that get a value."""
    others = [mark for mark in sheet.function.decorator_list if parameters.is_parametrize(mark)]
    left = set(sheet.pattern.argnames) - {hole.name for hole in sheet.pattern.holes} - given
    bound = stored(*nodes) & set(sheet.pattern.argnames)
    return len(others) == bool(sheet.cases) and not left & used(*nodes) and not bound
