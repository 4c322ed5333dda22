"""`pytest-enrich report`: make a report again, from the last run and what waits now."""

from __future__ import annotations

import os
from pathlib import Path

import click

from pytest_enrich import reports
from pytest_enrich.commands.project import answer, is_json, json_option, project_option, say, tell, tell_problems
from pytest_enrich.config import WantedReport
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters import formats
from pytest_enrich.reporters.words import visible
from pytest_enrich.store import Store


@click.command("report")
@click.option(
    "--format",
    "texts",
    metavar="TYPE[:DEST]",
    multiple=True,
    help=f"{', '.join(formats.FORMATS)}; DEST is a file, or - for stdout (repeat; default: html).",
)
@json_option
@project_option
def command(store: Store, texts: tuple[str, ...]) -> int:
    """Write reports on the last run and what waits; no test is run."""
    wanted = _wanted(texts)
    here = Path.cwd()
    printed = [request for request in wanted if _is_printed(request)]
    files = [request for request in wanted if request not in printed]
    _check(store, files, here)
    tell_problems(store)
    report = reports.gather(store)
    written = reports.write(store, report, files, here)
    for request in printed:
        if not formats.is_log(request):
            click.echo(formats.render(request.format, report), nl=False)
        elif note := reports.announce(report, os.environ, click.echo):
            tell(note)
    for path in reports.shown(written, here):
        (tell if printed else say)(f"Written: {visible(str(path))}")
    answer({"written": [str(path) for path in written]})
    return 0


def _wanted(texts: tuple[str, ...]) -> tuple[WantedReport, ...]:
    """What was asked for.

    Raises:
        UsageError: A kind is not known, or two things would be printed.
    """
    try:
        wanted = formats.wanted(texts or ("html",))
    except UsageError as error:
        raise UsageError(f"--format {' '.join(texts)}: {error}\nNothing was written.") from None
    if sum(_is_printed(request) for request in wanted) + is_json() > 1:
        raise UsageError(
            "only one thing can go to stdout\nNothing was written.\nGive the other a file:  html:out.html"
        )
    return wanted


def _check(store: Store, files: list[WantedReport], here: Path) -> None:
    """Check that each file has a place, before the first one is written.

    Raises:
        UsageError: One has none.
    """
    if any(not request.destination for request in files) and not store.exists():
        raise UsageError(
            f"there is no {store.directory.name} here\nNothing was written.\n"
            "Make one:  pytest --enrich\nOr name a file:  pytest-enrich report --format html:report.html"
        )
    for request in files:
        reports.place(request, store.directory, here)


def _is_printed(wanted: WantedReport) -> bool:
    return wanted.destination == formats.STDOUT or formats.is_log(wanted)
