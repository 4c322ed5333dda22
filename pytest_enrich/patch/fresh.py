"""The statements of a new test, as they stand in its file."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import libcst as cst
from libcst import matchers
from msgspec.structs import replace

from pytest_enrich.data import Candidate, NewTest
from pytest_enrich.patch.scope import Scope, Statement, blanks, spacing, unit


def renamed(test: NewTest, taken: AbstractSet[str]) -> tuple[str, str]:
    """The test's name, with a number where it is `taken`, and its code."""
    number, name = 2, test.name
    while name in taken:
        number, name = number + 1, f"{test.name}_{number}"
    if name == test.name:
        return name, test.code
    module = cst.parse_module(test.code)
    body = [
        node.with_changes(name=cst.Name(name))
        if isinstance(node, cst.FunctionDef) and node.name.value == test.name
        else node
        for node in module.body
    ]
    return name, module.with_changes(body=body).code


def named_apart(candidate: Candidate, taken: AbstractSet[str]) -> Candidate:
    """A new test with a number in its name where that is `taken`; any other as it is."""
    if not isinstance(candidate, NewTest) or candidate.name not in taken:
        return candidate
    name, code = renamed(candidate, taken)
    return replace(candidate, name=name, code=code)


def statements(scope: Scope, code: str, index: int) -> list[Statement]:
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


def apart(body: Sequence[Statement], count: int) -> list[Statement]:
    """`body` with blank lines above its first statement, if it has none."""
    if not body or blanks(body[0]):
        return list(body)
    lines = [*_blank(count), *getattr(body[0], "leading_lines", ())]
    return [body[0].with_changes(leading_lines=lines), *body[1:]]


def is_plain(scope: Scope, code: str, index: int) -> bool:
    """Whether a file with `code` at `index` of the scope would be parsed as the tree that it was made into.

    Where comments or blank lines may come to belong to another statement, it is not taken for granted.
    """
    module = scope.module
    parsed = cst.parse_module(code)
    block = scope.owners[-1].body if scope.owners else module
    after = scope.body[index:]
    return (
        module.has_trailing_newline
        and index > 0
        and isinstance(block, (cst.Module, cst.IndentedBlock))
        and (bool(after) or not block.footer)
        and all(_is_at_margin(line) for one in after[:1] for line in getattr(one, "leading_lines", ()))
        and len(parsed.body) == 1
        and isinstance(parsed.body[0], cst.FunctionDef)
        and not parsed.footer
        and "global" not in code
    )


def _is_at_margin(line: cst.EmptyLine) -> bool:
    return line.comment is None or (line.indent and not line.whitespace.value)


def _blank(count: int) -> list[cst.EmptyLine]:
    return [cst.EmptyLine(indent=False)] * count
