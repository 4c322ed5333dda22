"""Where a report goes, and that it takes nobody's file away."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pytest_enrich.config import WantedReport
from pytest_enrich.data import Report
from pytest_enrich.errors import EnrichError, StoreError, UsageError
from pytest_enrich.reporters import formats
from pytest_enrich.reporters.formats import Format
from pytest_enrich.store import Store, disk

_BEGINNING = 4096
_EMPTY = ("", "[]")


def write(
    store: Store, report: Report, wanted: Iterable[WantedReport], start: Path | None = None
) -> tuple[Path, ...]:
    """Write these reports, destinations relative to `start` (default: rootdir); returns where they are.

    One without a destination goes into the suggestions folder, if there is such a folder; what is for a job's log
    is for `announce`.

    Raises:
        EnrichError: One cannot be written; those before it are.
    """
    written = []
    for one in wanted:
        if one.destination or (store.directory.is_dir() and not formats.is_log(one)):
            path = place(one, store.directory, start or store.rootdir)
            _put(path, formats.render(one.format, report), one.format)
            written.append(path)
    return tuple(written)


def place(wanted: WantedReport, directory: Path, start: Path) -> Path:
    """The file that the report is written to; a destination is relative to `start`.

    Raises:
        UsageError: What is there is not an earlier report of this kind: it is not ours to replace. Or it is `-`.
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
            f"{path} is there and is no {kind.name} report of ours\n"
            "It was not touched.\n"
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
        told = str(error).splitlines()[0]
        raise StoreError(
            f"{told}\nThe suggestions are as they were; this report is missing.\n"
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
