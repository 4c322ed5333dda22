"""The suite once more, privately, when the user's own measurement lacks branches or contexts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_enrich import measurement
from pytest_enrich.errors import EnrichError
from pytest_enrich.measurement import Measurement, paths
from pytest_enrich.pytest_hooks import arguments
from pytest_enrich.reporters.words import counted

if TYPE_CHECKING:
    from coverage import Coverage

_LEAST_SECONDS = 120.0
_STRIPPED = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
_STRIPPED_PREFIXES = ("PYTEST_XDIST_", "COV_CORE_", "COVERAGE_RUN")
_DOCTEST = "[doctest]"


def measure_again(
    config: pytest.Config, source: list[str] | None, folder: Path, ended: int, took: float
) -> Coverage:
    """Run the tests in a process of their own that writes into `folder` alone; returns what it measured.

    `source` limits what is measured, None for all that is not installed. The first time they `ended` with
    this status, and `took` so many seconds.

    Raises:
        EnrichError: The tests ended differently from the first time.
    """
    output = folder / "output.txt"
    file = config.option.cov_config
    command = [sys.executable, "-m", "pytest", *_options(source, file, folder)]
    try:
        with output.open("wb") as stream:
            status = subprocess.run(
                [*command, *arguments.for_repetition(config)],
                cwd=config.invocation_params.dir,
                env=_environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                timeout=max(_LEAST_SECONDS, 10 * took),
                check=False,
            ).returncode
    except subprocess.TimeoutExpired as error:
        raise EnrichError(_changed(f"did not end within {error.timeout:.0f}s", "")) from None
    if status not in (pytest.ExitCode.OK, ended):
        raise EnrichError(_changed(f"ended with exit status {status}", _last_line(output)))
    return measurement.load(folder / "coverage", source, file)


def measured_sources(config: pytest.Config, measured: Measurement) -> list[str] | None:
    """What the user's own measurement is limited to; None without a limit on the command line."""
    if measured.kind == "outer":
        sources: Any = (coverage := measurement.outer()) and coverage.get_option("run:source")
        return list(sources) if sources else None
    plugin: Any = config.pluginmanager.getplugin("_cov")
    limits = plugin.options.cov_source
    return None if limits is None else [str(source) for source in limits]


def _options(source: Sequence[str] | None, file: str, folder: Path) -> list[str]:
    """For a measurement with all that we need, limited to `source`, that writes nothing elsewhere."""
    limits = ["--cov"] if source is None else [f"--cov={name}" for name in source]
    measured = [*limits, *measurement.WANTED, f"--cov-config={file}", "-p", paths.__name__]
    return [*measured, f"--basetemp={folder}/basetemp", "-o", f"cache_dir={folder}/cache"]


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _STRIPPED}
    return {name: value for name, value in kept.items() if not name.startswith(_STRIPPED_PREFIXES)} | {
        "COVERAGE_FILE": f"{folder}/coverage",
        "COVERAGE_CORE": measurement.core(),
        "PYTEST_ENRICH": "1",
    }


def _last_line(output: Path) -> str:
    lines = output.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _changed(how: str, detail: str) -> str:
    quote = f"\n  it said: {detail}" if detail else ""
    return (
        f"not run, the tests {how} when they were run once more for branches and contexts.{quote}\n"
        "Nothing was written.\n"
        "Without a second run:  pytest --enrich --cov --cov-branch --cov-context=test"
    )


class Suite:
    """A plugin that listens."""

    def __init__(self) -> None:
        self.interrupted = False
        self._passed: set[str] = set()
        self.failures = 0  # as pytest counts them: a test that fails may have an error at its end, too
        self._is_seen = False
        self._failed: dict[str, None] = {}
        self.broken: dict[str, None] = {}
        """Files (or folders, or classes) that could not be collected, by node id."""
        self.files: set[str] = set()
        """The files that tests are in, relative to rootdir. A source file with doctests is not one of them."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no test and no file that may have some; xdist does not report what was deselected."""
        return not (self._is_seen or self.broken)

    @property
    def passed(self) -> int:
        """How many tests passed; one with an error at its end is one of them, as pytest counts."""
        return len(self._passed)

    @property
    def failed(self) -> tuple[str, ...]:
        """The node ids of the tests that failed, or had an error, in files where others passed."""
        red = self.red
        return tuple(
            nodeid for nodeid in self._failed if (path := _file(nodeid)) in self.files and path not in red
        )

    @property
    def red(self) -> dict[str, str]:
        """The files where tests failed and none passed, or that could not be collected, each with what happened.

        A source file with a doctest that fails is not one of them.
        """
        green = {_file(nodeid) for nodeid in self._passed - self._failed.keys()}
        failed = Counter(path for nodeid in self._failed if (path := _file(nodeid)) in self.files - green)
        messages = {path: f"{counted(count, 'test')} failed" for path, count in failed.items()}
        broken = dict.fromkeys(map(_file, self.broken), "could not be collected")
        return dict(sorted({**messages, **broken}.items()))

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
        """Each worker of xdist reports a file that cannot be imported."""
        if report.failed:
            self.failures += 1
            self.broken[report.nodeid] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called three times for each test: set-up, call, tear-down."""
        self._note(report.nodeid, report.location[2])
        if report.failed:
            self.failures += 1
            self._failed[report.nodeid] = None
        elif report.when == "call" and report.passed:
            self._passed.add(report.nodeid)

    def pytest_keyboard_interrupt(self) -> None:
        """Ctrl-C, and `pytest.exit` whatever exit status it asks for."""
        self.interrupted = True

    def _note(self, nodeid: str, place: str) -> None:
        self._is_seen = True
        if not place.startswith(_DOCTEST):
            self.files.add(_file(nodeid))


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _is_doctest(path: str, name: str) -> bool:
    stem = path.rpartition("/")[2].removesuffix(".py")
    plain = name.partition("[")[0]
    return not path.endswith(".py") or "." in plain or plain == stem
