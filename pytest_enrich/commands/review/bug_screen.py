"""A possible bug on one screen: what is said, what the code does, and the test that shows it."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence

from pytest_enrich.commands import parts
from pytest_enrich.commands.review import screen
from pytest_enrich.commands.review.screen import Size, View, share, shortened
from pytest_enrich.data import SourceLine
from pytest_enrich.reporters.figures import contract_of, observed_of, reproduction_of, runs_of
from pytest_enrich.reporters.words import columns, fit, visible_lines

_SAYS, _DOES, _LOOK = 4, 3, 2
_ROOM = 4
"""Rows for source and test together, however small the screen is."""


def compose_bug(view: View, size: Size, legend: Sequence[str]) -> list[str]:
    """The lines of the screen; the row of the prompt is left free."""
    if view.bug is None:
        return [*view.told, *legend]
    width, rule = size.width, [] if size.is_low else ["-" * (size.width - 1)]
    source, test = _source(view, width), [fit(line, width) for line in reproduction(view)]
    above = [*(fit(line, width) for line in view.told), heading(view, width), *_facts(view, size), *rule]
    middle = [*rule, "test  fails as long as the two differ:"]
    end = [*rule, *_proof(view, size), *legend]
    if size.rows is not None:
        room = max(size.rows - 1 - len([*above, *middle, *end]), _ROOM)
        rows, lines = share(room, len(source), len(test))
        source, test = shortened(source, rows), shortened(test, lines)
    return [*above, *source, *middle, *test, *end]


def heading(view: View, width: int) -> str:
    """` 11/12  POSSIBLE BUG  refund: ZeroDivisionError          orders-w3n5t6hc`."""
    first, last = f" {view.number}/{view.total}  POSSIBLE BUG  ", f"   {view.one.id}"
    title = fit(view.one.title, max(width - len(first) - len(last), 10))
    return f"{first}{title}{' ' * (width - len(first) - len(last) - columns(title))}{last}"


def reproduction(view: View) -> list[str]:
    """The test, indented; one empty line in place of two."""
    text = visible_lines(reproduction_of(view.bug) if view.bug else "").rstrip("\n")
    return [f"  {line}".rstrip() for line in text.replace("\n\n\n", "\n\n").split("\n")]


def _facts(view: View, size: Size) -> list[str]:
    bug, whole = view.bug, size.rows is None
    if bug is None:
        return []
    says = parts.labelled("says", contract_of(bug), size.width)
    does = parts.labelled("does", observed_of(bug), size.width)
    return [*says, *does] if whole else [*shortened(says, _SAYS), *shortened(does, _DOES)]


def _proof(view: View, size: Size) -> list[str]:
    look = parts.labelled("look", view.one.look, size.width)
    if view.bug is None or size.is_low:
        return look[:_LOOK]
    return [f"proof {fit(runs_of(view.bug), size.width - parts.LABEL)}", *look]


def _source(view: View, width: int) -> list[str]:
    """The code of the function: the docstring is quoted above."""
    if view.stale:
        return [fit("  stale: the docstring no longer says so. v checks again.", width)]
    return [*view.trouble] or [parts.source_line(line, width) for line in _without_docstring(view.function)]


def _without_docstring(lines: Sequence[SourceLine]) -> Sequence[SourceLine]:
    try:
        body = ast.parse(textwrap.dedent("\n".join(line.text for line in lines))).body
        (function,) = body
        first = function.body[0] if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return lines
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant) or not first.end_lineno:
        return lines
    return [*lines[: first.lineno - 1], *lines[first.end_lineno :]]


def screen_lines(view: View, size: Size, legend: Sequence[str]) -> list[str]:
    """All but the legend, for which there is room."""
    compose = compose_bug if view.one.kind == "bug" else screen.compose
    return compose(view, size, legend)[: -len(legend) or None]
