"""Every way in which a list of statements binds names, in order."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from msgspec import Struct


class Binding(Struct, frozen=True, kw_only=True):
    """One binding of `name`.

    Attributes:
        name: The name, without dots.
        module: What is imported (from), "" for whatever is no import.
        member: What is imported from `module`; None for `import module`.
        alias: The name after `as`.
        sure: Whether it happens in every run; False inside `if`, `try`, loops.
    """

    name: str
    module: str = ""
    member: str | None = None
    alias: str | None = None
    sure: bool = True


def bound(body: Iterable[ast.stmt], package: str = "") -> list[Binding]:
    """The bindings that running `body` makes; `package` is what relative imports are relative to."""
    return [binding for statement in body for binding in _walk(statement, package, sure=True)]


def imported(node: ast.Import | ast.ImportFrom, package: str = "", *, sure: bool = True) -> Iterator[Binding]:
    """What one import statement binds; `from x import *` binds nothing that can be known."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            yield Binding(name=name, module=alias.name, alias=alias.asname, sure=sure)
        return
    module = absolute(node, package)
    for alias in node.names:
        if alias.name != "*":
            name = alias.asname or alias.name
            yield Binding(name=name, module=module, member=alias.name, alias=alias.asname, sure=sure)


def absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that `node` imports from; it keeps its leading dots when `package` is too shallow."""
    parts = package.split(".") if package else []
    if not node.level or node.level > len(parts):
        return "." * node.level + (node.module or "")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MAYBE = (ast.Try, ast.With, ast.AsyncWith, ast.Match, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler)


def _walk(node: ast.AST, package: str, *, sure: bool) -> Iterator[Binding]:
    """The bindings below `node` that belong to its scope, none of the scopes inside it."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from imported(node, package, sure=sure)
    elif isinstance(node, _SCOPES):
        yield Binding(name=node.name, sure=sure)
        yield from (Binding(name=name, sure=False) for name in _globals(node))
    elif isinstance(node, _COMPREHENSIONS):
        yield from (Binding(name=name, sure=sure) for name in _walrus(node))
    elif not isinstance(node, ast.Lambda):
        yield from (Binding(name=name, sure=sure) for name in _own(node))
        below = sure and not isinstance(node, (*_MAYBE, ast.If)) and type(node).__name__ != "TryStar"
        for child in _children(node):
            yield from _walk(child, package, sure=below)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING":
        yield from node.orelse
    else:
        yield from ast.iter_child_nodes(node)


def _own(node: ast.AST) -> Iterator[str]:
    """The names that `node` itself binds: a target, a capture of a pattern, an exception's name."""
    if isinstance(node, ast.Name):
        names = [None if isinstance(node.ctx, ast.Load) else node.id]
    elif isinstance(node, (ast.MatchAs, ast.MatchStar, ast.ExceptHandler)):
        names = [node.name]
    else:
        names = [node.rest if isinstance(node, ast.MatchMapping) else None]
    yield from filter(None, names)


def _globals(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Global):
            yield from inner.names


def _walrus(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.NamedExpr) and isinstance(inner.target, ast.Name):
            yield inner.target.id
