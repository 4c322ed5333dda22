"""Mutants of the code under test: small changes that a test of that code should notice.

They are edits of the source's text, found in its syntax tree, so that formatting, comments and line numbers stay.
A mutant that compiles to the same bytecode as the original, or as another mutant, is not among them.

The canary is a change that makes every test fail that runs the code of a gap: that code raises, and not an
`Exception`, so that neither `pytest.raises(Exception)` nor code that goes on after every error saves a test.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from itertools import islice
from types import CodeType
from typing import TypeAlias, get_args

from msgspec.structs import replace

from pytest_enrich.data import Gap, Mutant
from pytest_enrich.data.code import Operator
from pytest_enrich.gaps.outline import children, first_row, last_row
from pytest_enrich.imports import parsed
from pytest_enrich.mutants.edit import Site, Source, edits_of, sites

__all__ = ["around", "canary", "make", "of_gaps"]

MOST = 20


def of_gaps(text: str, gaps: Sequence[Gap]) -> tuple[Mutant, ...]:
    """Mutants of the gaps' own lines and of the statements that decide on them.

    A loop over nothing shows only in what comes after it: no change inside it would be seen.

    Args:
        text: The whole source file, its lines ended by line feeds.
        gaps: What a test closes.

    Returns:
        In the order of the text, at most `MOST`, spread over the lines; none when `text` is not Python.
    """
    lines = {line for gap in gaps for line in (gap.line, *gap.lines)}
    lines |= {end for gap in gaps if gap.outcome == "skips" for _, end in gap.branches}
    return make(text, lines)


def around(text: str, gaps: Iterable[Gap], ran: Collection[int]) -> tuple[Mutant, ...]:
    """Mutants of what a test runs of those functions and classes of the module that gaps are in.

    Args:
        text: As in `of_gaps`.
        gaps: What a test closes.
        ran: The lines that it runs.
    """
    tree = parsed(text)
    deciding = {gap.line for gap in gaps}
    rows = (range(first_row(node), last_row(node) + 1) for node in (tree.body if tree else ()))
    near = {row for span in rows if deciding.intersection(span) for row in span}
    return make(text, near.intersection(ran))


def make(text: str, wanted: Container[int], most: int = MOST) -> tuple[Mutant, ...]:
    """Mutants of the statements that start in the `wanted` lines, at most `most`."""
    try:
        source = Source(text)
    except SyntaxError:
        return ()
    edits = [edit for site in sites(source.tree) if site.line in wanted for edit in edits_of(source, site)]
    kept = islice(filter(Different(source), spread(dict.fromkeys(edits))), most)
    return tuple(_named(sorted(kept, key=lambda edit: (edit.start, edit.end, edit.replacement))))


def _named(mutants: Iterable[Mutant]) -> Iterator[Mutant]:
    numbers: Counter[int] = Counter()
    for mutant in mutants:
        numbers[mutant.line] += 1
        yield replace(mutant, id=f"{mutant.line}.{numbers[mutant.line]}")


ID = "canary"
_RAISE = "raise BaseException"
_RAISING = "(_ for _ in ()).throw(BaseException)"
"""An expression that raises."""
_Change: TypeAlias = tuple[int, int, str]


def canary(text: str, gaps: Iterable[Gap], ran: Collection[int]) -> Mutant | None:
    """The canary of gaps that a test closes; None where none can be made.

    Args:
        text: The whole source file, its lines ended by line feeds.
        gaps: What it closes: for each, the missing statements that it runs raise, or else what decides on it.
        ran: The missing lines that it runs.
    """
    lines = {line for gap in gaps for line in ({*gap.lines} & {*ran} or {gap.line})}
    try:
        source = Source(text)
        found = (site for site in sites(source.tree) if site.line in lines)
        changes = sorted({change for site in found for change in _changes(source, site)})
        return _joined(source, changes) if changes else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _changes(source: Source, site: Site) -> Iterator[_Change]:
    """Put a statement that raises before this one; where there is no room for one, its condition raises."""
    node = site.node
    if isinstance(node, (ast.ExceptHandler, ast.match_case)):
        node = node.body[0]
    assert isinstance(node, ast.stmt)
    row = first_row(node)
    if isinstance(node, ast.If) and source.cut(node).startswith("elif"):
        yield *source.span(node.test), _RAISING
    elif next(children(node), None) is None:
        at = source.span(node)[0]
        yield at, at, f"{_RAISE}; "
    else:  # a block, which has its lines to itself
        at = source.offset(row, 0)
        space = source.text[at : source.span(node)[0]].partition("\n")[0]
        indent = space[: len(space) - len(space.lstrip())]
        yield at, at, f"{indent}{_RAISE}\n"


def _joined(source: Source, changes: list[_Change]) -> Mutant:
    """All changes as one.

    Raises:
        SyntaxError: The result is not Python.
    """
    start, end = changes[0][0], changes[-1][1]
    parts, done = [], start
    for first, last, replacement in changes:
        parts += [source.text[done:first], replacement]
        done = last
    mutant = Mutant(
        id=ID,
        line=source.line(start),
        statement=source.line(start),
        operator="exception",
        before="",
        after=_RAISE,
        start=start,
        end=end,
        replacement="".join(parts),
    )
    compile(mutant.apply(source.text), "<canary>", "exec", dont_inherit=True)
    return mutant


_RANK = {operator: rank for rank, operator in enumerate(get_args(Operator))}


def spread(edits: Iterable[Mutant]) -> list[Mutant]:
    """One edit of each statement, then a second one of each, ...; within a round, far apart first."""
    by_statement: dict[int, list[Mutant]] = {}
    for edit in edits:
        by_statement.setdefault(edit.statement, []).append(edit)
    groups = [sorted(group, key=_rank) for _, group in sorted(by_statement.items())]
    rounds = max(map(len, groups), default=0)
    order = _far_apart(len(groups))
    return [groups[index][turn] for turn in range(rounds) for index in order if turn < len(groups[index])]


def _rank(edit: Mutant) -> tuple[int, int, int, str]:
    return (_RANK[edit.operator], edit.start, edit.end, edit.replacement)


def _far_apart(count: int) -> list[int]:
    """0 .. count - 1 so that every beginning of the list covers the range evenly."""
    bits = max(count - 1, 0).bit_length()
    mirrored = (int(f"{number:0{bits}b}"[::-1], 2) if bits else 0 for number in range(1 << bits))
    return [number for number in mirrored if number < count]


class Different:
    """Tells which edits give bytecode that differs from the original's and from that of edits asked about before.

    Only the outermost statement around an edit is compiled: what is beside it compiles as before.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seen: dict[int, set[CodeType | None]] = {}

    def __call__(self, edit: Mutant) -> bool:
        """Whether an edit is new in this sense; False where it does not compile."""
        source, line = self._source, self._source.line(edit.start)
        outer = next((node for node in source.tree.body if first_row(node) <= line <= last_row(node)), None)
        if outer is None:
            return False
        start, end = source.offset(first_row(outer), 0), source.span(outer)[1]
        if start not in self._seen:
            self._seen[start] = {None, _compiled(source.text[start:end])}
        code = _compiled(source.text[start : edit.start] + edit.replacement + source.text[edit.end : end])
        if code in self._seen[start]:
            return False
        self._seen[start].add(code)
        return True


def _compiled(text: str) -> CodeType | None:
    """What a text compiles to; None where it is not Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _placeless(compile(text, "<mutant>", "exec", dont_inherit=True))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _placeless(code: CodeType) -> CodeType:
    """A code object without its line numbers."""
    inner = tuple(
        _placeless(constant) if isinstance(constant, CodeType) else constant for constant in code.co_consts
    )
    return code.replace(co_firstlineno=1, co_linetable=b"", co_consts=inner)
