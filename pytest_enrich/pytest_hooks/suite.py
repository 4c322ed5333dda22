"""What the suite's tests came to, and the files they are in; the same with and without xdist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

_DOCTEST = "[doctest]"


class Suite:
    """A plugin that listens."""

    def __init__(self) -> None:
        self.interrupted = False
        self.passed = 0
        self._failed: set[str] = set()
        self.broken = 0  # files that could not be collected
        self._files: dict[str, None] = {}

    @property
    def failed(self) -> int:
        """Tests that failed or had an error, and files that could not be collected."""
        return len(self._failed) + self.broken

    def files(self) -> tuple[str, ...]:
        """The files that tests are in, relative to rootdir, sorted. A source file with doctests is none."""
        return tuple(sorted(self._files))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        """Before anything is deselected; never called in xdist's controller."""
        for item in items:
            self._note(item.nodeid, item.location[2])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Iterable[str]) -> None:
        """The workers of xdist collect for its controller; a dotted name in a file of its own is a doctest's."""
        for nodeid in ids:
            path, _, name = nodeid.partition("::")
            self._note(nodeid, _DOCTEST if _is_doctest(path, name) else name)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported counts as a failure."""
        self.broken += report.failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Three times a test: set-up, call, tear-down."""
        self._note(report.nodeid, report.location[2])
        if report.failed:
            self._failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed += 1

    def pytest_keyboard_interrupt(self) -> None:
        """Ctrl-C, and `pytest.exit` whatever exit status it asks for."""
        self.interrupted = True

    def _note(self, nodeid: str, place: str) -> None:
        if not place.startswith(_DOCTEST):
            self._files[nodeid.partition("::")[0]] = None


def _is_doctest(path: str, name: str) -> bool:
    stem = path.rpartition("/")[2].removesuffix(".py")
    plain = name.partition("[")[0]
    return not path.endswith(".py") or "." in plain or plain == stem
