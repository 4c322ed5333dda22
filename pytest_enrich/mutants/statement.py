"""Mutation operators on whole statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_enrich.mutants.edit import Edit, Source
from pytest_enrich.mutants.expression import computed
from pytest_enrich.mutants.walk import Site

_DELETED = (ast.Expr, ast.AugAssign, ast.Delete, ast.Assert, ast.Continue, ast.Break)


def edits(source: Source, site: Site) -> Iterator[Edit]:
    """The edits of one statement as such, those of its expressions left out."""
    node, line = site.node, site.line
    if isinstance(node, ast.Raise):
        yield from _raise(source, line, node)
    elif isinstance(node, ast.Return):
        yield from _return(source, line, node)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        yield from _assign(source, line, node)
    elif isinstance(node, ast.For) and not isinstance(node.iter, ast.Tuple):
        yield source.swap("loop", line, node.iter, "()")
    elif isinstance(node, ast.ExceptHandler) and node.type is not None:
        yield from _handler(source, line, node, node.type)
    elif isinstance(node, _DELETED) and not _is_stub(node):
        yield _deleted(source, line, node)
    if isinstance(node, ast.AugAssign):
        yield from computed(source, line, node, (node.target, node.op, node.value))


def _is_stub(node: ast.stmt) -> bool:
    """`...`, or a string somewhere in the body."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _deleted(source: Source, line: int, node: ast.stmt) -> Edit:
    # The lines below keep their numbers.
    return source.swap("deletion", line, node, "pass" + "\n" * source.cut(node).count("\n"))


def _raise(source: Source, line: int, node: ast.Raise) -> Iterator[Edit]:
    rest = "\n" * source.cut(node).count("\n")
    yield source.swap("exception", line, node, f"pass{rest}")
    raised = node.exc
    name = raised.func if isinstance(raised, ast.Call) else raised
    if isinstance(name, (ast.Name, ast.Attribute)) and _is_class(name):
        whole = isinstance(raised, ast.Call) and bool(raised.keywords)
        replaced = raised if whole and raised is not None else name
        other = "Exception()" if whole else "Exception"
        yield source.edit("exception", line, node, source.span(replaced), other)


def _is_class(node: ast.Name | ast.Attribute) -> bool:
    """Whether a raised name is that of a class, and one that `Exception` is no better word for."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    return name[:1].isupper() and name not in {"Exception", "BaseException"}


def _return(source: Source, line: int, node: ast.Return) -> Iterator[Edit]:
    rest = "\n" * source.cut(node).count("\n")
    if node.value is None:
        yield source.swap("deletion", line, node, "pass")
    elif not isinstance(node.value, ast.Constant):
        yield source.swap("return", line, node, f"return None{rest}")
    elif node.value.value is None:
        yield source.swap("return", line, node, f'return ""{rest}')


def _assign(source: Source, line: int, node: ast.Assign | ast.AnnAssign) -> Iterator[Edit]:
    """What is not needed for the code to go on is not done; a name is None as well."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if node.value is None:
        return
    if all(isinstance(target, (ast.Attribute, ast.Subscript)) for target in targets):
        yield _deleted(source, line, node)
        return
    if node in source.again:
        yield _deleted(source, line, node)
    if all(isinstance(target, ast.Name) for target in targets) and not isinstance(node.value, ast.Constant):
        yield source.edit("constant", line, node, source.span(node.value), "None")


def _handler(source: Source, line: int, node: ast.ExceptHandler, caught: ast.expr) -> Iterator[Edit]:
    start, end = source.span(caught)
    opening = source.text[source.span(node)[0] : start]
    if "*" not in opening and "(" not in opening:
        # The body does not change and is not shown.
        edit = source.swap("exception", line, caught, "()")
        yield Edit(edit.operator, line, start, end, "()", f"except {edit.before}", "except ()")
