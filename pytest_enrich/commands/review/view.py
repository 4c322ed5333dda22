"""Reading what a screen shows from the disk."""

from __future__ import annotations

from pytest_enrich.commands import parts
from pytest_enrich.commands.review.screen import View
from pytest_enrich.commands.review.sitting import Sitting
from pytest_enrich.data import SourceLine, Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import visible_lines
from pytest_enrich.store import Store, bugs, staleness


def of(store: Store, one: Suggestion, sitting: Sitting) -> View:
    """The suggestion as it stands in the files of today."""
    line = staleness.today(store, one)
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
