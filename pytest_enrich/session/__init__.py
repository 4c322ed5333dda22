"""One run, wired: settings and coverage in, suggestions on the disk and a summary out.

The only place that builds proposers and sandboxes. Everything it does comes after pytest's own last line, and
nothing it does changes a file outside the suggestions folder.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from pytest_enrich import progress
from pytest_enrich.config import Settings
from pytest_enrich.data import RunSummary
from pytest_enrich.progress import Terminal
from pytest_enrich.reporters import text
from pytest_enrich.session import listing, scope, summary, tree
from pytest_enrich.session.reproof import prove
from pytest_enrich.session.work import Session
from pytest_enrich.store import Store

if TYPE_CHECKING:
    from coverage import Coverage

__all__ = ["prove", "run"]


def run(settings: Settings, cov: Coverage, terminal: Terminal) -> RunSummary:
    """Look for tests that close what `cov` says is missing, and write the proven ones as suggestions.

    Raises:
        EnrichError: The suggestions folder cannot be read or written; nothing is half written.
    """
    started = time.monotonic()
    terminal.section("enrich")
    store = Store(settings.directory, settings.rootdir)
    found = scope.find(settings, cov, store)
    terminal.write_line(text.heading(summary.coverage(found.measured)))
    if settings.listing:
        terminal.write_line(listing.render(found.ranked))
        return summary.of_nothing(settings, found, started)
    before = tree.snapshot(settings.rootdir, settings.directory)
    with progress.on(terminal) as lines, closing(Session(settings, store, found, lines)) as session:
        session.work()
    ended = session.summary(started, tree.changed(settings.rootdir, settings.directory, before))
    store.write_run(ended)
    terminal.write_line(text.render(ended, store.pending()).rstrip("\n"))
    return ended
