"""A source file and its scopes, the tests of a project, and the names of modules."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from msgspec import Struct

from pytest_enrich.data.answers import Item
from pytest_enrich.gaps.flow import Onward
from pytest_enrich.gaps.flow import read as read_flow
from pytest_enrich.gaps.outline import Node, Outline, Scope, children, first_row, last_row
from pytest_enrich.imports import outdented
from pytest_enrich.imports.text import assigned

Function = ast.FunctionDef | ast.AsyncFunctionDef
TESTS = re.compile(r"\b(tests?|conftest)\b|\btest_|_test\b")
"""Matches the names of test modules."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Suite(Struct, frozen=True, kw_only=True):
    """The tests of a project; all paths are relative to rootdir, with `/`.

    Attributes:
        items: The tests that pytest collected, in its order.
        files: The test files.
        folders: Where test files are created as long as there are none.
        patterns: What the names of test files have to match.
        texts: The contents of the test files, by path; a file that is not Python counts as empty.
        source_roots: Folders that modules are imported from ("" is rootdir itself), as given by `roots`.
        packages: Folders that hold an `__init__.py`.
    """

    items: tuple[Item, ...] = ()
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ("tests",)
    patterns: tuple[str, ...] = ("test_*.py", "*_test.py")
    texts: dict[str, str] = {}
    source_roots: tuple[str, ...] = ("",)
    packages: frozenset[str] = frozenset()


def roots(
    rootdir: Path, paths: Iterable[str], modules: Mapping[str, object] = MappingProxyType({})
) -> tuple[str, ...]:
    """The entries of a `sys.path` that are in `rootdir`, relative to it; "" is `rootdir` itself.

    Entries from which most of `modules` (`sys.modules`) are imported come first, then longer ones: for tests of a
    namespace package, pytest puts a folder inside the package on the path.

    Args:
        rootdir: Absolute.
        paths: Entries of `sys.path`, PYTHONPATH or pytest's `pythonpath`; relative ones start at rootdir.
        modules: The imported modules, by name; without them longer entries come first.
    """
    real = rootdir.resolve()
    folders: dict[str, None] = {}
    for path in paths:
        try:
            folder = (rootdir / path).resolve()
        except (OSError, ValueError, RuntimeError):
            continue
        if folder.is_relative_to(real) and "site-packages" not in folder.parts:
            folders[_posix(folder.relative_to(real))] = None
    votes = Counter(root for name, module in [*modules.items()] for root in _voted(name, module, real))
    return tuple(sorted(folders, key=lambda root: (-votes[root], -len(root))))


def _voted(name: str, held: object, rootdir: Path) -> Iterator[str]:
    """The folder in `rootdir` from which a module is imported; modules of tests do not count."""
    file = getattr(held, "__file__", None)
    if not isinstance(file, str) or not file.startswith(f"{rootdir}/") or TESTS.search(name):
        return
    parts = PurePosixPath(file).relative_to(rootdir.as_posix()).with_suffix("").parts
    own = name.split(".")
    inside = parts[:-1] if parts[-1] == "__init__" else parts
    if [*inside[-len(own) :]] == own:
        yield "/".join(inside[: -len(own)])


def packages(rootdir: Path, files: Iterable[str]) -> frozenset[str]:
    """The folders of `files`, and those above them, that hold an `__init__.py`."""
    folders = {_posix(parent) for file in files for parent in PurePosixPath(file).parents}
    return frozenset(folder for folder in folders if (rootdir / folder / "__init__.py").is_file())


def module_name(path: str, source_roots: Sequence[str], package_folders: Collection[str]) -> str:
    """The name by which the file is imported.

    It is relative to the first source root that contains the outermost package, or else starts at that package.
    """
    file = PurePosixPath(path)
    top = file.parent
    while _posix(top) in package_folders and top.parent != top:
        top = top.parent
    holding = [root for root in source_roots if top.is_relative_to(PurePosixPath(root))]
    base = PurePosixPath(holding[0]) if holding else top
    parts = file.relative_to(base).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _posix(path: PurePosixPath | Path) -> str:
    text = path.as_posix()
    return "" if text == "." else text


class Module:
    """One source file and its scopes.

    Attributes:
        outline: The statements of the file.
        past: What leads past each statement (`flow`).
        above: For each statement, handler and case, the one that it stands in; the module for outermost ones.

    Raises:
        SyntaxError: It is not Python.
    """

    def __init__(self, text: str) -> None:
        self.outline = Outline(text)
        self.past: dict[Node, Onward] = read_flow(self.outline)
        self.tree = self.outline.text.tree
        self.above: dict[Node, Node] = dict.fromkeys(self.tree.body, self.tree)
        for node in self.outline.statements:
            self.above.update((child, node) for child in children(node))

    def qualname(self, node: Node) -> str:
        """The qualname of a function or class; "" for the module."""
        return self.outline.bodies[node].qualname

    def scope(self, node: Node) -> Node:
        """The function, class or module that a statement stands in."""
        above = self.above.get(node, self.tree)
        while not isinstance(above, (*Scope, ast.Module)):
            above = self.above[above]
        return above

    @cached_property
    def exported(self) -> frozenset[str] | None:
        """The names in `__all__`; None if there is none, or if it is not written with literals."""
        added = [node for node in self.tree.body if isinstance(node, ast.AugAssign)]
        values = [value for name, value in assigned(self.tree.body) if name == "__all__"]
        values += [
            node.value for node in added if isinstance(node.target, ast.Name) and node.target.id == "__all__"
        ]
        if not all(isinstance(value, ast.List | ast.Tuple) for value in values):
            return None
        names = (getattr(element, "value", None) for value in values for element in getattr(value, "elts", ()))
        return frozenset(name for name in names if isinstance(name, str)) or None

    @cached_property
    def bases(self) -> dict[str, set[str]]:
        """For each class, the names of its bases among the classes here: `Field` for `fields.Field[int]`."""
        classes = [node for node in self.outline.bodies if isinstance(node, ast.ClassDef)]
        names = {node.name for node in classes}
        return {node.name: names.intersection(map(base_name, node.bases)) for node in classes}

    @cached_property
    def _deciding(self) -> dict[tuple[int, str], Node]:
        return {(site.line, site.text): node for node, site in reversed(self.outline.statements.items())}

    def statement(self, line: int, text: str) -> Node | None:
        """The statement, handler or case whose header starts on this line and has this text."""
        return self._deciding.get((line, text))

    def functions(self) -> Iterator[Function]:
        """All functions, in the order of the source."""
        yield from (node for node in self.outline.bodies if isinstance(node, FUNCTIONS))

    def find(self, qualname: str, line: int) -> Node:
        """The innermost function or class of that name around a line, else the module."""
        for node in reversed(self.outline.bodies):
            if self.qualname(node) == qualname and qualname and first_row(node) <= line <= last_row(node):
                return node
        return self.tree

    def extent(self, node: Node) -> tuple[int, int]:
        """First and last line of a function, class or module, decorators included."""
        if isinstance(node, ast.Module):
            return (1, max(len(self.outline.text.lines), 1))
        return (first_row(node), last_row(node))

    def lines(self, node: Node) -> str:
        """The dedented text of a function, class or module."""
        first, last = self.extent(node)
        return outdented(self.outline.text.lines[first - 1 : last]) + "\n"

    @cached_property
    def raise_lines(self) -> tuple[int, ...]:
        """The lines of all `raise` statements."""
        return tuple(sorted({node.lineno for node in self.outline.statements if isinstance(node, ast.Raise)}))

    @cached_property
    def statement_lines(self) -> tuple[tuple[int, int], ...]:
        """Each line of a statement that spans several, with the first line of the statement."""
        first_lines = {**self.outline.text.first_line}
        first_lines.update((first, first) for first in set(first_lines.values()))
        return tuple(sorted(first_lines.items()))


def base_name(base: ast.expr) -> str:
    """The last name of a base, also of a generic one: `Field` for `fields.Field[int]`."""
    return dotted(base.value if isinstance(base, ast.Subscript) else base).rpartition(".")[2]


def own_nodes(node: Node) -> Iterator[ast.AST]:
    """The nodes of a function or class that run with its own body, without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(node))[::-1]
    while waiting:
        inner = waiting.pop()
        yield inner
        if not isinstance(inner, Scope):
            waiting += list(ast.iter_child_nodes(inner))[::-1]


def dotted(node: ast.AST) -> str:
    """The dotted name that an expression is, "" if it is not one; a call counts as what is called."""
    names: list[str] = []
    while isinstance(node, (ast.Call, ast.Attribute)):
        names += [node.attr] if isinstance(node, ast.Attribute) else []
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""
