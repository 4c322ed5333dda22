"""The pieces of source that a prompt shows: short, since each token costs a small model's machine time."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from pytest_enrich.data import Gap, Target

MOST_OUTLINE = 1500
MOST_FUNCTION = 3000
MOST_TEST = 1200
MOST_MEMBER = 60
_ROUND = 12
_HEAD = 8
_DOCSTRING_LINES = 6
_MARKS = {
    "true": "never true so far",
    "false": "never false so far",
    "iterates": "never had anything to loop over",
    "skips": "never ended without a round",
    "matches": "never matched so far",
    "no match": "nothing was ever without a match here",
    "raises": "never entered so far",
    "entered": "never run so far",
}


class Piece(Struct, frozen=True, kw_only=True):
    """A function's lines as they are shown, and the numbers that they have in the file."""

    lines: tuple[str, ...]
    numbers: tuple[int, ...]


def outline(source_text: str) -> str:
    """What a module has: imports, named literals, signatures. The same for every question about the module."""
    try:
        body = ast.parse(source_text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    kept: list[str] = []
    for line in (one for node in body for one in _summary(node)):
        if sum(map(len, kept)) + len(line) > MOST_OUTLINE:
            break
        kept.append(line)
    return "\n".join(kept)


def function(source_text: str, qualname: str) -> str:
    """A function's text, dedented, shortened; "" when it is not there."""
    found = find(source_text, qualname)
    if found is None:
        return ""
    return "\n".join(_short(_piece(source_text, found), ()).lines)


def marked(target: Target, gaps: Sequence[Gap]) -> str:
    """The target's function with what never happened written at the lines of `gaps`."""
    lines = tuple(target.source.splitlines())
    numbers = tuple(range(target.first_line, target.first_line + len(lines)))
    piece = _short(Piece(lines=lines, numbers=numbers), [gap.line for gap in gaps])
    marks = {gap.line: _MARKS[gap.outcome] for gap in reversed(gaps)}
    shown = (
        f"{line}  # <== {marks[number]}" if number in marks else line
        for line, number in zip(piece.lines, piece.numbers, strict=True)
    )
    return "\n".join(shown)


def find(source_text: str, qualname: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function of that qualname, also one in a class."""
    try:
        nodes: list[ast.stmt] = ast.parse(source_text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    *owners, name = qualname.split(".")
    for owner in owners:
        nodes = next((one.body for one in _flat(nodes) if isinstance(one, ast.ClassDef) and one.name == owner), [])
    functions = (one for one in _flat(nodes) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return next((one for one in functions if one.name == name), None)


def _flat(nodes: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements, those under an `if` or `try` included."""
    for node in nodes:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from _flat([*node.body, *node.orelse])


def find_test(test_text: str, nodeid: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function of a test."""
    return find(test_text, nodeid.partition("::")[2].partition("[")[0].replace("::", ".") or nodeid)


def test(test_text: str, name: str) -> str:
    """An existing test's text, "" when it is not there or too long to be shown."""
    found = find_test(test_text, name)
    if found is None:
        return ""
    text = "\n".join(_piece(test_text, found).lines)
    return text if len(text) <= MOST_TEST else ""


def _piece(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Piece:
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    last = node.end_lineno or node.lineno
    lines = textwrap.dedent("\n".join(text.splitlines()[first - 1 : last])).splitlines()
    return Piece(lines=tuple(lines), numbers=tuple(range(first, first + len(lines))))


def _short(piece: Piece, near: Sequence[int]) -> Piece:
    """Without the end of a long docstring and, when it is still too long, without what is far from `near`."""
    documented = _documented(piece)
    kept = [index for index in range(len(piece.lines)) if index not in documented]
    if sum(len(piece.lines[index]) + 1 for index in kept) > MOST_FUNCTION:
        places = [index for index, number in enumerate(piece.numbers) if number in set(near)]
        kept = [i for i in kept if i < _HEAD or any(abs(i - place) <= _ROUND for place in places)]
    lines, numbers = [], []
    for index, following in zip(kept, [*kept[1:], len(piece.lines)], strict=True):
        lines.append(piece.lines[index])
        numbers.append(piece.numbers[index])
        if following != index + 1:
            indent = " " * (len(piece.lines[index]) - len(piece.lines[index].lstrip()))
            lines.append(f"{indent}...")
            numbers.append(0)
    return Piece(lines=tuple(lines), numbers=tuple(numbers))


def _documented(piece: Piece) -> set[int]:
    """The lines of the docstring after its first few."""
    try:
        (node,) = ast.parse("\n".join(piece.lines)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    first = node.body[0] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return set()
    start, end = first.lineno - 1 + _DOCSTRING_LINES, (first.end_lineno or first.lineno) - 1
    return set(range(start, end)) if isinstance(first.value.value, str) else set()


def _summary(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield ast.unparse(node)[:200]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield _signature(node)
    elif isinstance(node, ast.ClassDef):
        yield f"class {node.name}({', '.join(ast.unparse(base) for base in node.bases)}):"
        methods = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
        yield from (f"    {_signature(one)}" for one in methods if one.name == "__init__" or one.name[0] != "_")
        members = (one for one in node.body if isinstance(one, ast.Assign | ast.AnnAssign))
        yield from (f"    {text}" for one in members if len(text := ast.unparse(one)) <= MOST_MEMBER)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        text = ast.unparse(node)
        yield text if len(text) <= 120 else f"{text[:110]} ..."  # noqa: PLR2004 - a line's length


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"def {node.name}({ast.unparse(node.args)}){returns}: ..."[:300]
