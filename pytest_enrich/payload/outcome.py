"""What became of each test, from pytest's own reports."""

from __future__ import annotations

from typing import Any

import pytest

MOST_DETAIL = 2000


class Outcomes:
    """A plugin that keeps one result a test, in the order run, and the texts of failed collections."""

    def __init__(self) -> None:
        self.results: dict[str, dict[str, Any]] = {}
        self.unusable: dict[str, dict[str, Any]] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be imported, or that skips itself."""
        if report.failed:
            self.unusable[report.nodeid] = outcome(report.nodeid, "error", text_of(report))
        elif report.skipped:
            self.unusable[report.nodeid] = outcome(report.nodeid, "skipped", text_of(report))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setup, call and teardown make one result: the worst, first seen."""
        entry = self.results.setdefault(report.nodeid, outcome(report.nodeid, "error", UNFINISHED))
        entry["seconds"] += report.duration
        verdict = _verdict(report)
        if verdict is None or entry["result"] == "failed":
            return
        if entry["detail"] != UNFINISHED and verdict in {"passed", "skipped"}:
            return
        entry["result"] = verdict
        entry["detail"] = "" if verdict == "passed" else text_of(report)


UNFINISHED = "it did not finish"


def outcome(nodeid: str, result: str, detail: str = "") -> dict[str, Any]:
    """A `TestOutcome`, as JSON."""
    return {"nodeid": nodeid, "result": result, "detail": detail[-MOST_DETAIL:], "seconds": 0.0}


def text_of(report: pytest.CollectReport | pytest.TestReport) -> str:
    """The end of a failure, or why a test was skipped."""
    if report.skipped:
        if (reason := getattr(report, "wasxfail", None)) is not None:
            return f"expected to fail: {reason}"
        if isinstance(report.longrepr, tuple):
            return str(report.longrepr[2])
    return report.longreprtext[-MOST_DETAIL:]


def _verdict(report: pytest.TestReport) -> str | None:
    """What this phase says about the test; None for a phase that only went well."""
    if report.failed:
        return "failed" if report.when == "call" else "error"
    if report.skipped:
        return "skipped"
    return "passed" if report.passed and report.when == "call" else None
