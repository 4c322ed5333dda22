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
    """The items that `wanted` names, in their own order, and the names that match nothing.

    A name is a node id, one without its brackets (all parameters), or that of a class or file (all tests in it).
    """
    if not wanted:
        return list(items), []
    kept, matched = [], set()
    for item in items:
        names = _names(item) & set(wanted)
        if names:
            kept.append(item)
            matched |= names
    return kept, [name for name in dict.fromkeys(wanted) if name not in matched]


def _names(item: pytest.Item) -> set[str]:
    parents = {node.nodeid for node in item.listchain()[:-1]}
    return {item.nodeid, function_of(item)} | {name for name in parents if name not in {"", "."}}


def function_of(item: pytest.Item) -> str:
    """The node id of an item's test function, without parameters."""
    return item.nodeid.removesuffix(item.name) + name_of(item)


def name_of(item: pytest.Item) -> str:
    """The name of an item's test function, without the brackets of its parameters."""
    return getattr(item, "originalname", None) or item.name


def thinned(items: Sequence[pytest.Item], most: int) -> list[pytest.Item]:
    """The items, with at most `most` of each function, spread evenly over its parameters."""
    functions = [item.nodeid.partition("[")[0] for item in items]
    total, seen = Counter(functions), Counter[str]()
    kept = []
    for item, function in zip(items, functions, strict=True):
        if seen[function] * most % total[function] < most:
            kept.append(item)
        seen[function] += 1
    return kept


def leads(name: str, wanted: Sequence[str]) -> bool:
    """Whether a wanted node id (any, if none is given) is this one, a case of it, inside it, or above it."""
    return not wanted or any(
        test == name or test.startswith((f"{name}::", f"{name}[")) or name.startswith(f"{test}::")
        for test in wanted
    )


def files(rootdir: str, tests: Iterable[str]) -> tuple[list[str], list[str]]:
    """The files (absolute, as arguments of pytest) that these node ids are in, and those that do not exist."""
    existing: list[str] = []
    missing: list[str] = []
    for name in dict.fromkeys(test.partition("::")[0] for test in tests):
        path = Path(rootdir, name)
        (existing if path.exists() else missing).append(str(path))
    return existing, missing


class Outcomes:
    """A plugin that keeps one result per test, in the order run, and the texts of failed collections."""

    def __init__(self) -> None:
        self.results: dict[str, dict[str, Any]] = {}
        self.unusable: dict[str, dict[str, Any]] = {}
        self._denied = len(unwritten)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the text of a module that cannot be imported, or that skips itself."""
        denied = self._news()
        if report.failed:
            self.unusable[report.nodeid] = outcome(report.nodeid, "error", text_of(report)) | {"denied": denied}
        elif report.skipped:
            self.unusable[report.nodeid] = outcome(report.nodeid, "skipped", text_of(report))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Combine set-up, call and teardown into one result, the worst of them."""
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
        """The paths that were not allowed to be written since the last time that this was called."""
        news, self._denied = unwritten[self._denied :], len(unwritten)
        return list(dict.fromkeys(news))


UNFINISHED = "it did not finish"


def outcome(nodeid: str, result: str, detail: str = "") -> dict[str, Any]:
    """A `TestOutcome`, as JSON."""
    return {"nodeid": nodeid, "result": result, "detail": detail[-MOST_DETAIL:], "seconds": 0.0, "denied": []}


def text_of(report: pytest.CollectReport | pytest.TestReport) -> str:
    """The end of a failure's text, or why a test was skipped."""
    if report.skipped:
        if (reason := getattr(report, "wasxfail", None)) is not None:
            return f"expected to fail: {reason}"
        if isinstance(report.longrepr, tuple):
            return str(report.longrepr[2])
    return report.longreprtext[-MOST_DETAIL:]


def _verdict(report: pytest.TestReport) -> str | None:
    """What this phase says about the test; None for a set-up or teardown that passed."""
    if report.failed:
        return "failed" if report.when == "call" else "error"
    if report.skipped:
        return "skipped"
    return "passed" if report.passed and report.when == "call" else None
