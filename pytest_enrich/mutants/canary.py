"""The change that every test dies of which runs the code of a gap: what it runs of that raises instead.

What is raised is no `Exception`, so that neither `pytest.raises(Exception)` nor code that goes on after every
error saves a test; one that survives runs none of it, or fails on nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from pytest_enrich.data import Gap, Mutant
from pytest_enrich.gaps.outline import children, first_row
from pytest_enrich.mutants.edit import Site, Source, sites

ID = "canary"
_RAISE = "raise BaseException"
_RAISING = "(_ for _ in ()).throw(BaseException)"
"""An expression that does."""
_Change: TypeAlias = tuple[int, int, str]


def canary(text: str, gaps: Iterable[Gap], ran: Collection[int]) -> Mutant | None:
    """The canary of gaps that a test closes; None where none can be made.

    Args:
        text: The whole source file, its lines ended by line feeds.
        gaps: What it closes: of each the missing statements that it runs raise, or else what decides on it.
        ran: The missing lines that it runs.
    """
    try:
        source = Source(text)
        changes = sorted({change for site in _sites(source, [*gaps], ran) for change in _changes(source, site)})
        return _joined(source, changes) if changes else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _sites(source: Source, gaps: list[Gap], ran: Collection[int]) -> Iterator[Site]:
    lines = {line for gap in gaps for line in ({*gap.lines} & {*ran} or {gap.line})}
    return (site for site in sites(source.tree) if site.line in lines)


def _changes(source: Source, site: Site) -> Iterator[_Change]:
    """Before a statement there is one that raises; what has no place before it raises where it decides."""
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
    else:  # a block, which has its lines for itself
        at = source.offset(row, 0)
        space = source.text[at : source.span(node)[0]].partition("\n")[0]
        indent = space[: len(space) - len(space.lstrip())]
        yield at, at, f"{indent}{_RAISE}\n"


def _joined(source: Source, changes: list[_Change]) -> Mutant:
    """All changes as one.

    Raises:
        SyntaxError: It is no Python.
    """
    start, end = changes[0][0], changes[-1][1]
    parts, done = [], start
    for first, last, replacement in changes:
        parts += [source.text[done:first], replacement]
        done = last
    made = Mutant(
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
    compile(made.apply(source.text), "<canary>", "exec", dont_inherit=True)
    return made
