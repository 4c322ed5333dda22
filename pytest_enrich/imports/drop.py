"""Take import statements out of a file again, as exactly as `merge` put them in."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_enrich.imports.bindings import read
from pytest_enrich.imports.merge import WIDTH, merge
from pytest_enrich.imports.statement import ImportNode, Wanted, module_of, provided, wanted
from pytest_enrich.imports.text import BOM, UNNAMED, parse, split


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
            yield from _texts(split(text), node, want)


def _brings(node: ImportNode, want: Wanted) -> bool:
    if isinstance(node, ast.ImportFrom) != (want.member is not None):
        return False
    name = want.member or want.module
    named = any(alias.name == name and alias.asname == want.alias for alias in node.names)
    return named and (want.member is None or module_of(node) == want.module)


def _texts(lines: list[str], node: ImportNode, want: Wanted) -> Iterator[str]:
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    rest = [_written(alias) for alias in node.names if alias.name != (want.member or want.module)]
    if not rest:
        yield from _cuts(lines, first, last)
        return
    if last - first > 1:
        rows = [alias.lineno - 1 for alias in node.names if alias.name == (want.member or want.module)]
        yield from ("".join(lines[:row] + lines[row + 1 :]) for row in rows if _parses(lines, row))
    ending = lines[last - 1][len(lines[last - 1].rstrip("\r\n")) :]
    head = f"from {module_of(node)} import " if want.member else "import "
    one_line = head + ", ".join(rest)
    if len(one_line) <= WIDTH or last - first == 1:
        yield "".join([*lines[:first], one_line + ending, *lines[last:]])


def _written(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _parses(lines: list[str], row: int) -> bool:
    try:
        ast.parse("".join(lines[:row] + lines[row + 1 :]))
    except SyntaxError:
        return False
    return True


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
