"""What is shown on request: the whole diff, the mutants, the keys."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_enrich.commands import parts
from pytest_enrich.commands.review.screen import Size, View, heading
from pytest_enrich.commands.review.sitting import Sitting
from pytest_enrich.data import SourceLine, Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import columns, fit, visible_lines
from pytest_enrich.store import Store, bugs
from pytest_enrich.store.python_file import today_text

BACK = "Esc goes back to the suggestion; the keys below are about it."
_RULE = "=_- "
"""What pytest draws lines with: the end of one says nothing."""
HELP = """\
 a accept   into its file, and run that; red: as before
 e edit     in $VISUAL or $EDITOR; it is proven again
 r reject   a second key says why; .enrich-rejected has it
 s skip     leave it for another time
 u undo     take the latest decision back
 A strong   accept all marked strong: you type how many
 t run it   where it lies, with the fixtures of its file
 d diff     the whole function and the whole change
 m mutants  changes of the code that it notices, or not
 v verify   is it still true on today's tree?
 j k        next, back; / finds a word in titles and paths
 space      more of what is longer than the screen
 q quit     Esc goes back, Enter does nothing
 `look` is the one question that only you can answer.
 strong: notices every mutant, one as the only test.
 good: notices some. Each decision is saved at once.
"""


def part(sitting: Sitting, size: Size, legend: Sequence[str]) -> tuple[list[str], int]:
    """The screen of a page from row `sitting.first` on, and the row with which the next one begins."""
    rows = [row for line in sitting.page for row in _rows(line, size)]
    told = [row for line in sitting.told for row in _rows(line, size)]
    if size.rows is None or len([*told, *rows, *legend]) < size.rows:
        return [*told, *rows, *legend], sitting.first
    room = max(size.rows - 2 - len([*told, *legend]), 1)
    first = sitting.first if 0 <= sitting.first < len(rows) else max(len(rows) - room, 0)
    end = min(first + room, len(rows))
    more = "space shows more" if end < len(rows) else "space shows its beginning"
    where = fit(f"-- lines {first + 1} to {end} of {len(rows)}: {more}, Esc goes back", size.width)
    return [*told, *rows[first:end], where, *legend], end % len(rows)


def _rows(line: str, size: Size) -> list[str]:
    """A line as rows of the screen, so that they can be counted; where rows have no end it stays one."""
    if size.rows is None or columns(line) <= size.width:
        return [line]
    cut = next((at for at in range(len(line), 0, -1) if columns(line[:at]) <= size.width), 1)
    rest = line[cut:]
    return [line[:cut], *(_rows(rest, size) if rest.strip(_RULE) else [])]


def diff(view: View, patch: str, width: int) -> tuple[str, ...]:
    """The whole function, and the whole change."""
    source = [*view.trouble] or [parts.source_line(line, width) for line in view.function]
    change = visible_lines(patch).rstrip("\n").splitlines()
    rule = "-" * (width - 1)
    return (heading(view, width), rule, *source, rule, *(change or view.change), rule, BACK)


def mutants(view: View, width: int) -> tuple[str, ...]:
    """A line a mutant."""
    one = view.one
    lines = [*parts.killed(one, width), *parts.mutants(one, width)] or ["No mutant was tried for this one."]
    return (heading(view, width), *lines, "", BACK)


def helping() -> tuple[str, ...]:
    """The keys."""
    return tuple(HELP.rstrip().splitlines())


def view_of(store: Store, one: Suggestion, sitting: Sitting) -> View:
    """The suggestion as it stands in the files of today."""
    line = today_text(store, one)
    function, trouble = _function(store, one, line)
    return View(
        number=sitting.at + 1,
        total=len(sitting.order),
        one=one,
        bug=bugs.find(store, one.id) if one.kind == "bug" else None,
        function=function,
        trouble=trouble,
        stale=line is None,
        change=tuple(parts.change(store, one)) if one.kind != "bug" else (),
        told=sitting.told,
    )


def _function(store: Store, one: Suggestion, line: int | None) -> tuple[tuple[SourceLine, ...], tuple[str, ...]]:
    if line is None:
        return (), ()
    try:
        return parts.function(store, one, line), ()
    except EnrichError as error:
        return (), tuple(visible_lines(str(error)).splitlines())
