"""What a job on GitHub is told: notices in its log, and its summary."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pytest_enrich.data import Report
from pytest_enrich.reporters import formats
from pytest_enrich.reporters.words import visible
from pytest_enrich.store import disk

LOG = "GITHUB_ACTIONS"
_SUMMARY = "GITHUB_STEP_SUMMARY"
_LEAST = 20 * 1024  # bytes that a report in Markdown needs at least


@contextlib.contextmanager
def fenced(environment: Mapping[str, str], write_line: Callable[[str], None]) -> Iterator[None]:
    """On GitHub, have the runner take all that is written meanwhile as text.

    Names, titles and messages of the code under test, and of a model, could else be commands to it. The word that
    ends this is drawn here and known to nobody.
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
