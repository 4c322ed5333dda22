"""Add import statements to a file, take them out again as exactly as they came, and change nothing else in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import accumulate

from pytest_enrich.imports.bindings import read
from pytest_enrich.imports.elements import Elements, spliced
from pytest_enrich.imports.place import (
    NAME_KEYS,
    ImportNode,
    Wanted,
    import_nodes,
    module_of,
    place,
    position,
    provided,
    wanted,
)
from pytest_enrich.imports.text import UNNAMED, column, newline, parse, parsed, split, split_bom

WIDTH = 88  # beyond it a statement is wrapped, one name a line; the limit of black and ruff


def merge(
    text: str, statements: Sequence[str], package: str = "", *, path: str = UNNAMED, joined: bool = True
) -> str:
    """`text` with those of `statements` that it lacks; the same text when it lacks none.

    A name goes into the statement that imports from its module already, in sorted place when the names there
    are sorted; with `joined=False` it gets its own line instead, so that no line of the text changes.

    Raises:
        RefusedError: The text is not Python.
    """
    start, text = split_bom(text)
    for want in wanted(statements):
        if not provided(want, read(text, package, path=path)) and not _stated(text, want):
            text = (_joined(text, want) if joined else None) or place(text, want)
    return start + text


def place_of(names: list[str], new: str) -> int:
    """Where `new` goes among `names`, by the order that they are in."""
    for key in NAME_KEYS:
        keys = [key(name) for name in names]
        if keys == sorted(keys):
            return position(keys, key(new))
    return position([NAME_KEYS[0](name) for name in names], NAME_KEYS[0](new))


def wrapped(module: str, names: Sequence[str], end: str) -> str:
    """The statement over several lines, without a last line ending."""
    return f"from {module} import ({end}" + "".join(f"    {name},{end}" for name in names) + ")"


def drop(text: str, statements: Sequence[str], *, path: str = UNNAMED) -> str:
    """`text` without those of `statements` whose names nothing in it uses.

    ``drop(merge(text, new), new) == text`` when all of `new` were missing, nothing uses them, and the text has
    blank lines where formatters put them; else it is one that `merge` would turn into the same text.

    Raises:
        RefusedError: The text is not Python.
    """
    start, text = split_bom(text)
    for want in reversed(list(wanted(statements))):
        if provided(want, read(text, path=path)) and not _used(text, want):
            text = _without(text, want)
    return start + text


def _stated(text: str, want: Wanted) -> bool:
    """Whether the text says it already, even if another binding hides it: again would not help."""
    return any(want == one for node in import_nodes(text) for one in wanted([ast.unparse(node)]))


def _joined(text: str, want: Wanted) -> str | None:
    """`text` with the name in an existing `from` statement, None when there is no fitting one."""
    if not want.member or want.alias:
        return None
    for node in import_nodes(text):
        if isinstance(node, ast.ImportFrom) and module_of(node) == want.module and _is_plain(node):
            return _with_name(text, node, want.member)
    return None


def _is_plain(node: ast.ImportFrom) -> bool:
    return all(alias.name != "*" and not alias.asname for alias in node.names)


def _with_name(text: str, node: ast.ImportFrom, name: str) -> str:
    """`text` with a name in a statement; one that gets too long by that is wrapped."""
    names = [alias.name for alias in node.names]
    at = place_of(names, name)
    new = spliced(text, [_names(text, node).inserted(at, name)])
    line = split(new)[node.lineno - 1]
    plain = f"from {module_of(node)} import {', '.join([*names[:at], name, *names[at:]])}"
    if len(plain) <= WIDTH or line.rstrip("\r\n") != plain:
        return new
    wrapped_line = wrapped(module_of(node), [*names[:at], name, *names[at:]], newline(text))
    return (
        "".join(split(new)[: node.lineno - 1])
        + line.replace(plain, wrapped_line)
        + "".join(split(new)[node.lineno :])
    )


def _names(text: str, node: ImportNode) -> Elements:
    """The names of a statement in the text."""
    lines = split(text)
    starts = [0, *accumulate(map(len, lines))]

    def offset(row: int | None, at: int | None) -> int:
        return starts[(row or 1) - 1] + column(lines[(row or 1) - 1], at or 0)

    spans = [
        (offset(one.lineno, one.col_offset), offset(one.end_lineno, one.end_col_offset)) for one in node.names
    ]
    start, end = spans[0][0], offset(node.end_lineno, node.end_col_offset)
    bracketed = text[end - 1] == ")"
    inside = (text.rindex("(", 0, start) + 1, end - 1) if bracketed else (start, end)
    return Elements(text, inside, spans, bracketed=bracketed)


def _used(text: str, want: Wanted) -> bool:
    name = want.alias or want.member or want.module.partition(".")[0]
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(parse(text)))


def _without(text: str, want: Wanted) -> str:
    """The text that `merge` would turn into this one; else the plainest one without the name."""
    candidates = list(_candidates(text, want))
    exact = (one for one in candidates if merge(one, [want.text]) == text)
    return next(exact, candidates[0] if candidates else text)


def _candidates(text: str, want: Wanted) -> Iterator[str]:
    for node in import_nodes(text):
        if _brings(node, want):
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
    text = "".join(lines)
    gone = (at for at, alias in enumerate(node.names) if alias not in rest)
    yield from (spliced(text, [_names(text, node).without(at)]) for at in gone)


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
