"""The groups of a file's import statements, and a new statement's place among them."""

from __future__ import annotations

import ast
from itertools import pairwise

from msgspec import Struct

from pytest_enrich.imports.statement import (
    FUTURE,
    MODULE_KEYS,
    ImportNode,
    SortKey,
    Wanted,
    alias_of,
    module_of,
    position,
    section,
)
from pytest_enrich.imports.text import newline, parse, split


class Group(Struct, frozen=True, kw_only=True):
    """Import statements without a blank line between them."""

    nodes: tuple[ImportNode, ...]

    @property
    def sections(self) -> frozenset[int]:
        """The sections of all of them; several in a file that does not keep them apart."""
        return frozenset(section(module_of(node)) for node in self.nodes)


def place(text: str, want: Wanted) -> str:
    """`text` with `want` as a statement of its own beside its kin; the text has no byte order mark."""
    lines = split(text)
    tree = parse(text)
    known = groups(tree, lines)
    group = _home(known, want)
    if group:
        return _into(lines, group, want)
    earlier = [one for one in known if min(one.sections) < section(want.module)]
    if earlier:
        return _put(lines, _end(earlier[-1].nodes[-1]), ["", want.text])
    if known:
        return _put(lines, _above(lines, known[0].nodes[0]), [want.text, ""])
    return _first(lines, tree, want)


def groups(tree: ast.Module, lines: list[str]) -> list[Group]:
    """The groups among the statements at the top level, in their order."""
    found: list[list[ImportNode]] = []
    previous: ast.stmt | None = None
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if found and previous is found[-1][-1] and not _blank_between(lines, previous, node):
                found[-1].append(node)
            else:
                found.append([node])
        previous = node
    return [Group(nodes=tuple(nodes)) for nodes in found]


def _blank_between(lines: list[str], before: ast.stmt, after: ast.stmt) -> bool:
    return any(not line.strip() for line in lines[_end(before) : after.lineno - 1])


def _home(known: list[Group], want: Wanted) -> Group | None:
    """The group that `want` belongs in: its package's, its section's, or the one that holds everything."""
    kind, root = section(want.module), want.module.partition(".")[0]
    same = [one for one in known if any(module_of(node).partition(".")[0] == root for node in one.nodes)]
    alike = [one for one in known if kind in one.sections]
    mixed = [one for one in known if len(one.sections - {FUTURE}) > 1]
    return next((found[-1] for found in (same if root else [], alike, mixed) if found), None)


def _into(lines: list[str], group: Group, want: Wanted) -> str:
    keys, new = _keys(group, want)
    index = position(keys, new)
    if index:
        return _put(lines, _end(group.nodes[index - 1]), [want.text])
    return _put(lines, _above(lines, group.nodes[0]), [want.text])


def _keys(group: Group, want: Wanted) -> tuple[list[SortKey], SortKey]:
    for key in (*MODULE_KEYS, MODULE_KEYS[0]):
        keys = [
            key(module_of(node), is_from=isinstance(node, ast.ImportFrom), alias=alias_of(node.names[0]))
            for node in group.nodes
        ]
        if all(one <= other for one, other in pairwise(keys)):
            break
    alias = f"{want.member or want.module} as {want.alias}" if want.alias else ""
    return keys, key(want.module, is_from=want.member is not None, alias=alias)


def _first(lines: list[str], tree: ast.Module, want: Wanted) -> str:
    """The file's first import: after the docstring, else before the first statement."""
    if not tree.body:
        return _put(lines, len(lines), [*([""] if lines and lines[-1].strip() else []), want.text])
    if ast.get_docstring(tree, clean=False) is not None:
        row = _end(tree.body[0])
        close = row < len(lines) and lines[row].strip()
        return _put(lines, row, ["", want.text, *(_gap(tree.body[1:]) if close else [])])
    head = _head(lines)
    if head and not lines[head].strip():
        return _put(lines, head, ["", want.text])
    return _put(lines, _above(lines, tree.body[0]), [want.text, *_gap(tree.body)])


def _head(lines: list[str]) -> int:
    """The number of comment lines that the file begins with."""
    return next((row for row, line in enumerate(lines) if not line.startswith("#")), len(lines))


def _gap(body: list[ast.stmt]) -> list[str]:
    apart = body and isinstance(body[0], (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    return ["", ""] if apart else [""]


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _above(lines: list[str], node: ast.stmt) -> int:
    """The row of `node` with the comments that belong to it, which those at the top of a file do not."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min(node.lineno, *(one.lineno for one in decorators), node.lineno) - 1
    row = first
    while row and lines[row - 1].lstrip().startswith("#"):
        row -= 1
    return row or first


def _put(lines: list[str], row: int, new: list[str]) -> str:
    """The text with the lines `new` before line `row`; a missing last line ending stays missing."""
    end = newline("".join(lines))
    if row < len(lines) or not lines or lines[-1].endswith(("\n", "\r")):
        added = "".join(one + end for one in new)
    else:
        added = "".join(end + one for one in new)
    return "".join([*lines[:row], added, *lines[row:]])
