"""Mutants of the code under test: small changes that a test of that code should notice.

They are edits of the source's text, found in its syntax tree, so that formatting, comments and line numbers stay.
A mutant that compiles to the same bytecode as the original, or as another mutant, is not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pytest_enrich.data import Gap, Mutant
from pytest_enrich.mutants import bytecode, expression
from pytest_enrich.mutants.bytecode import spread
from pytest_enrich.mutants.canary import canary
from pytest_enrich.mutants.edit import Edit, Site, Source, expressions, sites
from pytest_enrich.mutants.expression import statement_edits

MOST = 60
MOST_OF_GAPS = 20


def make(text: str, first_line: int, last_line: int, limit: int = MOST) -> tuple[Mutant, ...]:
    """Mutants of the statements that start in a range of lines, at most `limit`, spread over the lines.

    Args:
        text: The whole source file, its lines ended by line feeds.
        first_line: Of the function (1-based), decorators included.
        last_line: Of the function, inclusive.
        limit: The most to make.

    Returns:
        In the order of the text; none when `text` is not Python.
    """
    return _make(text, lambda line: first_line <= line <= last_line, limit)


def of_gaps(text: str, gaps: Iterable[Gap]) -> tuple[Mutant, ...]:
    """Mutants of the gaps' own lines and of the statements that decide on them; see `make`."""
    lines = {line for gap in gaps for line in (gap.line, *gap.lines)}
    return _make(text, lines.__contains__, MOST_OF_GAPS)


def _make(text: str, wanted: Callable[[int], bool], limit: int) -> tuple[Mutant, ...]:
    try:
        source = Source(text)
    except SyntaxError:
        return ()
    edits = [edit for site in sites(source.tree) if wanted(site.line) for edit in _edits(source, site)]
    different = bytecode.Different(source)
    kept: list[Edit] = []
    for edit in spread(dict.fromkeys(edits)):
        if len(kept) >= limit:
            break
        if different(edit):
            kept.append(edit)
    return _named(source, sorted(kept, key=lambda edit: (edit.start, edit.end, edit.replacement)))


def _edits(source: Source, site: Site) -> list[Edit]:
    """The edits of one statement, those of what is inside its expressions included."""
    found = list(statement_edits(source, site))
    for node, role in expressions(site.node):
        found += expression.edits(source, site.line, node, role)
    return found


def _named(source: Source, edits: list[Edit]) -> tuple[Mutant, ...]:
    numbers: dict[int, int] = {}
    made = []
    for edit in edits:
        line = source.line(edit.start)
        numbers[line] = numbers.get(line, 0) + 1
        made.append(
            Mutant(
                id=f"{line}.{numbers[line]}",
                line=line,
                statement=edit.statement,
                operator=edit.operator,
                before=edit.before,
                after=edit.after,
                start=edit.start,
                end=edit.end,
                replacement=edit.replacement,
            )
        )
    return tuple(made)


__all__ = ["canary", "make", "of_gaps"]
