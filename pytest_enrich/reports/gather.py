"""Everything that a report tells, read from the suggestions folder and from today's files."""

from __future__ import annotations

import functools
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from msgspec.structs import replace

from pytest_enrich.data import Finished, Grade, Report, ReportedSuggestion, RunSummary, SourceLine, Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.store import Store, excerpt, last_run, python_file, rejected
from pytest_enrich.store.python_file import stale_places

if TYPE_CHECKING:
    from pytest_enrich.patch import Draft

_SUGGESTED = "suggested"
_LATEST = 253402300799  # the end of the year 9999, after which Python has no dates
_GRADES: tuple[Grade, ...] = get_args(Grade)


def gather(store: Store, run: RunSummary | None = None) -> Report:
    """The report on `run` (default: the last one), with what waits now.

    Raises:
        EnrichError: The suggestions folder or `.enrich-rejected` cannot be read.
    """
    from pytest_enrich import patch

    source = functools.cache(functools.partial(_source_text, store))
    test = functools.cache(functools.partial(_test_text, store))
    draft = functools.cache(lambda path: patch.Draft(test(path) or "", path))
    places = functools.cache(functools.partial(stale_places, store))
    pending = sorted(store.pending() if store.exists() else (), key=_order)
    return Report(
        run=_dated(run or last_run.read(store) or RunSummary()),
        project=store.rootdir.name,
        base=_base(store.rootdir),
        suggestions=tuple(
            _reported(
                one,
                source(one.gap.path),
                _difference(test(one.target.path), one, draft(one.target.path)),
                test(one.target.path),
                places(one.gap.path).get(one.id),
            )
            for one in pending
        ),
        bugs=store.bugs() if store.exists() else (),
        without=without(store),
        turned_down=len(rejected.read(store.rootdir).lines),
    )


def without(store: Store) -> tuple[Finished, ...]:
    """The gaps for which no good test was found, by path and line."""
    last = {line.gap.id: line for line in store.finished()}
    found = [line for line in last.values() if line.outcome != _SUGGESTED]
    return tuple(sorted(found, key=_place))


def left(store: Store) -> tuple[Finished, ...]:
    """The gaps without a test, by path and line: what was tried in vain, and what the last run did not come to."""
    run = last_run.read(store)
    found = {line.gap.id: line for line in (*without(store), *(run.left if run else ()))}
    return tuple(sorted(found.values(), key=_place))


def _place(line: Finished) -> tuple[str, int, str]:
    return (line.gap.path, line.gap.line, line.gap.id)


def _base(rootdir: Path) -> str:
    """Where the project lies in its repository: programs that comment on it know only paths from its top."""
    top = next((folder for folder in (rootdir, *rootdir.parents) if (folder / ".git").exists()), rootdir)
    inside = rootdir.relative_to(top).as_posix()
    return "" if inside == "." else f"{inside}/"


def _reported(
    one: Suggestion, source: str | None, difference: str, test: str | None, place: tuple[str, int] | None
) -> ReportedSuggestion:
    return ReportedSuggestion(
        suggestion=one,
        source=_source(source, one, place),
        difference=difference,
        stale=place is None,
        nearest="" if test is None else excerpt.nearest(test, one),
    )


def _source(text: str | None, one: Suggestion, place: tuple[str, int] | None) -> tuple[SourceLine, ...]:
    return () if text is None or place is None else excerpt.source(text, one, place[1])


def _difference(text: str | None, one: Suggestion, draft: Draft) -> str:
    """The test in its file; one that can be read no longer, or that refuses, gets none."""
    if text is None and not one.target.new_file:
        return ""
    try:
        return excerpt.difference(text, one, draft)
    except EnrichError:
        return ""


def _dated(run: RunSummary) -> RunSummary:
    """The run with the time that people who want the same bytes each time have set."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not (run.at and epoch.isdecimal()):
        return run
    at = datetime.fromtimestamp(min(int(epoch), _LATEST), tz=timezone.utc)
    return replace(run, at=at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _source_text(store: Store, path: str) -> str | None:
    """A source file as it is now; None when it is not there or cannot be read."""
    try:
        file = python_file.read(store.rootdir, path)
    except EnrichError:
        return None
    return None if file.content is None else file.text


def _test_text(store: Store, path: str) -> str | None:
    """The same for a test file, as patches are made of it: with its byte order mark."""
    from pytest_enrich import patch

    try:
        file = python_file.read(store.rootdir, path)
        return None if file.content is None else patch.decode(file.content, path)
    except EnrichError:
        return None


def _order(one: Suggestion) -> tuple[int, str, int, str]:
    return (_GRADES.index(one.grade), one.gap.path, one.gap.line, one.id)
