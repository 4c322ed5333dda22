"""What a review shows, as lines: a suggestion or a possible bug on one screen, and pages that are asked for."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich.commands import parts
from pytest_enrich.commands.review.sitting import Sitting
from pytest_enrich.data import SourceLine, Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.figures import contract_of, observed_of, reproduction_of, runs_of
from pytest_enrich.reporters.words import columns, filled, fit, folded, visible, visible_lines
from pytest_enrich.store import Store
from pytest_enrich.store.python_file import today_text

_WIDEST = 110
_NARROWEST = 30
_LOW = 24
"""Rows below which there are no rules and one line of keys."""
_ROOM = 6
"""Rows for source and test together, however small the screen is."""
_SOURCE = 4
"""Rows of source that there are at least."""
_SAYS, _DOES, _LOOK = 4, 3, 3
_SIGNS = ("!", "  + ")
"""Lines begin so that no test runs, and those that are new."""
BACK = "Esc goes back to the suggestion; the keys below are about it."
_DRAWN = "=_- "
"""What pytest draws lines with: the end of one says nothing."""
HELP = (
    " a accept   into its file, and run that; red: as before",
    " e edit     in $VISUAL or $EDITOR; it is proven again",
    " r reject   a second key says why; .enrich-rejected has it",
    " s skip     leave it for another time",
    " u undo     take the latest decision back",
    " A strong   accept all marked strong: you type how many",
    " t run it   where it lies; a possible bug's test fails",
    " d diff     the whole function and the whole change",
    " m mutants  changes of the code that it notices, or not",
    " v verify   is it still true on today's tree?",
    " j k        next, back; / finds a word in titles and paths",
    " space      more of what is longer than the screen",
    " q quit     Esc goes back, Enter does nothing",
    " Of a possible bug:",
    " x xfail    its test goes into the suite as known to fail;",
    "            strict, so that it tells when the bug is mended",
    " c copy     the text of an issue about it",
    " `look` is the one question that only you can answer.",
)


class Size(Struct, frozen=True):
    """Of what is written on; `rows` is None where it has no end."""

    columns: int
    rows: int | None = None

    @property
    def width(self) -> int:
        """Columns that are used: the last one stays free, since some terminals wrap there."""
        return max(_NARROWEST, min(self.columns - 1, _WIDEST))

    @property
    def is_low(self) -> bool:
        """Whether there are few rows."""
        return self.rows is not None and self.rows < _LOW


class View(Struct, frozen=True, kw_only=True):
    """What there is to see.

    Attributes:
        number, total: Which one of how many.
        suggestion: What is looked at.
        function: The source lines of its function, or those around the gap.
        stale: Whether the code changed since.
        change: The lines of the test, or of the row among others.
        trouble: Why the source cannot be shown.
        told: What came of the last key.
    """

    number: int
    total: int
    suggestion: Suggestion
    function: tuple[SourceLine, ...] = ()
    stale: bool = False
    change: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def view_of(store: Store, suggestion: Suggestion, sitting: Sitting) -> View:
    """The suggestion as it stands in the files of today."""
    line = today_text(store, suggestion)
    function: tuple[SourceLine, ...] = ()
    trouble: tuple[str, ...] = ()
    try:
        function = () if line is None else parts.function(store, suggestion, line)
    except EnrichError as error:
        trouble = tuple(visible_lines(str(error)).splitlines())
    return View(
        number=sitting.at + 1,
        total=len(sitting.order),
        suggestion=suggestion,
        function=function,
        trouble=trouble,
        stale=line is None,
        change=tuple(_reproduction(suggestion) if suggestion.kind == "bug" else parts.change(store, suggestion)),
        told=sitting.told,
    )


def compose(view: View, size: Size, below: int = 0) -> list[str]:
    """The lines of the screen; so many rows stay free `below` them, and one for the prompt."""
    suggestion, width, rule = view.suggestion, size.width, [] if size.is_low else ["-" * (size.width - 1)]
    told = [fit(line, width) for line in view.told]
    title, facts = titled(view, width), _facts(suggestion, width)
    above = _contradiction(suggestion, size) if suggestion.kind == "bug" else parts.gap(suggestion, width)
    into = f"into  {fit(parts.place(suggestion), width - parts.LABEL)}"
    middle = "test  fails as long as the two differ:" if suggestion.kind == "bug" else into
    source, change = _source(view, width), [row for line in view.change for row in _changed(line, width)]
    if size.rows is not None:
        free = size.rows - 2 - below - len([*told, *above]) - 3 * len(rule)
        needed = len(change) + min(len(source), _SOURCE)
        if len([*title, *facts]) > free - needed:
            title, facts = (
                title if len(title) < free - needed else [heading(view, width)],
                _brief(suggestion, width),
            )
        room = max(free - len([*title, *facts]), _ROOM)
        ours, theirs = share(room, len(source), len(change))
        source, change = _window(source, ours), _window(change, theirs)
    return [*told, *title, *above, *rule, *source, *rule, middle, *change, *rule, *facts]


def heading(view: View, width: int) -> str:
    """` 3/12  parse_sku: text without a dash is refused   cart-6e2m3fea   strong`."""
    first, last = _frame(view)
    title = fit(view.suggestion.title, max(width - len(first) - len(last), 10))
    return f"{first}{title}{' ' * (width - len(first) - len(last) - columns(title))}{last}"


def titled(view: View, width: int) -> list[str]:
    """The heading, with the rest of a long title below it."""
    first, last = _frame(view)
    pieces = filled(visible(view.suggestion.title), max(width - len(first) - len(last), 10)).splitlines()
    if len(pieces) == 1:
        return [heading(view, width)]
    begun = f"{first}{pieces[0]}"
    rest = fit(" ".join(pieces[1:]), width - len(first))
    return [f"{begun}{' ' * (width - columns(begun) - len(last))}{last}", f"{' ' * len(first)}{rest}"]


def share(room: int, source: int, change: int) -> tuple[int, int]:
    """Rows for so many lines of source and of the test: the test comes first, and leaves the source a third."""
    of_change = min(change, room - min(source, max(_SOURCE, room // 3)))
    return min(source, room - of_change), of_change


def whole(view: View, patch: str, width: int) -> tuple[str, ...]:
    """The page with the whole function, and the whole change."""
    rule = "-" * (width - 1)
    source = view.trouble or tuple(parts.source_line(line, width) for line in view.function)
    change = tuple(visible_lines(patch).rstrip("\n").splitlines()) or view.change
    return (heading(view, width), rule, *source, rule, *change, rule, BACK)


def mutants(view: View, width: int) -> tuple[str, ...]:
    """The page with a line a mutant."""
    suggestion = view.suggestion
    lines = [*parts.killed(suggestion, width), *parts.mutants(suggestion, width)] or [
        "No mutant was tried for this suggestion."
    ]
    return (heading(view, width), *lines, "", BACK)


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
    return [line[:cut], *(_rows(rest, size) if rest.strip(_DRAWN) else [])]


def _frame(view: View) -> tuple[str, str]:
    """What stands before and behind a title."""
    suggestion, number = view.suggestion, f" {view.number}/{view.total}  "
    return (
        (f"{number}POSSIBLE BUG  ", f"   {suggestion.id}")
        if suggestion.kind == "bug"
        else (number, f"   {suggestion.id}   {suggestion.grade}")
    )


def _contradiction(bug: Suggestion, size: Size) -> list[str]:
    """What the docstring says, and what the code does."""
    says = parts.labelled("says", contract_of(bug), size.width)
    does = parts.labelled("does", observed_of(bug), size.width)
    return [*says, *does] if size.rows is None else [*_window(says, _SAYS), *_window(does, _DOES)]


def _reproduction(bug: Suggestion) -> list[str]:
    """The test of a possible bug, indented; one empty line in place of two."""
    text = visible_lines(reproduction_of(bug)).rstrip("\n")
    return [f"  {line}".rstrip() for line in text.replace("\n\n\n", "\n\n").split("\n")]


def _source(view: View, width: int) -> list[str]:
    suggestion = view.suggestion
    if view.stale:
        changed = f"{suggestion.gap.qualname or suggestion.gap.path} changed since this was made"
        what = "the docstring no longer says so" if suggestion.kind == "bug" else changed
        return [fit(f"  stale: {what}. v checks again.", width)]
    lines = _without_docstring(view.function) if suggestion.kind == "bug" else view.function
    return [*view.trouble] or [parts.source_line(line, width) for line in lines]


def _without_docstring(lines: Sequence[SourceLine]) -> Sequence[SourceLine]:
    """The code of a function whose docstring is quoted above."""
    try:
        (function,) = ast.parse(textwrap.dedent("\n".join(line.text for line in lines))).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return lines
    first = function.body[0] if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant) or not first.end_lineno:
        return lines
    return [*lines[: first.lineno - 1], *lines[first.end_lineno :]]


def _changed(line: str, width: int) -> list[str]:
    """What is new is what a person decides on: nothing of it is cut."""
    return folded(line, width) if line.startswith("  + ") else [fit(line, width)]


def _window(lines: list[str], rows: int) -> list[str]:
    """So many of the lines, from just before the first with a sign; the last row says how many are left out."""
    if rows >= len(lines):
        return lines
    first = next((index for index, line in enumerate(lines) if line.startswith(_SIGNS)), 0)
    start = max(0, min(first - 1, len(lines) - rows + 1))
    return [*lines[start : start + rows - 1], f"  ... {len(lines) - rows + 1} more lines: d shows all"]


def _facts(suggestion: Suggestion, width: int) -> list[str]:
    """What was shown, and the one question that only a person can answer."""
    if suggestion.kind == "bug":
        told = [("proof", runs_of(suggestion)), ("look", suggestion.look)]
    else:
        noticed, runs = parts.noticed(suggestion), parts.runs(suggestion)
        proof = [("proof", noticed), ("", runs)] if noticed else [("proof", runs)]
        told = [*proof, ("near", parts.near(suggestion)), ("look", suggestion.look)]
    return [line for label, text in told if text for line in parts.labelled(label, text, width)]


def _brief(suggestion: Suggestion, width: int) -> list[str]:
    """The same in few rows."""
    runs = suggestion.proof.runs
    passed = f"{runs.passed} of {runs.of} runs passed; {parts.noticed(suggestion)}".rstrip("; ")
    proof = runs_of(suggestion) if suggestion.kind == "bug" else passed
    look = parts.labelled("look", suggestion.look, width)[:_LOOK]
    return [f"proof {fit(proof, width - parts.LABEL)}", *look]
