"""What can be left out of a test, or written more shortly: assertions, names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_enrich.data import NewTest
from pytest_enrich.mutants.edit import Source
from pytest_enrich.refine.rewrite import removed, replaced
from pytest_enrich.refine.statement import Statement, read

LONGEST_LINE = 84
"""Of the code as it is here: in a class it gets four columns more."""
_CLOSED = (ast.Call, ast.Attribute, ast.Subscript)
"""What may stand anywhere in an expression without parentheses."""


def smallest(whole: frozenset[str], parts: Sequence[frozenset[str]]) -> tuple[int, ...] | None:
    """Which parts to keep, by their place, ascending, so that nothing of `whole` is lost.

    Greedy: the one that holds the most of what is left first, of equals the earlier; what the others then hold as
    well goes again, the later first.

    Returns:
        None when the parts do not hold all of `whole`.
    """
    kept: list[int] = []
    left = whole
    while left:
        best = max(range(len(parts)), key=lambda at: (len(parts[at] & left), -at), default=-1)
        if best < 0 or not parts[best] & left:
            return None
        kept.append(best)
        left -= parts[best]
    for at in sorted(kept, reverse=True):
        others = frozenset().union(*(parts[other] for other in kept if other != at))
        if whole <= others:
            kept.remove(at)
    return tuple(sorted(kept))


def inlined(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate with one such value in its place, the last ones first."""
    statements, source = read(candidate.code), Source(candidate.code)
    for at in range(len(statements) - 1, 0, -1):
        given, reader = statements[at - 1], statements[at]
        name = _given(given)
        if name is None or not _is_asserted_once(name, statements[at:]) or _is_act(at - 1, statements):
            continue
        line = _joined(source, name, given, reader)
        if len(line.rstrip("\n")) <= LONGEST_LINE:
            yield removed(replaced(candidate, reader.first, reader.last, line), given)


def _given(one: Statement) -> str | None:
    """The one name that a short assignment gives a value that can be written elsewhere."""
    node = one.node
    if not isinstance(node, ast.Assign) or one.first != one.last or not isinstance(node.value, _CLOSED):
        return None
    return node.targets[0].id if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) else None


def _is_asserted_once(name: str, below: Sequence[Statement]) -> bool:
    """Whether the first of these statements is a short assertion that reads the name once, and none does later."""
    reader = below[0]
    is_short = reader.asserts and reader.first == reader.last and isinstance(reader.node, ast.Assert | ast.Expr)
    return is_short and len(_reads(name, reader.node)) == 1 and not _is_read(name, below[1:])


def _is_act(at: int, statements: Sequence[Statement]) -> bool:
    """Whether an object of which more is said below takes part in it: it may be changed, and that stays a line."""
    made = {name for statement in statements[:at] for name in statement.binds}
    return any(_is_read(name, statements[at + 2 :]) for name in made & statements[at].reads)


def _is_read(name: str, below: Sequence[Statement]) -> bool:
    """Whether a statement reads the name before another value gets it."""
    for statement in below:
        if name in statement.reads or (isinstance(statement.node, ast.AugAssign) and name in statement.binds):
            return True
        if name in statement.binds:
            return False
    return False


def _reads(name: str, node: ast.AST) -> list[ast.Name]:
    return [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name]


def _joined(source: Source, name: str, given: Statement, reader: Statement) -> str:
    """The assertion's line with the value in the place of its name."""
    assert isinstance(given.node, ast.Assign)
    (use,) = _reads(name, reader.node)
    start, end = source.span(use)
    first, last = source.span(reader.node)
    value = source.text[slice(*source.span(given.node.value))]
    indent = " " * reader.node.col_offset
    return f"{indent}{source.text[first:start]}{value}{source.text[end:last]}\n"
