"""A test file as a tree that can be edited: its scopes, what they define, the code of its statements, its quotes.

A scope is where tests stand side by side: the module, or a class in it. Trees are immutable; texts have no byte
order mark.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import libcst as cst
from msgspec import Struct

from pytest_enrich.data import NewTest, Placement
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports.text import unreadable

Statement: TypeAlias = cst.SimpleStatementLine | cst.BaseCompoundStatement
Definition: TypeAlias = cst.FunctionDef | cst.ClassDef

# One line and no quotes inside: only these can change their quotes without changing anything.
_PLAIN = re.compile(r"""[bBuUrR]{0,2}(?:'[^'"\n]*'|"[^'"\n]*")""")


class Scope(Struct, frozen=True, kw_only=True):
    """The module at `path`, the classes on the way to the owner, and the statements of the innermost one."""

    path: str
    module: cst.Module
    owners: tuple[cst.ClassDef, ...]
    body: tuple[Statement, ...]


@lru_cache(
    maxsize=3
)  # it takes a tenth of a second for a thousand lines, and each candidate goes into the same file
def parse(text: str, path: str) -> cst.Module:
    """Parse a test file's text without byte order mark.

    Raises:
        RefusedError: It is not Python, or would not be written back unchanged.
    """
    try:
        module = cst.parse_module(text)
        is_same = module.code == text
    except (cst.ParserSyntaxError, RecursionError, UnicodeError) as error:
        raise unreadable(path, text, error) from error
    if not is_same:
        raise RefusedError(
            f"{path} cannot be edited without changing other lines\nNothing was changed in it.\n"
            f"Put the test in by hand:  git apply, or copy it into {path}"
        )
    return module


def enter(module: cst.Module, placement: Placement) -> Scope:
    """The scope that `placement` names.

    Raises:
        RefusedError: Its class is gone.
    """
    owners: list[cst.ClassDef] = []
    body = _statements(module)
    for name in re.split(r"::|\.", placement.owner) if placement.owner else []:
        matching = [
            definition
            for definition in definitions(body)
            if isinstance(definition, cst.ClassDef) and definition.name.value == name
        ]
        if not matching:
            raise RefusedError(
                f"{placement.path} has no class {placement.owner} any more\nThe test was not put in.\n"
                "Make new suggestions for what is there now:  pytest --enrich"
            )
        owners.append(matching[-1])
        body = _statements(matching[-1])
    return Scope(path=placement.path, module=module, owners=tuple(owners), body=tuple(body))


def begun(around: Scope, placement: Placement, at: int) -> Scope:
    """The scope of a new class, still empty, before a statement of the module `around` it."""
    shell = cst.parse_module(f"class {placement.owner}({placement.base}):\n    pass\n").body[0]
    owner = cst.ensure_type(shell, cst.ClassDef).with_changes(
        leading_lines=blank(above(around, at)), body=cst.IndentedBlock(body=())
    )
    body = [*around.body[:at], owner, *apart(around.body[at:], spacing(around))]
    return Scope(path=around.path, module=around.module.with_changes(body=body), owners=(owner,), body=())


def above(scope: Scope, at: int) -> int:
    """The number of blank lines above what is inserted before a statement: none at the top."""
    is_first = bool(scope.owners or scope.body or not scope.module.header)
    return 0 if is_first and not at else spacing(scope)


def end(scope: Scope) -> int:
    """The end of the scope, before `if __name__ == "__main__":` where that comes last."""
    last = scope.body[-1] if scope.body else None
    runs = isinstance(last, cst.If) and "__name__" in scope.module.code_for_node(last.test)
    return len(scope.body) - 1 if runs else len(scope.body)


def apart(body: Sequence[Statement], count: int) -> list[Statement]:
    """`body` with blank lines above its first statement, if it has none."""
    if not body or blanks(body[0]):
        return list(body)
    lines = [*blank(count), *getattr(body[0], "leading_lines", ())]
    return [body[0].with_changes(leading_lines=lines), *body[1:]]


def blank(count: int) -> list[cst.EmptyLine]:
    """This many blank lines."""
    return [cst.EmptyLine(indent=False)] * count


def grown(scope: Scope, body: Sequence[Statement]) -> cst.Module:
    """The module with `body` as the scope's statements.

    Raises:
        RefusedError: The module is nested too deeply.
    """
    module = scope.module
    new: Sequence[Statement] = body
    for at in reversed(range(len(scope.owners))):
        owner = scope.owners[at]
        block = owner.body if isinstance(owner.body, cst.IndentedBlock) else cst.IndentedBlock(body=())
        changed = owner.with_changes(body=block.with_changes(body=new))
        around = _statements(scope.owners[at - 1] if at else module)
        if not any(item is owner for item in around):
            return _replaced(scope, module, owner, changed)
        new = [changed if item is owner else item for item in around]
    return module.with_changes(body=new)


def indented(scope: Scope, body: Sequence[Statement], indent: str) -> str:
    """The code of these statements, indented by `indent`, without the line ending of the last one."""
    module = scope.module
    if indent:
        block = cst.If(test=cst.Name("_"), body=cst.IndentedBlock(body=body, indent=indent))
        code = module.code_for_node(block).partition(module.default_newline)[2]
    else:
        code = "".join(map(module.code_for_node, body))
    return code.removesuffix(module.default_newline)


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


def definitions(body: Sequence[cst.CSTNode]) -> Iterator[Definition]:
    """The functions and classes of a scope, those in conditional blocks included."""
    for node in body:
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            yield node
        elif not isinstance(node, (cst.SimpleStatementLine, cst.BaseExpression)):
            yield from definitions(node.children)


def below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and all that is in it.

    libcst's matchers do that, too, but importing them would delay every command by half a second.
    """
    yield node
    for child in node.children:
        yield from below(child)


def method(shell: str, code: str) -> str:
    """The class `shell`, written without a body, with `code` and the comments around it as its body."""
    inner = cst.parse_module(code)
    first, *rest = inner.body
    lines = [*inner.header, *getattr(first, "leading_lines", ())]
    body = [first.with_changes(leading_lines=lines), *rest]
    outer = cst.parse_module(shell)
    block = cst.IndentedBlock(body=body, footer=inner.footer)
    return outer.with_changes(body=[outer.body[0].with_changes(body=block)]).code


def find_test(scope: Scope, test: NewTest) -> int | None:
    """The index of the statement that is `test`, under its name or a numbered one; None when it is not there."""
    wanted = None
    for index, node in enumerate(scope.body):
        name = node.name.value if isinstance(node, cst.FunctionDef) else ""
        base, _, number = name.rpartition("_")
        if test.name in ((name, base) if number.isdecimal() else (name,)):
            wanted = wanted or _shape(test.code)
            if _shape(scope.module.code_for_node(node)) == wanted:
                return index
    return None


def find_last(scope: Scope, name: str) -> int | None:
    """The index of the statement that defines `name` last, itself or inside an `if` or the like."""
    indexes = [
        at
        for at, node in enumerate(scope.body)
        if any(definition.name.value == name for definition in definitions([node]))
    ]
    return indexes[-1] if indexes else None


def requote(code: str, counted: tuple[int, int]) -> str:
    """`code` with its plain strings in the file's more common quotes, as counted by `quotes`."""
    wanted = "'" if counted[0] > counted[1] else '"'
    lines = code.splitlines(keepends=True)
    for token in reversed(list(_plain(code))):
        row, start = token.start
        end = token.end[1]
        prefix, body = re.split("['\"]", token.string, maxsplit=1)
        line = lines[row - 1]
        lines[row - 1] = f"{line[:start]}{prefix}{wanted}{body[:-1]}{wanted}{line[end:]}"
    return "".join(lines)


@lru_cache(maxsize=8)  # a few files are asked about, each for many candidates
def quotes(text: str) -> tuple[int, int]:
    """How many plain strings of a text are in single quotes, and how many in double ones."""
    ends = [token.string[-1] for token in _plain(text)]
    return ends.count("'"), ends.count('"')


def _replaced(scope: Scope, module: cst.Module, owner: cst.ClassDef, changed: cst.ClassDef) -> cst.Module:
    """The module with a changed class, which is inside an `if` or the like."""
    try:
        replaced = module.deep_replace(owner, changed)
    except RecursionError as error:
        raise unreadable(scope.path, "", error) from error
    assert isinstance(replaced, cst.Module)
    return replaced


def _statements(node: cst.Module | cst.ClassDef) -> list[Statement]:
    suite = node if isinstance(node, cst.Module) else node.body
    if isinstance(suite, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(body=suite.body, trailing_whitespace=suite.trailing_whitespace)]
    return [
        statement
        for statement in suite.body
        if isinstance(statement, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
    ]


def _shape(code: str) -> str:
    """What a function does, whatever its name and layout; only compared within one process."""
    tree = ast.parse(code).body[0]
    if isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef)):
        tree.name = "test"
    return ast.dump(tree)


def _plain(text: str) -> Iterator[tokenize.TokenInfo]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.STRING and _PLAIN.fullmatch(token.string):
                yield token
    except (tokenize.TokenError, SyntaxError):
        return
