"""What the suite came to, as pytest tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

_DOCTEST = "[doctest]"


class Suite:
    """A plugin that listens."""

    def __init__(self) -> None:
        self.interrupted = False
        self.passed = 0
        self.failures = 0  # as pytest counts them: a test that fails may have an error at its end, too
        self._is_seen = False
        self._failed: dict[str, None] = {}
        self._broken: dict[str, None] = {}
        self._files: dict[str, None] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is no test and no file that may have some; of those deselected xdist does not tell."""
        return not (self._is_seen or self._broken)

    @property
    def broken(self) -> tuple[str, ...]:
        """Files (or folders, or classes) that could not be collected, by node id."""
        return tuple(self._broken)

    @property
    def red(self) -> dict[str, str]:
        """The files with tests that did not pass, or that could not be collected, each with what happened there.

        A source file with a doctest that fails is none.
        """
        failed = Counter(path for nodeid in self._failed if (path := _file(nodeid)) in self._files)
        told = {path: "1 test failed" if count == 1 else f"{count} tests failed" for path, count in failed.items()}
        broken = dict.fromkeys(map(_file, self._broken), "could not be collected")
        return dict(sorted({**told, **broken}.items()))

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
        """Of a file that cannot be imported each worker of xdist tells."""
        if report.failed:
            self.failures += 1
            self._broken[report.nodeid] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Three times a test: set-up, call, tear-down."""
        self._note(report.nodeid, report.location[2])
        if report.failed:
            self.failures += 1
            self._failed[report.nodeid] = None
        elif report.when == "call" and report.passed:
            self.passed += 1

    def pytest_keyboard_interrupt(self) -> None:
        """Ctrl-C, and `pytest.exit` whatever exit status it asks for."""
        self.interrupted = True

    def _note(self, nodeid: str, place: str) -> None:
        self._is_seen = True
        if not place.startswith(_DOCTEST):
            self._files[_file(nodeid)] = None


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _is_doctest(path: str, name: str) -> bool:
    stem = path.rpartition("/")[2].removesuffix(".py")
    plain = name.partition("[")[0]
    return not path.endswith(".py") or "." in plain or plain == stem
