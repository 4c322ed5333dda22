"""What a profile function need not see: it makes everything many times slower."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from _pytest.assertion import rewrite

from . import invocation, selection
from .selection import Outcomes, outcome
from .watch import Watch


@contextlib.contextmanager
def rewriting() -> Iterator[None]:
    """While this lasts, nobody watches how assertions are rewritten, which makes more calls than the tests do."""
    module, name = vars(rewrite), "_rewrite_test"  # there is no public way between it and the module's body
    original = module[name]

    def rewritten(*arguments: Any) -> Any:
        watch = sys.getprofile()
        sys.setprofile(None)
        try:
            return original(*arguments)
        finally:
            sys.setprofile(watch)

    module[name] = rewritten
    try:
        yield
    finally:
        module[name] = original


def record(work: dict[str, Any], run: invocation.Session = invocation.run) -> dict[str, Any]:
    """Answer a `Record` job as a `Recorded`, both as JSON; a constructor call's receiver is its whole template.

    `run` runs pytest with arguments and plugins.
    """
    job = work["job"]
    files, missing = selection.files(work["rootdir"], job["tests"])
    watch, outcomes = Watch(work["rootdir"], job), Outcomes()
    session = Watched(watch, job["tests"])
    stopped = run(work, files, (session, outcomes)) if files else ""
    session.stop()
    found = [*outcomes.results.values(), *outcomes.unusable.values()]
    found += [outcome(name, "error", "there is no such file") for name in missing]
    if not outcomes.unusable:
        found += [outcome(name, "error", stopped or "there is no such test") for name in session.unknown]
    if stopped and not found:
        found = [outcome(job["path"], "error", stopped)]
    seen = {"calls": watch.calls(), "constructors": watch.objects.calls(), "through": watch.ways.calls()}
    return {"type": "recorded", **seen, "outcomes": found}


class Watched:
    """A plugin that selects the tests and watches from the import of the first to the end of the last."""

    def __init__(self, watch: Watch, wanted: list[str]) -> None:
        self.watch = watch
        self.wanted = wanted
        self.unknown: list[str] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, Any, Any]:
        """Threads are watched from the start."""
        if self.watch.module:  # watching makes tests many times slower: not where only their ends are asked for
            threading.setprofile(self.watch)
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        """Objects made while the tests are imported are used in them."""
        if not (self.watch.module and isinstance(collector, pytest.Module)):
            return (yield)
        with rewriting():
            sys.setprofile(self.watch)
            try:
                return (yield)
            finally:
                sys.setprofile(None)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, Any, Any]:
        """Select after all others had their say."""
        result = yield
        chosen, self.unknown = selection.chosen(items, self.wanted)
        # Hundreds of cases of one test show no more calls than are kept of one function.
        items[:] = selection.thinned(chosen, self.watch.limit) if self.watch.module else chosen
        return result

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test may have taken our place as the profiler; with enough seen there is nothing to watch for."""
        self.watch.begin(nodeid)
        sys.setprofile(self.watch if self.watch.module and not self.watch.is_full() else None)

    def pytest_sessionfinish(self) -> None:
        """Whatever comes now is pytest's own."""
        self.stop()

    def stop(self) -> None:
        """Watch no more."""
        threading.setprofile(None)
        sys.setprofile(None)
