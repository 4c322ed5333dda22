"""A suggestion on one screen: values in, lines out, as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich.commands import parts
from pytest_enrich.data import PossibleBug, SourceLine, Suggestion
from pytest_enrich.reporters.words import columns, filled, fit, folded, visible

_WIDEST = 110
_NARROWEST = 30
_LOW = 24
"""Rows below which there are no rules, no second thoughts and the short list of keys."""
_ROOM = 6
"""Rows for source and test together, however small the screen is."""
_SOURCE = 4
"""Rows of source that there are at least."""
_LOOK = 3
_IMPORTS = ("  + import ", "  + from ")


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
        one: The suggestion.
        bug: The possible bug that it is the test of.
        function: The source lines of its function, or those around the gap.
        stale: Whether the code changed since.
        change: The lines of the test, or of the row among others.
        trouble: Why the source cannot be shown.
        told: What came of the last key.
    """

    number: int
    total: int
    one: Suggestion
    bug: PossibleBug | None = None
    function: tuple[SourceLine, ...] = ()
    stale: bool = False
    change: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def compose(view: View, size: Size, legend: Sequence[str]) -> list[str]:
    """The lines of the screen; the row of the prompt is left free."""
    width, rule = size.width, [] if size.is_low else ["-" * (size.width - 1)]
    source, change = _source(view, width), [one for line in view.change for one in _changed(line, width)]
    told = [fit(line, width) for line in view.told]
    above, end = [*parts.gap(view.one, width), *rule], [*rule, *legend]
    middle = [*rule, f"into  {fit(parts.place(view.one), width - parts.LABEL)}"]
    title, facts = titled(view, width), _whole(view.one, width)
    if size.rows is not None:
        free = size.rows - 1 - len([*told, *above, *middle, *rule, *end])
        needed = len(change) + min(len(source), _SOURCE)
        title = title if len(title) <= free - needed - len(_facts(view.one, size, 0)) else [heading(view, width)]
        facts = _facts(view.one, size, free - len(title) - needed)
        source, change = _shared(view, source, change, max(free - len([*title, *facts]), _ROOM))
    return [*told, *title, *above, *source, *middle, *change, *rule, *facts, *end]


def heading(view: View, width: int) -> str:
    """` 3/12  parse_sku: text without a dash is refused   cart-6e2m3fea   strong`."""
    first, last = f" {view.number}/{view.total}  ", f"   {view.one.id}   {view.one.grade}"
    title = fit(view.one.title, max(width - len(first) - len(last), 10))
    return f"{first}{title}{' ' * (width - len(first) - len(last) - columns(title))}{last}"


def titled(view: View, width: int) -> list[str]:
    """The heading, with the rest of a long title below it."""
    first, last = f" {view.number}/{view.total}  ", f"   {view.one.id}   {view.one.grade}"
    pieces = filled(visible(view.one.title), width - len(first) - len(last)).splitlines()
    if len(pieces) == 1:
        return [heading(view, width)]
    begun = f"{first}{pieces[0]}"
    rest = fit(" ".join(pieces[1:]), width - len(first))
    return [f"{begun}{' ' * (width - columns(begun) - len(last))}{last}", f"{' ' * len(first)}{rest}"]


def share(room: int, source: int, change: int) -> tuple[int, int]:
    """Rows for so many lines of source and of the test: the test comes first, and leaves the source a third."""
    of_change = min(change, room - min(source, max(_SOURCE, room // 3)))
    return min(source, room - of_change), of_change


def shortened(lines: Sequence[str], rows: int) -> list[str]:
    """The first of them, so many rows; the last says how many are left out."""
    if rows >= len(lines):
        return list(lines)
    return [*lines[: rows - 1], f"  ... {len(lines) - rows + 1} more lines: d shows all"]


def _shared(view: View, source: list[str], change: list[str], room: int) -> tuple[list[str], list[str]]:
    rows, lines = share(room, len(source), len(change))
    return _window(view, source, rows), _new(change, lines)


def _source(view: View, width: int) -> list[str]:
    if view.stale:
        name = view.one.gap.qualname or view.one.gap.path
        return [fit(f"  stale: {name} changed since this was made. v checks again.", width)]
    return [*view.trouble] or [parts.source_line(line, width) for line in view.function]


def _changed(line: str, width: int) -> list[str]:
    """What is new is what a person decides on: nothing of it is cut."""
    return folded(line, width) if line.startswith("  + ") else [fit(line, width)]


def _window(view: View, source: list[str], rows: int) -> list[str]:
    """The lines from just before the first that no test runs; numbers say which they are."""
    missing = [index for index, line in enumerate(view.function) if line.missing] or [0]
    start = max(0, min(missing[0] - 1, len(source) - rows))
    return source[start : start + rows] if rows < len(source) else source


def _new(change: list[str], rows: int) -> list[str]:
    """The lines from just before the first that is new: of a row, those above it are there already."""
    if rows >= len(change):
        return change
    imports = sum(line.startswith(_IMPORTS) for line in change)
    if imports > 1 and rows > len(change) - imports:
        return [f"  + {imports} imports", *(line for line in change if not line.startswith(_IMPORTS))]
    first = next((index for index, line in enumerate(change) if line.startswith("  + ")), 0)
    start = max(0, min(first - 1, len(change) - rows + 1))
    more = len(change) - rows + 1
    return [*change[start : start + rows - 1], f"  ... {more} more lines: d shows all"]


def _facts(one: Suggestion, size: Size, rows: int) -> list[str]:
    """What was shown, in so many rows if that can be, and the one question that only a person can answer."""
    width, noticed, near = size.width, parts.noticed(one), parts.near(one)
    look = parts.labelled("look", one.look, width)[:_LOOK]
    proved = [_one_line("proof", noticed, width)] if noticed else []
    ran = [_one_line("" if noticed else "proof", parts.runs(one), width)]
    like = [_one_line("near", near, width)] if near else []
    ways = [_whole(one, width), [*proved, *ran, *like, *look], [*proved, *ran, *look]]
    least = [_one_line("proof", f"{_passed(one)}; {noticed}".rstrip("; "), width), *look]
    return least if size.is_low else next((way for way in ways if len(way) <= rows), least)


def _whole(one: Suggestion, width: int) -> list[str]:
    """All of it, on as many rows as it takes."""
    noticed, near = parts.noticed(one), parts.near(one)
    told = [("proof", noticed), ("", parts.runs(one))] if noticed else [("proof", parts.runs(one))]
    told += [("near", near), ("look", one.look)]
    return [line for label, text in told if text for line in parts.labelled(label, text, width)]


def _passed(one: Suggestion) -> str:
    return f"{one.proof.runs.passed} of {one.proof.runs.of} runs passed"


def _one_line(label: str, told: str, width: int) -> str:
    return f"{label:<{parts.LABEL}}{fit(told, width - parts.LABEL)}".rstrip()
