"""Take apart what a model wrote: its tests in its own words, and what each needs from the rest of the reply.

The text may say anything: it is parsed as Python, never run here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from pytest_enrich import imports
from pytest_enrich.imports import outdented, parsed
from pytest_enrich.imports.text import bound, imported
from pytest_enrich.writing.syntax import Function, is_fixture, span

FENCE = re.compile(r"```[ \t]*([\w+-]*)[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_PYTHON = {"", "py", "python", "python3"}
_INTO = re.compile(r"^#\s*into:\s*(\S+)", re.MULTILINE)
_STATEMENT = re.compile(r"(async )?def |@|class |import |from ")


class WrittenTest(Struct, frozen=True, kw_only=True):
    """One test function of a reply.

    Attributes:
        name: The name that the model gave it.
        code: Its own text, not indented, decorators included.
        imports: The import statements of the reply that it uses, by the name that each binds.
        helpers: The texts of the reply's other definitions that it uses, by name, in their order.
        into: Where the reply says that it goes (`tests/test_cart.py::TestCart`), "" when it says nothing.
    """

    name: str
    code: str
    imports: Mapping[str, str] = {}
    helpers: Mapping[str, str] = {}
    into: str = ""


def read(reply: str) -> list[WrittenTest]:
    """The tests in a reply, whatever a model writes around them; none for a reply without any."""
    plain = _THOUGHT.sub("", reply)
    blocks = [block for language, block in FENCE.findall(plain) if language.lower() in _PYTHON]
    into = match[1] if (match := _INTO.search(plain)) else ""
    for text in ("\n\n".join(blocks), *blocks, plain):
        tests = list(_tests(text, into))
        if tests:
            return tests
    return []


def _tests(text: str, into: str) -> Iterator[WrittenTest]:
    lines = text.strip("\n").split("\n")
    tree = _readable(lines)
    known = dict(_imported(tree))
    defined = {name: node for node in tree.body for name in _names(node)}
    for owner, function in _functions(tree):
        decorators = owner.decorator_list if owner is not None else []
        code = _text(lines, function, decorators)
        used = _used(code, lines, defined)
        needed = _missing(code, *used.values())
        yield WrittenTest(
            name=function.name,
            code=code,
            imports={name: known[name] for name in known if name in needed},
            helpers=used,
            into=into,
        )


def _readable(lines: Sequence[str]) -> ast.Module:
    """The longest beginning that is Python, in whole statements: a reply may be cut off."""
    starts = [at for at, line in enumerate(lines) if _STATEMENT.match(line)]
    trees = (parsed("\n".join(lines[:end])) for end in (len(lines), *reversed(starts[1:])))
    return next((tree for tree in trees if tree is not None), ast.Module([], []))


def _functions(tree: ast.Module) -> Iterator[tuple[ast.ClassDef | None, Function]]:
    """The test functions, each with its class."""
    for node in tree.body:
        owner = node if isinstance(node, ast.ClassDef) else None
        for function in owner.body if owner is not None else [node]:
            if isinstance(function, Function) and function.name.startswith("test"):
                yield owner, function


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each name that an import statement of the reply binds, and a statement for it alone."""
    for node in (node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)):
        yield from (
            (binding.name, binding.statement) for binding in imported(node) if not binding.module.startswith(".")
        )


def _names(node: ast.stmt) -> Iterator[str]:
    """The names that a statement of the reply defines for its tests; a fixture cannot go inside a test."""
    if isinstance(node, Function | ast.ClassDef):
        yield from [] if is_fixture(node) or node.name.lower().startswith("test") else [node.name]
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        yield from (binding.name for binding in bound([node]))


def _used(code: str, lines: Sequence[str], defined: Mapping[str, ast.stmt]) -> dict[str, str]:
    """The texts of the definitions that a test uses, directly or through others."""
    helpers: dict[str, str] = {}
    while more := [name for name in defined if name in _missing(code, *helpers.values()) and name not in helpers]:
        helpers |= {name: _text(lines, defined[name]) for name in more}
    return {name: helpers[name] for name in defined if name in helpers}


def _missing(*codes: str) -> set[str]:
    """The names that these use and do not define."""
    return {name for code in codes for name in imports.needs(code, imports.Bindings()).missing}


def _text(lines: Sequence[str], node: ast.stmt, more: Sequence[ast.expr] = ()) -> str:
    """A statement in its own words, after `more` decorators; unparsed where dedenting would change it."""
    above = "".join(f"@{ast.unparse(decorator)}\n" for decorator in more)
    first, _, last, _ = span(node)
    text = outdented(lines[first - 1 : last]) + "\n"
    tree = parsed(text)
    is_same = tree is not None and len(tree.body) == 1 and ast.dump(tree.body[0]) == ast.dump(node)
    return above + (text if is_same else ast.unparse(node) + "\n")
