"""One run, wired: settings and coverage in, suggestions on disk and a summary out.

The only place that builds proposers and sandboxes. Everything it does comes after pytest's own last line, and
nothing it does changes a file outside the suggestions folder.
"""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

from pytest_enrich import progress, reports
from pytest_enrich.config import Settings
from pytest_enrich.data import Report, RunSummary
from pytest_enrich.progress import Terminal
from pytest_enrich.reporters import formats, text
from pytest_enrich.reporters.figures import changed_heading
from pytest_enrich.session import executors, scope, summary
from pytest_enrich.session.reproof import answer
from pytest_enrich.session.summary import changed_files, render_gaps, snapshot_files
from pytest_enrich.session.work import Session
from pytest_enrich.store import Store, experience, last_run

if TYPE_CHECKING:
    from coverage import Coverage

__all__ = ["answer", "run"]


def run(settings: Settings, cov: Coverage, terminal: Terminal) -> RunSummary:
    """Look for tests that close what `cov` says is missing, and write the proven ones as suggestions.

    Raises:
        EnrichError: The suggestions folder cannot be read or written; nothing is half written.
    """
    with reports.fenced(os.environ, terminal.write_line):
        ended, report = _run(settings, cov, terminal)
    if report is not None and any(formats.is_log(wanted) for wanted in settings.reports):
        announcement = reports.announce(report, os.environ, terminal.write_line)
        if announcement:
            terminal.write_line(announcement)
    return ended


def _run(settings: Settings, cov: Coverage, terminal: Terminal) -> tuple[RunSummary, Report | None]:
    """The run, with all that it says."""
    started = time.monotonic()
    terminal.section("enrich")
    store = Store(settings.directory, settings.rootdir)
    found = scope.find(settings, cov, store)
    terminal.write_line(text.heading(summary.coverage(found.measured)))
    if found.changed is not None and found.ranked:
        terminal.write_line(changed_heading(found.changed))
    if settings.listing:
        listing = (render_gaps(found.ranked, found.changed), text.notes(found.notes))
        terminal.write_line("\n\n".join(filter(None, listing)))
        return summary.of_nothing(settings, found, started), None
    learnt = experience.read(store)
    if learnt.told:
        terminal.write_line(text.learnt(learnt.told))
    before = snapshot_files(settings.rootdir, settings.directory)
    with (
        executors.parsing_in_turn(),
        progress.on(terminal) as lines,
        closing(Session(settings, store, found, lines, learnt)) as session,
    ):
        session.work()
    ended = session.summary(started, changed_files(settings.rootdir, settings.directory, before))
    last_run.write(store, ended)
    terminal.write_line(text.render(ended, store.pending(), store.bugs() if store.exists() else ()).rstrip("\n"))
    return ended, _report(settings, store, ended, terminal)


def _report(settings: Settings, store: Store, ended: RunSummary, terminal: Terminal) -> Report | None:
    """Write the reports, last: whatever becomes of them, the suggestions are safe and have been shown."""
    if not settings.reports:
        return None
    report = reports.gather(store, ended)
    written = reports.write(store, report, settings.reports)
    if report.suggestions or report.bugs:  # silence is the reward of those who need no test
        names = [path.as_posix() for path in reports.shown(written, settings.rootdir)]
        terminal.write_line("\n".join([text.reports(names), *text.because(settings.reports)]))
    return report
