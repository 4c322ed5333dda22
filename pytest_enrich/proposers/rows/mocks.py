"""The mocks of a test: by which expressions it knows them, and what else a collaborator may give, or raise."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pytest_enrich.data import Hole, Pattern, Span, Variant
from pytest_enrich.proposers.rows import steps
from pytest_enrich.proposers.rows.addable import CONFIGURED, INSTEAD, Addable
from pytest_enrich.validate.shield import replaces
from pytest_enrich.writing.syntax import Edit, Function, calls, inner_nodes, is_within, last_name, span

RETURNS, RAISES = "return_value", "side_effect"
MOCKS, PATCHES = {"Mock", "MagicMock", "AsyncMock", "create_autospec"}, {"patch": 1, "object": 2}
"""What makes one; `patch` and `patch.object` do with so many arguments."""
NOT_BY_ITSELF = {"new", "new_callable", "wraps", None}
SET_UPS = {"setUp", "asyncSetUp", "setup_method", "setup"}
MOST_MOCKS, MOST_VALUES = 16, 6


def mock_holes(tree: ast.Module, owner: str | None, function: Function, known: Addable) -> list[Hole]:
    """A place for each thing that a stand-in of the test may be described: what it raises, and what it gives."""
    where = dict(mock_places(tree, owner, function))
    assigned = [one for one in ast.walk(function) if isinstance(one, ast.Assign)]
    there = {ast.unparse(target) for one in assigned for target in one.targets}
    found = [
        Hole(span=place, values=("...",), adds=f"{CONFIGURED}{name}.{more}", offers=offers[:MOST_VALUES])
        for more, offers in _configurable(known)
        for name, place in where.items()
        if offers and f"{name}.{more}" not in there
    ]
    return [*_returning(assigned, known), *_replaced(tree, function, known), *found][:MOST_MOCKS]


def is_configured(hole: Hole) -> bool:
    """Whether it is a place for what a stand-in is described."""
    return hole.adds[:1] == CONFIGURED


def configuring_edit(hole: Hole, value: str) -> Edit:
    """What writes it above the statement that is there."""
    assert hole.span is not None
    line, column, *_ = hole.span
    indent = " " * column
    return (line, column, line, column), f"{hole.adds[1:]} = {value}\n{indent}"


def configured_places(pattern: Pattern, variant: Variant) -> set[Span]:
    """The statements above which a variant tells something."""
    changed = (pattern.holes[at] for at, _ in variant.values)
    return {hole.span for hole in changed if is_configured(hole) and hole.span is not None}


def reaching_all(function: Function, pattern: Pattern, variant: Variant) -> set[Span]:
    """The places of a variant's changes that reach all that comes after, whatever it is given.

    What stand-ins are described does, and what is changed where something is put into the place of something else.
    """
    changed = (pattern.holes[at] for at, _ in variant.values)
    found = {hole.span for hole in changed if hole.span is not None}
    put = [span(one) for one in calls(function) if replaces(one.func)]
    patched = {place for place in found if any(is_within(place, whole) for whole in put)}
    return patched | configured_places(pattern, variant)


def described(hole: Hole, value: str) -> str:
    """In a few words: `fetch.return_value = None`, of the method alone."""
    return f"{'.'.join(hole.adds[1:].split('.')[-2:])} = {value}"


def configured_method(hole: Hole) -> str:
    """The name of what is called."""
    return hole.adds[1:].split(".")[-2]


def _returning(assigned: Sequence[ast.Assign], known: Addable) -> Iterator[Hole]:
    """What a test tells a method to give that decides something: it may give something else."""
    values = {f"{one.name}.{RETURNS}": one.values for one in known.outcomes if one.name}
    for one in assigned:
        own, told_to = ast.unparse(one.value), ".".join(ast.unparse(one.targets[0]).split(".")[-2:])
        if others := tuple(value for value in values.get(told_to, ()) if value != own):
            yield Hole(span=span(one.value), values=(own,), adds=INSTEAD, offers=others)


def _replaced(tree: ast.Module, function: Function, known: Addable) -> Iterator[Hole]:
    """What a test puts into the place of a function (`monkeypatch.setattr(shop, "load", lambda: 3)`): a mock."""
    own = {one.name: one for one in (*tree.body, *inner_nodes(function)) if isinstance(one, Function)}
    told_to = [f"{RAISES}={f'⟨builtins:{one}⟩' if one.isidentifier() else one}" for one in known.caught]
    told_to += [f"{RETURNS}={value}" for one in known.outcomes for value in one.values]
    for call in calls(function) if told_to else ():
        put = call.args[-1] if replaces(call.func) and call.args else ast.Constant(None)
        stands_for = own.get(last_name(put), put)
        if isinstance(stands_for, ast.Lambda | Function):
            kind = "AsyncMock" if isinstance(stands_for, ast.AsyncFunctionDef) else "Mock"
            offers = tuple(f"⟨unittest.mock:{kind}⟩({one})" for one in dict.fromkeys(told_to))
            yield Hole(span=span(put), values=(ast.unparse(put),), adds=INSTEAD, offers=offers[:MOST_VALUES])


def _configurable(known: Addable) -> Iterator[tuple[str, tuple[str, ...]]]:
    """How a mock, or a method of one, may be configured, with values: exceptions first, then what methods give."""
    if known.caught:
        yield from ((f"{name}.{RAISES}".lstrip("."), known.caught) for name in ("", *known.tried))
    yield from ((f"{one.name}.{RETURNS}", one.values) for one in known.outcomes if one.name)
    yield RETURNS, tuple(dict.fromkeys(value for one in known.outcomes for value in one.values))


def mock_places(tree: ast.Module, owner: str | None, function: Function) -> Iterator[tuple[str, Span]]:
    """Expressions for mocks, each with a statement above which it can be told something: the last is best."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    there = (
        *_set_up_attributes(tree, owner),
        *_patched_parameters(tree, owner, function),
        *_mock_fixtures(tree, owner, function),
    )
    for name in there if body else ():
        yield name, span(body[0])
    for one, following in _steps(body):
        yield from ((name, span(following)) for name in (*_bound_mocks(one), *_configured_there(one)))


def _steps(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Statements and what follows each, those in `with` blocks too, but not where something has to be raised."""
    for one, following in pairwise(body):
        yield one, following
    for one in body:
        if isinstance(one, ast.With | ast.AsyncWith) and not any(map(steps.expects_raise, one.items)):
            yield one, one.body[0]
            yield from _steps(one.body)


def _bound_mocks(one: ast.stmt) -> Iterator[str]:
    """The names that a statement binds to mocks."""
    if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None and _is_mock(one.value):
        targets = one.targets if isinstance(one, ast.Assign) else [one.target]
        yield from (ast.unparse(target) for target in targets if isinstance(target, ast.Name | ast.Attribute))
    for item in one.items if isinstance(one, ast.With | ast.AsyncWith) else ():
        if isinstance(item.optional_vars, ast.Name) and _is_mock(item.context_expr):
            yield item.optional_vars.id


def _configured_there(one: ast.stmt) -> Iterator[str]:
    """What a statement tells what to give: `fetch` and `fetch.return_value.json` of that one's `return_value`."""
    target = one.targets[0] if isinstance(one, ast.Assign) else None
    while isinstance(target, ast.Attribute):
        if target.attr in {RETURNS, RAISES} and isinstance(target.value, ast.Name | ast.Attribute):
            yield ast.unparse(target.value)
        target = target.value


def _is_mock(value: ast.expr) -> bool:
    """Whether it makes one: `Mock()`, `mocker.patch("a.b")`, `patch("a.b").start()`."""
    if not isinstance(value, ast.Call):
        return False
    if last_name(value.func) == "start" and isinstance(value.func, ast.Attribute):
        return _patches(value.func.value)
    return last_name(value.func) in MOCKS or _patches(value)


def _patches(call: ast.expr) -> bool:
    """Whether a call makes the mock that it puts into the place of something."""
    if not isinstance(call, ast.Call) or len(call.args) != PATCHES.get(last_name(call.func), -1):
        return False
    return not {one.arg for one in call.keywords} & NOT_BY_ITSELF


def _set_up_attributes(tree: ast.Module, owner: str | None) -> Iterator[str]:
    """The attributes that a class gives its tests as mocks."""
    steps = (one for each in _classes(tree, owner) for one in each.body)
    methods = (one for one in steps if isinstance(one, Function) and one.name in SET_UPS)
    for step in (step for one in methods for step in one.body):
        yield from (name for name in _bound_mocks(step) if name.startswith("self."))


def _patched_parameters(tree: ast.Module, owner: str | None, function: Function) -> Iterator[str]:
    """The parameters that decorators give, those of the function first and the lowest of them before others."""
    classes = _classes(tree, owner)
    given = [one.arg for one in function.args.args][len(classes) :]
    decorators = [one for each in (function, *classes) for one in reversed(each.decorator_list)]
    yield from (name for name, _ in zip(given, filter(_patches, decorators), strict=False))


def _classes(tree: ast.Module, owner: str | None) -> list[ast.ClassDef]:
    """The class that the test is a method of, if it is one."""
    return [one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == owner]


def _mock_fixtures(tree: ast.Module, owner: str | None, function: Function) -> Iterator[str]:
    """The parameters for which a fixture of the same file gives one."""
    asked = {one.arg for one in function.args.args}
    body = [*tree.body, *(each for one in _classes(tree, owner) for each in one.body)]
    for fixture in (one for one in body if isinstance(one, Function) and one.name in asked):
        steps = [one for one in ast.walk(fixture) if isinstance(one, ast.stmt)]
        own = {name for one in steps for name in _bound_mocks(one)}
        given = (one.value for one in ast.walk(fixture) if isinstance(one, ast.Return | ast.Yield) and one.value)
        if any(_is_mock(value) or getattr(value, "id", None) in own for value in given):
            yield fixture.name
