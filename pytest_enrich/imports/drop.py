"""Take import statements out of a file again, as exactly as `merge` put them in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from pytest_enrich.imports.bindings import read
from pytest_enrich.imports.merge import WIDTH, merge
from pytest_enrich.imports.statement import ImportNode, Wanted, module_of, provided, wanted
from pytest_enrich.imports.text import BOM, UNNAMED, column, parse, parsed, split


def drop(text: str, statements: Sequence[str], *, path: str = UNNAMED) -> str:
    """`text` without those of `statements` whose names nothing in it uses.

    ``drop(merge(text, new), new) == text`` when all of `new` were missing, nothing uses them, and the text has
    blank lines where formatters put them; else it is one that `merge` would turn into the same text.

    Raises:
        RefusedError: The text is not Python.
    """
    start = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    for want in reversed(list(wanted(statements))):
        if provided(want, read(text, path=path)) and not _used(text, want):
            text = _without(text, want)
    return start + text


def _used(text: str, want: Wanted) -> bool:
    name = want.alias or want.member or want.module.partition(".")[0]
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(parse(text)))


def _without(text: str, want: Wanted) -> str:
    """The text that `merge` would turn into this one; else the plainest one without the name."""
    candidates = list(_candidates(text, want))
    exact = (one for one in candidates if merge(one, [want.text]) == text)
    return next(exact, candidates[0] if candidates else text)


def _candidates(text: str, want: Wanted) -> Iterator[str]:
    for node in parse(text).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and _brings(node, want):
            yield from filter(parsed, _texts(split(text), node, want))


def _brings(node: ImportNode, want: Wanted) -> bool:
    if isinstance(node, ast.ImportFrom) != (want.member is not None):
        return False
    name = want.member or want.module
    named = any(alias.name == name and alias.asname == want.alias for alias in node.names)
    return named and (want.member is None or module_of(node) == want.module)


def _texts(lines: list[str], node: ImportNode, want: Wanted) -> Iterator[str]:
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    rest = [alias for alias in node.names if alias.name != (want.member or want.module)]
    if not rest:
        yield from _cuts(lines, first, last) if _alone(lines, node) else ()
        return
    if last - first > 1 and _alone(lines, node) and "#" not in "".join(lines[first:last]):
        yield from (one for one in _collapsed(lines, node, rest) if merge(one, [want.text]) == "".join(lines))
    for index, alias in enumerate(node.names):
        if alias not in rest:
            yield from _cut_out(lines, node, index)


def _alone(lines: list[str], node: ImportNode) -> bool:
    """Whether nothing but white space shares its lines, so that they can go as a whole."""
    last = lines[(node.end_lineno or node.lineno) - 1]
    return not node.col_offset and not last[column(last, node.end_col_offset or 0) :].strip()


def _collapsed(lines: list[str], node: ImportNode, names: list[ast.alias]) -> Iterator[str]:
    """With the statement on one line, as it was if it was `merge` that wrapped it."""
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    one_line = f"from {module_of(node)} import " + ", ".join(map(ast.unparse, names))
    if len(one_line) <= WIDTH:
        end = lines[last - 1][len(lines[last - 1].rstrip("\r\n")) :]
        yield "".join([*lines[:first], one_line + end, *lines[last:]])


def _cut_out(lines: list[str], node: ImportNode, index: int) -> Iterator[str]:
    """Without the name at `index`: its own line, or the piece of a line up to the name beside it."""
    alias, row = node.names[index], node.names[index].lineno - 1
    line = lines[row]
    start, end = column(line, alias.col_offset), column(line, alias.end_col_offset or 0)
    if not line[:start].strip() and re.fullmatch(r"\s*,?\s*(#.*)?\s*", line[end:]):
        yield "".join([*lines[:row], *lines[row + 1 :]])
    elif index + 1 < len(node.names) and node.names[index + 1].lineno == alias.lineno:
        end = column(line, node.names[index + 1].col_offset)
        yield "".join([*lines[:row], line[:start] + line[end:], *lines[row + 1 :]])
    elif index and node.names[index - 1].lineno == alias.lineno:
        start = column(line, node.names[index - 1].end_col_offset or 0)
        yield "".join([*lines[:row], line[:start] + line[end:], *lines[row + 1 :]])


def _cuts(lines: list[str], first: int, last: int) -> Iterator[str]:
    """Without lines `first` to `last`, and with so many of the blank lines around them as may be ours."""
    for before in (1, 0, 2):
        for after in range(3):
            start, end = first - before, last + after
            around = lines[max(start, 0) : first] + lines[last:end]
            if start >= 0 and end <= len(lines) and not any(line.strip() for line in around):
                kept = "".join(lines[:start] + lines[end:])
                yield kept
                if end == len(lines) and not lines[last - 1].endswith(("\n", "\r")):
                    yield kept.removesuffix("\n").removesuffix("\r")
