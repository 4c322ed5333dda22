"""Add import statements to a file, and change nothing else in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from pytest_enrich.imports.bindings import read
from pytest_enrich.imports.group import place
from pytest_enrich.imports.statement import NAME_KEYS, Wanted, module_of, position, provided, wanted
from pytest_enrich.imports.text import BOM, UNNAMED, column, newline, parse, split

WIDTH = 88  # beyond it a statement is wrapped, one name a line; the limit of black and ruff
_REST = re.compile(r"\s*(,?)\s*(#.*)?[\r\n]*")


def merge(
    text: str, statements: Sequence[str], package: str = "", *, path: str = UNNAMED, joined: bool = True
) -> str:
    """`text` with those of `statements` that it lacks; the same text when it lacks none.

    A name goes into the statement that imports from its module already, in sorted place when the names there
    are sorted; with `joined=False` it gets its own line instead, so that no line of the text changes.

    Raises:
        RefusedError: The text is not Python.
    """
    start = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    for want in wanted(statements):
        if not provided(want, read(text, package, path=path)) and not _stated(text, want):
            text = (_joined(text, want) if joined else None) or place(text, want)
    return start + text


def _stated(text: str, want: Wanted) -> bool:
    """Whether the text says it already, even if another binding hides it: again would not help."""
    nodes = [node for node in parse(text).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return any(want == one for node in nodes for one in wanted([ast.unparse(node)]))


def _joined(text: str, want: Wanted) -> str | None:
    """`text` with the name in an existing `from` statement, None when there is no fitting one."""
    if not want.member or want.alias:
        return None
    for node in parse(text).body:
        if isinstance(node, ast.ImportFrom) and module_of(node) == want.module and _is_plain(node):
            return _with_name(split(text), node, want.member)
    return None


def _is_plain(node: ast.ImportFrom) -> bool:
    return all(alias.name != "*" and not alias.asname for alias in node.names)


def _with_name(lines: list[str], node: ast.ImportFrom, name: str) -> str:
    names = [alias.name for alias in node.names]
    index = place_of(names, name)
    if node.lineno == node.end_lineno:
        _put_on_line(lines, node, name, index)
    elif _one_a_line(lines, node):
        _put_own_line(lines, node, name, index)
    else:
        _put_beside(lines, node, name, index)
    return "".join(lines)


def place_of(names: list[str], new: str) -> int:
    """Where `new` goes among `names`, by the order that they are in."""
    for key in NAME_KEYS:
        keys = [key(name) for name in names]
        if keys == sorted(keys):
            return position(keys, key(new))
    return position([NAME_KEYS[0](name) for name in names], NAME_KEYS[0](new))


def _put_on_line(lines: list[str], node: ast.ImportFrom, name: str, index: int) -> None:
    _put_beside(lines, node, name, index)
    line = lines[node.lineno - 1]
    ending = line[len(line.rstrip("\r\n")) :]
    whole = ast.get_source_segment(lines[node.lineno - 1], parse(line.strip()).body[0])
    if len(line) - len(ending) > WIDTH and line.rstrip("\r\n") == whole and "(" not in line:
        names = [alias.name for alias in node.names]
        names.insert(index, name)
        lines[node.lineno - 1] = wrapped(module_of(node), names, newline("".join(lines))) + ending


def wrapped(module: str, names: Sequence[str], end: str) -> str:
    """The statement over several lines, without a last line ending."""
    return f"from {module} import ({end}" + "".join(f"    {name},{end}" for name in names) + ")"


def _put_beside(lines: list[str], node: ast.ImportFrom, name: str, index: int) -> None:
    if index < len(node.names):
        alias = node.names[index]
        row, at, piece = alias.lineno - 1, alias.col_offset, f"{name}, "
    else:
        alias = node.names[-1]
        row, at, piece = (alias.end_lineno or 0) - 1, alias.end_col_offset or 0, f", {name}"
    cut = column(lines[row], at)
    lines[row] = lines[row][:cut] + piece + lines[row][cut:]


def _one_a_line(lines: list[str], node: ast.ImportFrom) -> bool:
    """Whether each name has a line to itself, so that a new one gets its own, too."""
    rows = [alias.lineno for alias in node.names]
    apart = len(set(rows)) == len(rows) and node.lineno < rows[0] and rows[-1] < (node.end_lineno or 0)
    return apart and all(_REST.fullmatch(_after(lines, alias)) for alias in node.names)


def _after(lines: list[str], alias: ast.alias) -> str:
    line = lines[alias.lineno - 1]
    return line[column(line, alias.end_col_offset or 0) :]


def _put_own_line(lines: list[str], node: ast.ImportFrom, name: str, index: int) -> None:
    beside = node.names[min(index, len(node.names) - 1)]
    row = beside.lineno - 1
    line = lines[row]
    indent, end = line[: column(line, beside.col_offset)], newline("".join(lines))
    if index < len(node.names):
        lines.insert(row, f"{indent}{name},{end}")
        return
    cut = column(line, beside.end_col_offset or 0)
    comma = "," if line[cut:].lstrip().startswith(",") else ""
    lines[row] = line if comma else f"{line[:cut]},{line[cut:]}"
    lines.insert(row + 1, f"{indent}{name}{comma}{end}")
