"""Promises in docstrings, and what was observed instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from pytest_enrich import imports
from pytest_enrich.data import Template
from pytest_enrich.data.suggestion import Promise
from pytest_enrich.imports import parsed
from pytest_enrich.writing.syntax import Function

_NO_CALL = ("property", "setter", "deleter", "overload", "abstractmethod")


class Claim(Struct, frozen=True, kw_only=True):
    """A promise that can be put to the test.

    Attributes:
        path, module, qualname, line: The function, and where it starts.
        promise: What kind it is.
        quote: The words as they are in the docstring, with its line breaks.
        quote_line: The line of the source file on which they begin.
        setup: Statements before the call.
        action: The call, an expression.
        expected: A literal, or the class of an exception.
    """

    path: str
    module: str
    qualname: str
    line: int
    promise: Promise
    quote: str
    quote_line: int
    action: Template
    expected: Template
    setup: tuple[Template, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """Identifies the promise, regardless of spacing."""
        return (self.qualname, self.promise, " ".join(self.quote.split()))


class Broken(Struct, frozen=True, kw_only=True):
    """A claim that the code does not keep: what it did each time, and the ways in which it was run."""

    claim: Claim
    observed: str
    runs: tuple[str, ...] = ()


class Documented(Struct, frozen=True, kw_only=True):
    """A public function, method or class that has a docstring.

    Attributes:
        path, module: Those of its file.
        names: What the module binds at its top level.
        qualname: As in a gap.
        node: Its syntax tree.
    """

    path: str
    module: str
    names: frozenset[str]
    qualname: str
    node: Function | ast.ClassDef

    @property
    def extent(self) -> range:
        """The lines of the file that it spans."""
        return range(self.node.lineno, (self.node.end_lineno or self.node.lineno) + 1)

    @property
    def docstring(self) -> str:
        """The raw docstring."""
        return ast.get_docstring(self.node, clean=False) or ""


def read(path: str, module: str, text: str) -> tuple[Documented, ...]:
    """The documented functions in the order of the text; none if it is not Python."""
    tree = parsed(text)
    if tree is None:
        return ()
    names = imports.read(text).taken
    return tuple(
        Documented(path=path, module=module, names=names, qualname=qualname, node=node)
        for qualname, node in _public(tree, "")
        if _has_docstring(node)
    )


def _public(scope: ast.Module | ast.ClassDef, owner: str) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in scope.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_") and not _is_special(node):
            qualname = f"{owner}.{node.name}" if owner else node.name
            yield qualname, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, qualname)


def _is_special(node: Function | ast.ClassDef) -> bool:
    names = [ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list]
    return any(name.endswith(_NO_CALL) for name in names)


def _has_docstring(node: Function | ast.ClassDef) -> bool:
    """Whether it has a docstring whose lines match those of the file: with escapes they would not."""
    docstring, first = ast.get_docstring(node, clean=False), node.body[0]
    if docstring is None or {"⟨", "⟩"} & set(docstring):
        return False
    return docstring.count("\n") == (first.end_lineno or first.lineno) - first.lineno
