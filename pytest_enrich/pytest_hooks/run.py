"""A run after pytest's last line: whether there is one, on what, and that it never touches pytest's result."""

from __future__ import annotations

import time
import warnings
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from pytest_enrich import measurement, session
from pytest_enrich.config import Settings
from pytest_enrich.errors import EnrichError
from pytest_enrich.measurement import Measurement
from pytest_enrich.pytest_hooks import root, setting
from pytest_enrich.pytest_hooks.arguments import choosing, part_options, stopping
from pytest_enrich.pytest_hooks.suite import Suite, measure_again, measured_sources
from pytest_enrich.pytest_hooks.terminal import (
    Terminal,
    as_interrupts,
    look_for_model,
    report_crash,
    without_gevent,
)
from pytest_enrich.reporters import words
from pytest_enrich.reporters.figures import since_asked
from pytest_enrich.reporters.words import visible

if TYPE_CHECKING:
    from coverage import Coverage

_GO_ON = "pytest --enrich --continue-on-collection-errors"
_SHOWN = 3
_SILENT = (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)


def register(config: pytest.Config, measured: Measurement | None) -> None:
    """Have a run follow this session; None says that no test will run (`--collect-only`, `--help`).

    Raises:
        pytest.UsageError: What was asked for is impossible; said before a test runs.
    """
    measured = measured or Measurement(kind="none")
    if measured.problem:
        raise pytest.UsageError(f"--enrich {measured.problem}")
    suite = Suite()
    config.pluginmanager.register(suite, "enrich-suite")
    settings = setting.read(config)
    settings, model = (settings, "") if measured.kind == "none" else look_for_model(settings)
    coverage = _earlier(config, measured) if measured.kind == "earlier" else None
    config.pluginmanager.register(Run(settings, model, measured, suite, coverage), "enrich-run")


def _earlier(config: pytest.Config, measured: Measurement) -> Coverage:
    """What `--enrich-from` names, read before a test runs."""
    assert measured.folder is not None
    name = config.getoption("enrich_from")
    configuration = getattr(config.option, "cov_config", ".coveragerc")  # pytest-cov's, if it is there
    with setting.said_of(f"--enrich-from={name}"):
        return measurement.load_earlier(
            Path(config.invocation_params.dir, name), measured.folder, config.rootpath, configuration
        )


class Run:
    """The plugin that is registered for `--enrich`, in the controller only."""

    def __init__(
        self, settings: Settings, model: str, measured: Measurement, suite: Suite, earlier: Coverage | None
    ) -> None:
        self._settings, self._model = settings, model
        self._measured, self._suite, self._earlier = measured, suite, earlier
        self._began = time.monotonic()

    def pytest_report_header(self, config: pytest.Config) -> list[str]:
        """`enrich: rows,search, 5m budget, 10 suggestions`, the shard, and a line for a model that is asked."""
        count = self._settings.maximum
        most = {0: "no limit", 1: "1 suggestion"}.get(count, f"{count} suggestions")
        limit = f", {since_asked(self._settings.changes.since)}" if self._settings.changes else ""
        limit += f", shard {self._settings.shard}" if self._settings.shard.of > 1 else ""
        headline = f"enrich: {','.join(self._settings.asked)}, {self._settings.budget} budget, {most}{limit}"
        name, missing = self._settings.earlier, words.listed(self._measured.missing, _SHOWN)
        others = (
            visible(f"coverage of an earlier run, {name}") if name else "",
            visible(f"measured without {missing}, a plugin of coverage that is not installed") if missing else "",
            visible(root.narrowed(config)),
            self._model,
        )
        return [headline, *(f"enrich: {line}" for line in others if line)]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, Any, Any]:
        """The outermost wrapper: what comes after `yield` comes after pytest's last line."""
        result = yield
        status = session.exitstatus
        took = time.monotonic() - self._began
        terminal = Terminal(session.config)
        try:
            with warnings.catch_warnings(), without_gevent(), as_interrupts():
                warnings.simplefilter("ignore")  # the suite's filters judge the suite, not us
                self._follow(session.config, int(exitstatus), took, terminal)
        except KeyboardInterrupt:
            terminal.write_line("enrich: stopped; what was finished is kept, your test result is not affected")
        except EnrichError as error:
            terminal.write_line(f"enrich: {error}")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - our defects are not the user's
            terminal.write_line(f"enrich: {report_crash(error, self._settings)}")
        session.exitstatus = status
        return result

    def _follow(self, config: pytest.Config, status: int, took: float, terminal: Terminal) -> None:
        measurement.restore(self._measured)
        # Which tests ran says nothing about the coverage of another run.
        partial = () if self._earlier else part_options(config)
        reason = self._reason_not_to(config, status, partial)
        if reason is not None:
            if reason:
                terminal.write_line(f"enrich: {visible(reason)}")
            return
        if partial:
            terminal.write_line(
                f"enrich: coverage is of a partial run ({', '.join(partial)}): only files those tests touch are "
                "considered"
            )
        settings = replace(
            self._settings,
            test_files=self._test_files(config),
            red=self._suite.red,
            failed=self._suite.failed,
            partial=partial,
            passed=self._suite.passed,
        )
        session.run(settings, self._coverage(config, status, took, terminal), terminal)

    def _reason_not_to(self, config: pytest.Config, status: int, partial: Sequence[str]) -> str | None:
        """Why there is no run, "" for a reason that pytest has already given; None when there is a run."""
        if config.option.collectonly:
            return "nothing ran, nothing to do"
        if status in _SILENT:
            return ""
        if early := self._ended_early(config, status):
            return early
        if self._suite.is_empty or status == pytest.ExitCode.NO_TESTS_COLLECTED:
            return self._nothing(partial or choosing(config))
        if self._suite.red and not self._test_files(config):
            files = words.listed([*self._suite.red], _SHOWN)
            return f"not run, no file has a test that passes: {files}"
        return None

    def _ended_early(self, config: pytest.Config, status: int) -> str:
        """Why the tests did not run to their end, "" when they did: nothing is known of what did not run."""
        suite = self._suite
        is_interrupted = suite.interrupted or status == pytest.ExitCode.INTERRUPTED
        if is_interrupted and suite.broken:
            files = words.listed([*suite.broken], _SHOWN)
            return f"not run, could not be collected: {files}. To work on what the others leave open:  {_GO_ON}"
        option = stopping(config, suite.failures) if suite.failures else ""
        if option:
            return f"not run, the tests stopped at a failure ({option}); without it, what is green is worked on"
        return "not run, the tests were interrupted" if is_interrupted else ""

    def _nothing(self, chosen: Sequence[str]) -> str | None:
        """Why there is nothing to do where no test ran, None for a suite that has no tests yet."""
        if chosen:
            return f"nothing to do, no test was selected ({', '.join(chosen)})"
        return None if self._suite.is_empty else "nothing to do, all tests were deselected"

    def _test_files(self, config: pytest.Config) -> tuple[str, ...]:
        """The files of this session's tests, and of the tests that were measured, as far as they are green."""
        files = {*self._suite.files}
        if self._earlier is not None:
            files |= {*measurement.test_files(self._earlier, config.rootpath)}
        return tuple(sorted(files - self._suite.red.keys()))

    def _coverage(self, config: pytest.Config, status: int, took: float, terminal: Terminal) -> Coverage:
        if coverage := self._earlier or measurement.read(config, self._measured):
            return coverage
        folder = self._measured.folder
        if folder is None:  # only with coverage that we asked for, when a plugin took it away
            raise EnrichError("not run, pytest-cov measured nothing")
        sources = measured_sources(config, self._measured)
        if self._suite.is_empty:
            return measurement.load(folder / "coverage", sources, config.option.cov_config)
        terminal.write_line(
            "enrich: your coverage lacks branches or a context per test: running the tests once more for these, "
            f"privately (about {took:.0f}s)"
        )
        return measure_again(config, sources, folder, status, took)
