"""Which tests of a session run, and how each of them ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from .guard import unwritten

MOST_DETAIL = 2000


def chosen(items: Iterable[pytest.Item], wanted: Sequence[str]) -> tuple[list[pytest.Item], list[str]]:
    """The items that `wanted` names, in their own order, and the names that nothing answers to.

    A name is a node id, one without its brackets (all parameters), or that of a class or file (all in it).
    """
    if not wanted:
        return list(items), []
    kept, met = [], set()
    for item in items:
        names = _names(item) & set(wanted)
        if names:
            kept.append(item)
            met |= names
    return kept, [name for name in dict.fromkeys(wanted) if name not in met]


def _names(item: pytest.Item) -> set[str]:
    parents = {node.nodeid for node in item.listchain()[:-1]}
    return {item.nodeid, function_of(item)} | {name for name in parents if name not in {"", "."}}


def function_of(item: pytest.Item) -> str:
    """The node id of a test function, whatever the parameters."""
    return item.nodeid.removesuffix(item.name) + name_of(item)


def name_of(item: pytest.Item) -> str:
    """The test function's, without the brackets of its parameters."""
    return getattr(item, "originalname", None) or item.name


def thinned(items: Sequence[pytest.Item], most: int) -> list[pytest.Item]:
    """The items with no more than `most` of one function, taken evenly from all its parameters."""
    functions = [item.nodeid.partition("[")[0] for item in items]
    of, met = Counter(functions), Counter[str]()
    kept = []
    for item, function in zip(items, functions, strict=True):
        if met[function] * most % of[function] < most:
            kept.append(item)
        met[function] += 1
    return kept


def leads(name: str, wanted: Sequence[str]) -> bool:
    """Whether a wanted test (any, when none is named) is what has this node id, its case, in it, or above it."""
    return not wanted or any(
        one == name or one.startswith((f"{name}::", f"{name}[")) or name.startswith(f"{one}::") for one in wanted
    )


def files(rootdir: str, tests: Iterable[str]) -> tuple[list[str], list[str]]:
    """The files (pytest's arguments, absolute) that node ids lie in, and those that are not there."""
    there: list[str] = []
    missing: list[str] = []
    for name in dict.fromkeys(test.partition("::")[0] for test in tests):
        path = Path(rootdir, name)
        (there if path.exists() else missing).append(str(path))
    return there, missing


class Outcomes:
    """A plugin that keeps one result a test, in the order run, and the texts of failed collections."""

    def __init__(self) -> None:
        self.results: dict[str, dict[str, Any]] = {}
        self.unusable: dict[str, dict[str, Any]] = {}
        self._denied = len(unwritten)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be imported, or that skips itself."""
        denied = self._news()
        if report.failed:
            self.unusable[report.nodeid] = outcome(report.nodeid, "error", text_of(report)) | {"denied": denied}
        elif report.skipped:
            self.unusable[report.nodeid] = outcome(report.nodeid, "skipped", text_of(report))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setup, call and teardown make one result: the worst, first seen."""
        entry = self.results.setdefault(report.nodeid, outcome(report.nodeid, "error", UNFINISHED))
        entry["seconds"] += report.duration
        entry["denied"] += self._news()
        verdict = _verdict(report)
        if verdict is None or entry["result"] == "failed":
            return
        if entry["detail"] != UNFINISHED and verdict in {"passed", "skipped"}:
            return
        entry["result"] = verdict
        entry["detail"] = "" if verdict == "passed" else text_of(report)

    def _news(self) -> list[str]:
        """What was not allowed to be written since it was asked for the last time."""
        news, self._denied = unwritten[self._denied :], len(unwritten)
        return list(dict.fromkeys(news))


UNFINISHED = "it did not finish"


def outcome(nodeid: str, result: str, detail: str = "") -> dict[str, Any]:
    """A `TestOutcome`, as JSON."""
    return {"nodeid": nodeid, "result": result, "detail": detail[-MOST_DETAIL:], "seconds": 0.0, "denied": []}


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
