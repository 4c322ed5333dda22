"""The mocks of a test: by which expressions it knows them, and where they can be told something."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pytest_enrich.data import Span
from pytest_enrich.proposers.rows import part
from pytest_enrich.proposers.rows.names import Function, last
from pytest_enrich.proposers.rows.text import span

RETURNS, RAISES = "return_value", "side_effect"
MOCKS, PATCHES = {"Mock", "MagicMock", "AsyncMock", "create_autospec"}, {"patch": 1, "object": 2}
"""What makes one; `patch` and `patch.object` do with so many arguments."""
NOT_BY_ITSELF = {"new", "new_callable", "wraps", None}
SET_UPS = {"setUp", "asyncSetUp", "setup_method", "setup"}


def places(tree: ast.Module, owner: str | None, function: Function) -> Iterator[tuple[str, Span]]:
    """Expressions for mocks, each with a statement above which it can be told something: the last is best."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    there = (*_set_up(tree, owner), *_patched(tree, owner, function), *_fixtures(tree, owner, function))
    for name in there if body else ():
        yield name, span(body[0])
    for one, following in _steps(body):
        yield from ((name, span(following)) for name in (*_made(one), *_spoken_to(one)))


def _steps(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Statements and what follows each, those in `with` blocks too, but not where something has to be raised."""
    for one, following in pairwise(body):
        yield one, following
    for one in body:
        if isinstance(one, ast.With | ast.AsyncWith) and not any(map(part.tells_raised, one.items)):
            yield one, one.body[0]
            yield from _steps(one.body)


def _made(one: ast.stmt) -> Iterator[str]:
    """The names that a statement binds to mocks."""
    if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None and _is_mock(one.value):
        targets = one.targets if isinstance(one, ast.Assign) else [one.target]
        yield from (ast.unparse(target) for target in targets if isinstance(target, ast.Name | ast.Attribute))
    for item in one.items if isinstance(one, ast.With | ast.AsyncWith) else ():
        if isinstance(item.optional_vars, ast.Name) and _is_mock(item.context_expr):
            yield item.optional_vars.id


def _spoken_to(one: ast.stmt) -> Iterator[str]:
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
    if last(value.func) == "start" and isinstance(value.func, ast.Attribute):
        return _patches(value.func.value)
    return last(value.func) in MOCKS or _patches(value)


def _patches(call: ast.expr) -> bool:
    """Whether a call makes the mock that it puts into the place of something."""
    if not isinstance(call, ast.Call) or len(call.args) != PATCHES.get(last(call.func), -1):
        return False
    return not {one.arg for one in call.keywords} & NOT_BY_ITSELF


def _set_up(tree: ast.Module, owner: str | None) -> Iterator[str]:
    """The attributes that a class gives its tests as mocks."""
    steps = (one for each in _classes(tree, owner) for one in each.body)
    methods = (one for one in steps if isinstance(one, Function) and one.name in SET_UPS)
    for step in (step for one in methods for step in one.body):
        yield from (name for name in _made(step) if name.startswith("self."))


def _patched(tree: ast.Module, owner: str | None, function: Function) -> Iterator[str]:
    """The parameters that decorators give, those of the function first and the lowest of them before others."""
    classes = _classes(tree, owner)
    given = [one.arg for one in function.args.args][len(classes) :]
    decorators = [one for each in (function, *classes) for one in reversed(each.decorator_list)]
    yield from (name for name, _ in zip(given, filter(_patches, decorators), strict=False))


def _classes(tree: ast.Module, owner: str | None) -> list[ast.ClassDef]:
    """The class that the test is a method of, if it is one."""
    return [one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == owner]


def _fixtures(tree: ast.Module, owner: str | None, function: Function) -> Iterator[str]:
    """The parameters for which a fixture of the same file gives one."""
    asked = {one.arg for one in function.args.args}
    body = [*tree.body, *(each for one in _classes(tree, owner) for each in one.body)]
    for fixture in (one for one in body if isinstance(one, Function) and one.name in asked):
        steps = [one for one in ast.walk(fixture) if isinstance(one, ast.stmt)]
        own = {name for one in steps for name in _made(one)}
        given = (one.value for one in ast.walk(fixture) if isinstance(one, ast.Return | ast.Yield) and one.value)
        if any(_is_mock(value) or getattr(value, "id", None) in own for value in given):
            yield fixture.name
