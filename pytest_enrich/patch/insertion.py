"""Put a test into the text of its file."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from libcst import matchers

from pytest_enrich.data import Candidate, NewRow, NewTest
from pytest_enrich.imports import merge, read
from pytest_enrich.imports.scope import bound
from pytest_enrich.imports.text import BOM
from pytest_enrich.imports.text import parse as parse_ast
from pytest_enrich.patch import row
from pytest_enrich.patch.quote import requote
from pytest_enrich.patch.scope import (
    Scope,
    Statement,
    blanks,
    enter,
    find,
    last_named,
    parse,
    rebuilt,
    spacing,
    unit,
)


def insert(text: str, test: Candidate, order: Sequence[Candidate] = (), *, joined: bool = True) -> str:
    """The file's text with `test` in it, and with the imports that it lacks.

    A new test goes after its anchor, else to the end of its class or of the file (before what runs the file as a
    program), in the style of the file: indentation, blank lines, quotes. A taken name gets a number. A row goes to
    the end of the test's list of cases, in the list's own layout. What is there already is not put in again.

    Args:
        text: The file as `decode` gives it, "" for a new one.
        test: What to put in.
        order: All that is known for this file, in gap order (`in_gap_order`): tests with one anchor keep it,
            whichever comes first. It may hold `test` itself.
        joined: False gives each import its own line, so that lines are only added.

    Raises:
        RefusedError: The file is not Python, has conflict markers, or the class is gone; for a row, too: the test
            is gone, or has no literal list of cases.
    """
    if isinstance(test, NewRow):
        return row.insert(text, test, joined=joined)
    return _with_test(text, test, [one for one in order if isinstance(one, NewTest)], joined=joined)


def _with_test(text: str, test: NewTest, order: Sequence[NewTest], *, joined: bool) -> str:
    start = BOM if text.startswith(BOM) else ""
    path = test.placement.path
    text = merge(text.removeprefix(BOM), test.imports, path=path, joined=joined)
    scope = enter(parse(text, path), test.placement)
    if find(scope, test) is not None:
        return start + text
    index = _index(scope, test, order)
    new = _nodes(scope, requote(_renamed(test, _taken(scope, text)), text), index)
    body = [*scope.body[:index], *new, *_apart(scope.body[index:], spacing(scope))]
    return start + rebuilt(scope, body, ended=scope.module.has_trailing_newline or not text.strip())


def _index(scope: Scope, test: NewTest, order: Sequence[NewTest]) -> int:
    """Where among the scope's statements: beside the tests of `order` with the same place, else after it."""
    anchor = _anchor(scope, test)
    peers = [one for one in order if one.placement.owner == test.placement.owner and _anchor(scope, one) == anchor]
    middle = peers.index(test) if test in peers else len(peers)
    before = [found for one in peers[:middle] if (found := find(scope, one)) is not None]
    after = [found for one in peers[middle:] if (found := find(scope, one)) is not None]
    if before:
        return max(before) + 1
    if after:
        return min(after)
    return _end(scope) if anchor is None else anchor + 1


def _anchor(scope: Scope, test: NewTest) -> int | None:
    name = (test.placement.anchor or "").partition("[")[0].rpartition("::")[2].rpartition(".")[2]
    return last_named(scope, name) if name else None


def _end(scope: Scope) -> int:
    """The end of the scope, before `if __name__ == "__main__":` where that comes last."""
    last = scope.body[-1] if scope.body else None
    runs = isinstance(last, cst.If) and "__name__" in scope.module.code_for_node(last.test)
    return len(scope.body) - 1 if runs else len(scope.body)


def _taken(scope: Scope, text: str) -> frozenset[str]:
    if not scope.owners:
        return read(text).taken
    code = scope.module.with_changes(header=(), footer=(), body=scope.body).code
    return frozenset(one.name for one in bound(parse_ast(code).body))


def _renamed(test: NewTest, taken: frozenset[str]) -> str:
    number, name = 2, test.name
    while name in taken:
        number, name = number + 1, f"{test.name}_{number}"
    if name == test.name:
        return test.code
    module = cst.parse_module(test.code)
    body = [
        node.with_changes(name=cst.Name(name))
        if isinstance(node, cst.FunctionDef) and node.name.value == test.name
        else node
        for node in module.body
    ]
    return module.with_changes(body=body).code


def _nodes(scope: Scope, code: str, index: int) -> list[Statement]:
    """The statements of `code`, indented as the scope is, apart from what stands at `index - 1`."""
    step = unit(scope)
    parsed = matchers.replace(
        cst.parse_module(code), matchers.IndentedBlock(), lambda block, _: block.with_changes(indent=step)
    )
    assert isinstance(parsed, cst.Module)
    first, *rest = parsed.body
    top = not scope.owners and not index and (scope.body or not scope.module.header)
    lines = [*_blank(0 if top else spacing(scope)), *parsed.header, *getattr(first, "leading_lines", ())]
    return [first.with_changes(leading_lines=lines), *rest]


def _apart(body: Sequence[Statement], count: int) -> list[Statement]:
    """`body` with blank lines above its first statement, if it has none."""
    if not body or blanks(body[0]):
        return list(body)
    lines = [*_blank(count), *getattr(body[0], "leading_lines", ())]
    return [body[0].with_changes(leading_lines=lines), *body[1:]]


def _blank(count: int) -> list[cst.EmptyLine]:
    return [cst.EmptyLine(indent=False)] * count
