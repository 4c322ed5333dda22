"""Reports of a run: gathered from the folder and today's files, rendered, and put where the reader looks.

A run and `pytest-enrich report` do the same, so that every report can be made again later. What a job on GitHub
gets, notices in its log and a summary, is here as well.
"""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from pytest_enrich.config import WantedReport
from pytest_enrich.data import Finished, Grade, Report, ReportedSuggestion, RunSummary, Suggestion
from pytest_enrich.errors import EnrichError, StoreError, UsageError
from pytest_enrich.reporters import formats
from pytest_enrich.reporters.formats import Format
from pytest_enrich.reporters.words import visible
from pytest_enrich.store import Store, disk, experience, last_run, python_file, rebuild, rejected
from pytest_enrich.store.experience import Experience
from pytest_enrich.store.python_file import stale_places

if TYPE_CHECKING:
    from pytest_enrich.patch import How

_SUGGESTED = "suggested"
_GRADES: tuple[Grade, ...] = get_args(Grade)


def gather(store: Store, run: RunSummary | None = None) -> Report:
    """The report on `run` (default: the last one), with what waits now.

    Raises:
        EnrichError: The suggestions folder or `.enrich-rejected` cannot be read.
    """
    text_of = functools.cache(functools.partial(python_file.text_of, store.rootdir))
    how = functools.cache(functools.partial(rebuild.how, store))
    places = functools.cache(functools.partial(stale_places, store))

    def reported(suggestion: Suggestion) -> ReportedSuggestion:
        text, place = text_of(suggestion.gap.path), places(suggestion.gap.path).get(suggestion.id)
        text = text and text.removeprefix("\ufeff")
        return ReportedSuggestion(
            suggestion=suggestion,
            source=() if text is None or place is None else python_file.source(text, suggestion, place[1]),
            difference=_difference(text_of(suggestion.target.path), suggestion, how(suggestion.target.path)),
            stale=place is None,
        )

    fates = experience.decided(store)
    worth = functools.partial(_worth, experience.learn(fates))
    pending = sorted(store.pending() if store.exists() else (), key=worth)
    return Report(
        run=run or last_run.read(store) or RunSummary(),
        project=store.rootdir.name,
        base=_base(store.rootdir),
        suggestions=tuple(map(reported, pending)),
        bugs=store.bugs() if store.exists() else (),
        without=without(store),
        turned_down=len(rejected.read(store.rootdir).lines),
        decided={period: experience.tally(group) for period, group in experience.by_period(fates).items()},
    )


def without(store: Store) -> tuple[Finished, ...]:
    """The gaps for which no good test was found, by path and line."""
    last = {line.gap.id: line for line in store.finished()}
    lines = [line for line in last.values() if line.outcome != _SUGGESTED]
    return tuple(sorted(lines, key=_place))


def left(store: Store) -> tuple[Finished, ...]:
    """The gaps without a test, by path and line: tried in vain, or not reached by the last run."""
    run = last_run.read(store)
    lines = {line.gap.id: line for line in (*without(store), *(run.left if run else ()))}
    return tuple(sorted(lines.values(), key=_place))


def _place(line: Finished) -> tuple[str, int, str]:
    return (line.gap.path, line.gap.line, line.gap.id)


def _base(rootdir: Path) -> str:
    """Where the project lies in its repository: programs that comment on it know only paths from its top."""
    top = next((folder for folder in (rootdir, *rootdir.parents) if (folder / ".git").exists()), rootdir)
    inside = rootdir.relative_to(top).as_posix()
    return "" if inside == "." else f"{inside}/"


def _difference(text: str | None, suggestion: Suggestion, how: How) -> str:
    """The diff of the test in its file; "" if that can no longer be read, or cannot take the test."""
    from pytest_enrich import patch

    if text is None and not suggestion.target.new_file:
        return ""
    try:
        return patch.change(suggestion, text, how)
    except EnrichError:
        return ""


def _worth(known: Experience, one: Suggestion) -> tuple[bool, int, str, int, str]:
    """The order: the best first, and what people did not want before last."""
    return (known.comes_last(one), _GRADES.index(one.grade), one.gap.path, one.gap.line, one.id)


LOG = "GITHUB_ACTIONS"
_SUMMARY = "GITHUB_STEP_SUMMARY"
_LEAST = 20 * 1024  # bytes that a report in Markdown needs at least
_BEGINNING = 4096
_EMPTY = ("", "[]")


@contextlib.contextmanager
def fenced(environment: Mapping[str, str], write_line: Callable[[str], None]) -> Iterator[None]:
    """On GitHub, have the runner treat all that is written meanwhile as plain text.

    Otherwise names, titles and messages of the code under test, or of a model, could be commands to it. The token
    that ends this is drawn at random, so that nobody knows it.
    """
    if not environment.get(LOG):
        yield
        return
    token = secrets.token_hex(16)
    write_line(f"::stop-commands::{token}")
    try:
        yield
    finally:
        write_line(f"::{token}::")


def announce(report: Report, environment: Mapping[str, str], write_line: Callable[[str], None]) -> str:
    """Write the notices, and append the report to the job's summary; returns what a person should know about that.

    Nothing at all is written when nothing waits.
    """
    notices = formats.render("github", report).rstrip("\n")
    if notices:
        write_line(notices)
    place = environment.get(_SUMMARY, "")
    if not place or not (report.suggestions or report.bugs):
        return ""
    try:
        return _append(Path(place), report)
    except OSError as error:
        return f"The job summary was not written: {disk.explained(error)} ({_SUMMARY}={visible(place)})"


def _append(path: Path, report: Report) -> str:
    """Add to what other commands of the same step have written there.

    Raises:
        OSError: It cannot be written.
    """
    from pytest_enrich.reporters import md  # it loads what edits tests, which those who only list do without

    with path.open("ab") as file:
        size = os.fstat(file.fileno()).st_size
        room = md.LARGEST - size - 1
        if room < _LEAST:
            return f"The job summary was not written: it has {size} bytes already, and GitHub takes 1 MiB"
        text = md.render(report, room)
        file.write((b"\n" if size else b"") + text.encode("utf-8", "backslashreplace"))
    return "Job summary written."


def write(
    store: Store, report: Report, wanted: Iterable[WantedReport], start: Path | None = None
) -> tuple[Path, ...]:
    """Write these reports, destinations relative to `start` (default: rootdir); returns where they are.

    One without a destination goes into the suggestions folder, if there is one; what is for a job's log is left
    to `announce`.

    Raises:
        EnrichError: One cannot be written; those before it are.
    """
    written = []
    for request in wanted:
        if request.destination or (store.directory.is_dir() and not formats.is_log(request)):
            path = place(request, store.directory, start or store.rootdir)
            _put(path, formats.render(request.format, report), request.format)
            written.append(path)
    return tuple(written)


def place(wanted: WantedReport, directory: Path, start: Path) -> Path:
    """The file that the report is written to; a destination is relative to `start`.

    Raises:
        UsageError: The file is not an earlier report of this kind, so it is not ours to replace. Or it is `-`.
    """
    kind = formats.FORMATS[wanted.format]
    if wanted.destination == formats.STDOUT:
        raise UsageError(
            f"a run prints no report; accepted is a file, or: pytest-enrich report --format {kind.name}:-"
        )
    if not wanted.destination:
        return directory / kind.file
    path = Path(os.path.normpath(start / wanted.destination))
    path = path / kind.file if path.is_dir() or wanted.destination.endswith("/") else path
    if os.path.lexists(path) and not _is_ours(path, kind):
        raise UsageError(
            f"{path} is there and is no {kind.name} report of ours\nIt was not touched.\n"
            f"Another file:  {kind.name}:{path.with_name(f'enrich-{kind.file}').name}"
        )
    return path


def shown(paths: Iterable[Path], start: Path) -> list[Path]:
    """The paths as people read them: relative to `start` when they are below it."""
    return [path.relative_to(start) if path.is_relative_to(start) else path for path in paths]


def _put(path: Path, text: str, name: str) -> None:
    try:
        with disk.reporting(path.parent, "make"):
            path.parent.mkdir(parents=True, exist_ok=True)
        disk.write(path, text)
    except StoreError as error:
        raise StoreError(
            f"{str(error).splitlines()[0]}\nThe suggestions are as they were; this report is missing.\n"
            f"Another file:  pytest-enrich report --format {name}:FILE"
        ) from error


def _is_ours(path: Path, kind: Format) -> bool:
    """A regular file that is an earlier report of the same kind, or empty; links are not followed."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        content = disk.read(path) or b""
    except EnrichError:
        return False
    return kind.mark.encode() in content[:_BEGINNING] or content.strip().decode("latin-1") in _EMPTY
