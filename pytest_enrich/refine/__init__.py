"""Reduce a test to what it needs: pure functions over its text; that the result holds is proven elsewhere."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Candidate, NewTest
from pytest_enrich.mutants.edit import Source
from pytest_enrich.refine import statement
from pytest_enrich.refine.asserting import keeps_apart
from pytest_enrich.refine.elements import LONGEST_LINE, chunks, fewer, unasked
from pytest_enrich.refine.rewrite import documented, imported, removed, renamed, replaced, without
from pytest_enrich.refine.statement import Statement
from pytest_enrich.writing.syntax import nodes_of

MOST_TRIES = 12
_CLOSED = (ast.Call, ast.Attribute, ast.Subscript)
"""Nodes that need no parentheses wherever they stand in an expression."""


class Parts(Struct, frozen=True):
    """A candidate, and a test for each of its assertions alone, the more telling first.

    `places` are the indexes of the assertions among its statements.
    """

    whole: NewTest
    each: tuple[NewTest, ...]
    places: tuple[int, ...]

    def only(self, chosen: tuple[int, ...]) -> NewTest:
        """The candidate with only these assertions, by their index in `each`; the first of them names it."""
        kept = {self.places[at] for at in chosen}
        least = without(self.whole, [at for at in self.places if at not in kept])
        first = sorted(self.places).index(min(kept))
        if len(self.whole.alone) != len(self.places) or (first == 0 and len(kept) > 1):
            return least
        wish, title = self.whole.alone[first]
        return replace(least, wish=wish, title=title, alone=())

    def completed(self, chosen: tuple[int, ...]) -> tuple[int, ...]:
        """The chosen assertions, and one for each thing the test does that they say nothing about.

        A call whose outcome nobody checks is not tested, whatever it runs. Of several calls the first one stays:
        the test is named after it.
        """
        statements = statement.read(self.whole.code)
        acts = [statement.act(statements, at) for at in self.places]
        first = {act: at for at, act in reversed([*enumerate(acts)])}
        looked_at = {None, *(acts[at] for at in chosen)}
        named = self.places.index(min(self.places))
        kept = {*chosen, *([named] if acts[named] is None else [])}
        return tuple(sorted({*kept, *(at for act, at in first.items() if act not in looked_at)}))


def parts(candidate: Candidate) -> Parts | None:
    """The candidate split into its assertions; None when it has fewer than two that can be told apart."""
    if not isinstance(candidate, NewTest):
        return None
    places = tuple(statement.telling(statement.read(candidate.code)))
    if len(places) < 2:  # noqa: PLR2004 - one assertion is as few as can be
        return None
    whole = Parts(candidate, (), places)
    each = [_beside(whole.only((at,)), candidate, at) for at in range(len(places))]
    return Parts(candidate, tuple(each), places)


def _beside(part: NewTest, candidate: NewTest, at: int) -> NewTest:
    """A part under a name of its own, to be placed after the candidate."""
    place = replace(candidate.placement, anchor=candidate.name, new_file=False)
    return replace(renamed(part, f"{candidate.name}__{at + 1}"), placement=place)


def reduce(candidate: NewTest, holds: Callable[[NewTest], bool], most: int = MOST_TRIES) -> NewTest:
    """The smallest candidate found for which `holds` is true, calling it at most `most` times.

    Args:
        candidate: One for which it is true.
        holds: Whether a candidate still does what it is for.
        most: How often `holds` may be called.
    """
    refused: set[str] = set()
    for _ in range(most):
        smaller = next((version for version in _smaller(candidate) if version.code not in refused), None)
        if smaller is None:
            return candidate
        if holds(smaller):
            candidate = smaller
        else:
            refused.add(smaller.code)
    return candidate


def _smaller(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate without something that looks unnecessary, the biggest cuts first.

    Where its inputs were reduced before, its setup was tried already, except for what nobody reads and what is
    written to files.
    """
    statements = statement.read(candidate.code)
    if candidate.origin.reduced:
        loose = sorted({*statement.unread(statements), *statement.filling(statements)})
    else:
        loose = [at for at, stmt in enumerate(statements) if not stmt.asserts]
    loose = [at for at in loose if not keeps_apart(statements[at].node)]
    for going in chunks(loose):
        left = [stmt for at, stmt in enumerate(statements) if at not in going]
        if left and statement.is_whole([*left], statements):
            yield without(candidate, going)
    yield from inlined(candidate)
    yield from _without_the_rest(candidate, statements)
    yield from unasked(candidate)
    # What a function inside the test returns is still as people wrote it for another case.
    standing_in = [stmt for stmt in statements if isinstance(stmt.node, ast.FunctionDef | ast.AsyncFunctionDef)]
    yield from fewer(candidate, standing_in if candidate.origin.reduced else statements)


def _without_the_rest(candidate: NewTest, statements: Sequence[Statement]) -> Iterator[NewTest]:
    """The candidate with only the first part of a statement that is to raise: the rest never runs."""
    source = Source(candidate.code)
    raising = (stmt.node for stmt in statements if stmt.asserts)
    for block in (node for node in raising if isinstance(node, ast.With | ast.AsyncWith)):
        last = block.body[-1]
        first = _first(last.value) if isinstance(last, ast.Expr) and last.lineno == last.end_lineno else None
        first = last.value if isinstance(last, ast.Assign) else first
        if first is not None:
            (start, end), inner = source.span(last), slice(*source.span(first))
            yield imported(replace(candidate, code=source.text[:start] + source.text[inner] + source.text[end:]))


def _first(node: ast.expr) -> ast.expr | None:
    """The call, or the attribute of a call's result, that is evaluated before the rest of the expression."""
    match node:
        case ast.BinOp(left=within) | ast.Compare(left=within) | ast.Attribute(within) | ast.Subscript(within):
            pass
        case ast.Call(ast.Attribute(within)) | ast.Call(ast.Call() as within):
            pass
        case ast.Call(ast.Name(name), [within, *_]) if hasattr(builtins, name):
            pass
        case _:
            return None
    first = _first(within)
    return within if isinstance(within, ast.Call) or (isinstance(within, ast.Attribute) and first) else first


def smallest(whole: frozenset[str], parts: Sequence[frozenset[str]]) -> tuple[int, ...] | None:
    """The indexes of the parts to keep, ascending, so that nothing of `whole` is lost.

    Greedy: takes the part that holds the most of what is left, the earlier one of equals; then drops each part
    whose share the others hold as well, the later ones first.

    Returns:
        None when the parts together do not hold all of `whole`.
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
        others = frozenset().union(*(parts[index] for index in kept if index != at))
        if whole <= others:
            kept.remove(at)
    return tuple(sorted(kept))


def inlined(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate with a name in an assertion replaced by its value from the line above, the last ones first."""
    statements, source = statement.read(candidate.code), Source(candidate.code)
    for at in range(len(statements) - 1, 0, -1):
        assignment, reader = statements[at - 1], statements[at]
        name = _given(assignment)
        if name is None or not _is_asserted_once(name, statements[at:]) or _is_act(at - 1, statements):
            continue
        line = _joined(source, name, assignment, reader)
        if len(line.rstrip("\n")) <= LONGEST_LINE:
            yield removed(replaced(candidate, reader.first, reader.last, line), assignment)


def _given(stmt: Statement) -> str | None:
    """The only target of a one-line assignment whose value can be written elsewhere; None for anything else."""
    node = stmt.node
    if not isinstance(node, ast.Assign) or stmt.first != stmt.last or not isinstance(node.value, _CLOSED):
        return None
    return node.targets[0].id if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) else None


def _is_asserted_once(name: str, below: Sequence[Statement]) -> bool:
    """Whether the first statement is a one-line assertion that reads the name once, and no later one reads it."""
    reader = below[0]
    is_short = reader.asserts and reader.first == reader.last and isinstance(reader.node, ast.Assert | ast.Expr)
    return is_short and len(_reads(name, reader.node)) == 1 and not _is_read(name, below[1:])


def _is_act(at: int, statements: Sequence[Statement]) -> bool:
    """Whether the statement uses an object that is read again below: it may change it, and so keeps its line."""
    bound = {name for above in statements[:at] for name in above.binds}
    return any(_is_read(name, statements[at + 2 :]) for name in bound & statements[at].reads)


def _is_read(name: str, below: Sequence[Statement]) -> bool:
    """Whether a statement reads the name before another value gets it."""
    for later in below:
        if name in later.reads or (isinstance(later.node, ast.AugAssign) and name in later.binds):
            return True
        if name in later.binds:
            return False
    return False


def _reads(name: str, node: ast.AST) -> list[ast.Name]:
    return [part for part in nodes_of(ast.Name, node) if part.id == name]


def _joined(source: Source, name: str, given: Statement, reader: Statement) -> str:
    """The assertion's line with the value in place of the name."""
    assert isinstance(given.node, ast.Assign)
    (use,) = _reads(name, reader.node)
    start, end = source.span(use)
    first, last = source.span(reader.node)
    value = source.text[slice(*source.span(given.node.value))]
    indent = " " * reader.node.col_offset
    return f"{indent}{source.text[first:start]}{value}{source.text[end:last]}\n"


__all__ = ["Parts", "documented", "parts", "reduce", "renamed", "smallest"]
