"""How mocks of a test may be configured further: what they return, or raise."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from pytest_enrich.data import Hole, Span, Template
from pytest_enrich.proposers.rows import steps
from pytest_enrich.proposers.rows.addable import CONFIGURED, INSTEAD, Addable
from pytest_enrich.refine.asserting import replaces
from pytest_enrich.writing.style import EACH
from pytest_enrich.writing.syntax import Edit, Function, calls, is_within, last_name, nodes_of, span

RETURNS, RAISES = "return_value", "side_effect"
MOCKS, PATCHES = {"Mock", "MagicMock", "AsyncMock", "create_autospec"}, {"patch": 1, "object": 2}
"""What makes a mock; `patch` and `patch.object` do so with this many arguments."""
NOT_BY_ITSELF = {"new", "new_callable", "wraps", None}
SET_UPS = {*EACH, "setup"}
MOST_MOCKS, MOST_VALUES = 16, 6


def mock_holes(tree: ast.Module, owner: str | None, function: Function, known: Addable) -> list[Hole]:
    """A place for each way to configure a mock of the test: what it raises, and what it returns."""
    where = dict(mock_places(tree, owner, function))
    assigned = [*nodes_of(ast.Assign, function)]
    there = {ast.unparse(target) for statement in assigned for target in statement.targets}
    holes = [
        Hole(span=place, values=("...",), adds=f"{CONFIGURED}{name}.{attribute}", offers=offers[:MOST_VALUES])
        for attribute, offers in _configurable(known)
        for name, place in where.items()
        if offers and f"{name}.{attribute}" not in there
    ]
    return [*_returning(assigned, known), *holes][:MOST_MOCKS]


def is_configured(hole: Hole) -> bool:
    """Whether it is a place for an assignment that configures a mock."""
    return hole.adds[:1] == CONFIGURED


def configuring_edit(hole: Hole, value: str) -> Edit:
    """The edit that writes the assignment above the statement at that place."""
    assert hole.span is not None
    line, column, *_ = hole.span
    indent = " " * column
    return (line, column, line, column), f"{hole.adds[1:]} = {value}\n{indent}"


def configured_places(changes: Iterable[tuple[Hole, Template]]) -> set[Span]:
    """The statements above which a variant configures a mock."""
    return {hole.span for hole, _ in changes if is_configured(hole) and hole.span is not None}


def reaching_all(function: Function, changes: Collection[tuple[Hole, Template]]) -> set[Span]:
    """The places of a variant's changes that affect all that follows, whatever it is given.

    These are configured mocks, and changes where something is replaced (`patch`, `setattr`).
    """
    changed = {hole.span for hole, _ in changes}
    replacing = [span(call) for call in calls(function) if replaces(call.func)]
    patched = {place for place in changed if place and any(is_within(place, whole) for whole in replacing)}
    return patched | configured_places(changes)


def described(hole: Hole, value: str) -> str:
    """The change in a few words, with only the method: `fetch.return_value = None`."""
    return f"{'.'.join(hole.adds[1:].split('.')[-2:])} = {value}"


def configured_name(hole: Hole, slug: str) -> str:
    """The words for the change in a name: the method and what it returns."""
    *_, method, _ = hole.adds[1:].split(".")
    return f"{method}_{slug}".strip("_")


def mock_places(tree: ast.Module, owner: str | None, function: Function) -> Iterator[tuple[str, Span]]:
    """Expressions for mocks, each with a statement above which it can be configured: the last is best."""
    body = steps.all_steps(function)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner]
    there = (
        *_set_up_attributes(classes),
        *_patched_parameters(classes, function),
        *_mock_fixtures([*tree.body, *(node for class_node in classes for node in class_node.body)], function),
    )
    for name in there if body else ():
        yield name, span(body[0])
    for statement, following in _followed(body):
        known = (*_bound_mocks(statement), *_configured_there(statement))
        yield from ((name, span(following)) for name in known)


def _configurable(known: Addable) -> Iterator[tuple[str, tuple[str, ...]]]:
    """How a mock, or a method of one, may be configured, with values: exceptions first, then return values."""
    if known.caught:
        yield from ((f"{name}.{RAISES}".lstrip("."), known.caught) for name in ("", *known.tried))
    yield from ((f"{outcome.name}.{RETURNS}", outcome.values) for outcome in known.outcomes if outcome.name)
    yield RETURNS, tuple(dict.fromkeys(value for outcome in known.outcomes for value in outcome.values))


def _returning(assigned: Iterable[ast.Assign], known: Addable) -> Iterator[Hole]:
    """Return values that a test configures and that decide something: they may be others."""
    values = {f"{outcome.name}.{RETURNS}": outcome.values for outcome in known.outcomes if outcome.name}
    for statement in assigned:
        own, name = ast.unparse(statement.value), ".".join(ast.unparse(statement.targets[0]).split(".")[-2:])
        if others := tuple(value for value in values.get(name, ()) if value != own):
            yield Hole(span=span(statement.value), values=(own,), adds=INSTEAD, offers=others)


def _followed(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Statements, each with the one that follows it; also in `with` blocks, unless they expect an exception."""
    yield from pairwise(body)
    for block in body:
        if isinstance(block, ast.With | ast.AsyncWith) and not any(map(steps.expects_raise, block.items)):
            yield block, block.body[0]
            yield from _followed(block.body)


def _bound_mocks(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds to mocks."""
    match statement:
        case ast.Assign(targets, value) if _is_mock(value):
            yield from (ast.unparse(target) for target in targets if isinstance(target, ast.Name | ast.Attribute))
        case ast.AnnAssign(ast.Name() | ast.Attribute() as target, value=ast.expr() as value) if _is_mock(value):
            yield ast.unparse(target)
        case ast.With(items) | ast.AsyncWith(items):
            entered = ((item.optional_vars, item.context_expr) for item in items)
            yield from (name.id for name, value in entered if isinstance(name, ast.Name) and _is_mock(value))


def _configured_there(statement: ast.stmt) -> Iterator[str]:
    """The mocks that a statement configures: `fetch`, or `fetch.return_value.json`, by its `return_value`."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    while isinstance(target, ast.Attribute):
        if target.attr in {RETURNS, RAISES} and isinstance(target.value, ast.Name | ast.Attribute):
            yield ast.unparse(target.value)
        target = target.value


def _is_mock(value: ast.expr) -> bool:
    """Whether it makes a mock: `Mock()`, `mocker.patch("a.b")`, `patch("a.b").start()`."""
    match value:
        case ast.Call(ast.Attribute(patcher, "start")):
            return _patches(patcher)
        case ast.Call(func):
            return last_name(func) in MOCKS or _patches(value)
    return False


def _patches(call: ast.expr) -> bool:
    """Whether a call replaces something with a mock that it makes itself."""
    if not isinstance(call, ast.Call) or len(call.args) != PATCHES.get(last_name(call.func), -1):
        return False
    return not {keyword.arg for keyword in call.keywords} & NOT_BY_ITSELF


def _set_up_attributes(classes: Iterable[ast.ClassDef]) -> Iterator[str]:
    """The attributes that a class sets up as mocks for its tests."""
    nodes = (node for class_node in classes for node in class_node.body)
    methods = (node for node in nodes if isinstance(node, Function) and node.name in SET_UPS)
    for statement in (statement for method in methods for statement in method.body):
        yield from (name for name in _bound_mocks(statement) if name.startswith("self."))


def _patched_parameters(classes: Sequence[ast.ClassDef], function: Function) -> Iterator[str]:
    """The parameters that decorators fill with mocks: the function's own decorators first, from the lowest up."""
    parameters = [parameter.arg for parameter in function.args.args][len(classes) :]
    decorators = [mark for definition in (function, *classes) for mark in reversed(definition.decorator_list)]
    yield from (name for name, _ in zip(parameters, filter(_patches, decorators), strict=False))


def _mock_fixtures(body: Iterable[ast.stmt], function: Function) -> Iterator[str]:
    """The parameters for which a fixture of the same file provides a mock."""
    parameters = {parameter.arg for parameter in function.args.args}
    for fixture in (node for node in body if isinstance(node, Function) and node.name in parameters):
        own = {name for statement in nodes_of(ast.stmt, fixture) for name in _bound_mocks(statement)}
        gives = (node.value for node in ast.walk(fixture) if isinstance(node, ast.Return | ast.Yield))
        if any(_is_mock(value) or getattr(value, "id", None) in own for value in gives if value is not None):
            yield fixture.name
