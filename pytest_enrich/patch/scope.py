"""The place in a parsed test file where tests stand side by side: the module, or a class in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import libcst as cst
from msgspec import Struct

from pytest_enrich.data import Placement
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports.text import unreadable
from pytest_enrich.patch.codes import Codes

Statement: TypeAlias = cst.SimpleStatementLine | cst.BaseCompoundStatement
Definition: TypeAlias = cst.FunctionDef | cst.ClassDef


class Scope(Struct, frozen=True, kw_only=True):
    """The module at `path`, the classes on the way to the owner, and the statements of the innermost one."""

    path: str
    module: cst.Module
    owners: tuple[cst.ClassDef, ...]
    body: tuple[Statement, ...]


def parse(text: str, path: str) -> tuple[cst.Module, Codes]:
    """Parse a test file's text without byte order mark.

    Raises:
        RefusedError: It is not Python, or would not come back as it was.
    """
    module, codes = _parsed(text, path)
    return module, codes.copy()


@lru_cache(maxsize=3)  # it takes a second for a large file, and each candidate goes into the same one
def _parsed(text: str, path: str) -> tuple[cst.Module, Codes]:
    try:
        module = cst.parse_module(text)
        codes = Codes(module)
        same = codes.whole(module) == text
    except (cst.ParserSyntaxError, RecursionError, UnicodeError) as error:
        raise unreadable(path, text, error) from error
    if not same:
        raise RefusedError(
            f"{path} cannot be edited without changing other lines\nNothing was changed in it.\n"
            f"Put the test in by hand:  git apply, or copy it into {path}"
        )
    return module, codes


def enter(module: cst.Module, placement: Placement) -> Scope:
    """The scope that `placement` names.

    Raises:
        RefusedError: Its class is gone.
    """
    owners: list[cst.ClassDef] = []
    body = _statements(module)
    for name in re.split(r"::|\.", placement.owner) if placement.owner else []:
        found = [one for one in definitions(body) if isinstance(one, cst.ClassDef) and one.name.value == name]
        if not found:
            raise RefusedError(
                f"{placement.path} has no class {placement.owner} any more\nThe test was not put in.\n"
                "Make new suggestions for what is there now:  pytest --enrich"
            )
        owners.append(found[-1])
        body = _statements(found[-1])
    return Scope(path=placement.path, module=module, owners=tuple(owners), body=tuple(body))


def rebuilt(scope: Scope, body: Sequence[Statement], *, ended: bool) -> str:
    """The module's code with `body` as the scope's statements; `ended` by a line ending or not.

    Raises:
        RefusedError: The module is nested too deeply.
    """
    return grown(scope, body, ended=ended).code


def grown(scope: Scope, body: Sequence[Statement], *, ended: bool) -> cst.Module:
    """The module with `body` as the scope's statements; `ended` by a line ending or not.

    Raises:
        RefusedError: The module is nested too deeply.
    """
    module = scope.module.with_changes(has_trailing_newline=ended)
    new: Sequence[Statement] = body
    for at in reversed(range(len(scope.owners))):
        owner = scope.owners[at]
        block = owner.body if isinstance(owner.body, cst.IndentedBlock) else cst.IndentedBlock(body=())
        changed = owner.with_changes(body=block.with_changes(body=new))
        around = _statements(scope.owners[at - 1] if at else module)
        if not any(one is owner for one in around):
            return _replaced(scope, module, owner, changed)
        new = [changed if one is owner else one for one in around]
    return module.with_changes(body=new)


def _replaced(scope: Scope, module: cst.Module, owner: cst.ClassDef, changed: cst.ClassDef) -> cst.Module:
    """For a class inside an `if` or the like, wherever that is."""
    try:
        found = module.deep_replace(owner, changed)
    except RecursionError as error:
        raise unreadable(scope.path, "", error) from error
    assert isinstance(found, cst.Module)
    return found


def spacing(scope: Scope) -> int:
    """The usual number of blank lines between two definitions here."""
    usual = 1 if scope.owners else 2
    pairs = [
        (first, second)
        for first, second in pairwise(scope.body)
        if isinstance(first, (cst.FunctionDef, cst.ClassDef))
        and isinstance(second, (cst.FunctionDef, cst.ClassDef))
    ]
    counts = Counter(blanks(second) for _, second in pairs)
    del counts[0]
    return max(counts, key=lambda count: (counts[count], count == usual, count), default=usual)


def unit(scope: Scope) -> str:
    """One step of indentation, as the innermost class has it."""
    block = scope.owners[-1].body if scope.owners else None
    own = block.indent if isinstance(block, cst.IndentedBlock) else None
    return own or scope.module.default_indent


def blanks(node: Statement) -> int:
    """The number of blank lines above `node`, those among its comments included."""
    lines: Sequence[cst.EmptyLine] = getattr(node, "leading_lines", ())
    return sum(line.comment is None for line in lines)


def _statements(node: cst.Module | cst.ClassDef) -> list[Statement]:
    suite = node if isinstance(node, cst.Module) else node.body
    if isinstance(suite, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(body=suite.body, trailing_whitespace=suite.trailing_whitespace)]
    return [one for one in suite.body if isinstance(one, (cst.SimpleStatementLine, cst.BaseCompoundStatement))]


def definitions(body: Sequence[cst.CSTNode]) -> Iterator[Definition]:
    """The functions and classes of a scope, those in conditional blocks included."""
    for node in body:
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            yield node
        elif not isinstance(node, (cst.SimpleStatementLine, cst.BaseExpression)):
            yield from definitions(node.children)


def method(shell: str, code: str) -> str:
    """The class `shell`, written without a body, with `code` and the comments around it as its body."""
    inner = cst.parse_module(code)
    first, *rest = inner.body
    lines = [*inner.header, *getattr(first, "leading_lines", ())]
    body = [first.with_changes(leading_lines=lines), *rest]
    outer = cst.parse_module(shell)
    block = cst.IndentedBlock(body=body, footer=inner.footer)
    return outer.with_changes(body=[outer.body[0].with_changes(body=block)]).code
