"""A pytest plugin: the tests in another order, and a note of what became of each.

The order is made of hashes, so that tests which two versions of a suite share come in the same order in both.
ENRICH_ORDER is `file:SEED` (files in another order, and the functions in each) or `function:SEED` (functions of
all files mixed); ENRICH_OUTCOMES is the file that the outcomes are written to, as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest


class Order:
    """Sorts the tests, and notes how they end."""

    def __init__(self, level: str, seed: str, outcomes: Path) -> None:
        self._level = level
        self._seed = seed
        self._outcomes = outcomes
        self._collected: list[str] = []
        self._failed: dict[str, str] = {}
        self._passed: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.key(item.nodeid))
        self._collected = [item.nodeid for item in items]

    def key(self, nodeid: str) -> tuple[str, ...]:
        """Where a test belongs; the cases of one function stay together, in their order."""
        function = nodeid.partition("[")[0]
        words = (function.partition("::")[0], function) if self._level == "file" else (function,)
        return tuple(hashlib.sha256(f"{self._seed} {word}".encode()).hexdigest() for word in words)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.setdefault(report.nodeid, report.longreprtext[-2000:])
        elif report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
            self._passed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        told = {"collected": self._collected, "failed": self._failed, "passed": self._passed}
        self._outcomes.write_text(json.dumps(told), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    level, _, seed = os.environ["ENRICH_ORDER"].partition(":")
    config.pluginmanager.register(Order(level, seed, Path(os.environ["ENRICH_OUTCOMES"])))
