"""The `Collect` job: which tests are there, and which fixtures can a new test beside them use?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from . import invocation, selection
from .selection import function_of, name_of, text_of


def collect(work: dict[str, Any]) -> dict[str, Any]:
    """Answer a `Collect` job as a `Collected`, both as JSON; its errors are those of the project."""
    wanted = work["job"]["tests"]
    files, missing = selection.files(work["rootdir"], wanted)
    errors = [f"there is no {name}" for name in missing]
    if wanted and not files:
        return {"type": "collected", "items": [], "errors": errors}
    inventory = Inventory(work["rootdir"], wanted)
    stopped = invocation.run(work, ("--collect-only", *files), (inventory,))
    gone = [f"there is no test {name}" for name in inventory.unknown if "::" in name and not inventory.errors]
    errors += [*inventory.errors, *gone, *([stopped] if stopped else [])]
    return {"type": "collected", "items": inventory.items, "errors": errors}


FIXTURES_BY_NAME = ("_arg2fixturedefs", "_arg2node2fixturedefs", "_arg2nodeid2fixturedefs")
"""The attributes of pytest's fixture manager: the first one before 9.1, the others since."""


class Inventory:
    """A plugin that describes what a session collects, while the session's fixtures are known."""

    def __init__(self, rootdir: str, wanted: list[str]) -> None:
        self.rootdir = Path(rootdir)
        self.wanted = wanted
        self.items: list[dict[str, Any]] = []
        self.unknown: list[str] = []
        self.errors: list[str] = []
        self._fixtures: dict[str, list[str]] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the error of a file that cannot be imported."""
        if report.failed:
            self.errors.append(text_of(report))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Describe the test functions: no test could be added beside doctests and items of other plugins."""
        chosen, self.unknown = selection.chosen(session.items, self.wanted)
        # One item stands for all parameters of its test: there can be more of these than an answer may hold.
        first = {function_of(item): item for item in reversed(chosen) if isinstance(item, pytest.Function)}
        self.items = [self.describe(item) for item in reversed(first.values())]

    def describe(self, item: pytest.Function) -> dict[str, Any]:
        """An `Item`, as JSON; its names are those of the function, without the brackets of parameters."""
        owner = item.cls
        return {
            "nodeid": function_of(item),
            "path": self._relative(item.path),
            "owner": None if owner is None else owner.__qualname__,
            "name": name_of(item),
            "style": _style(item),
            "fixtures": self._visible(item),
        }

    def _relative(self, path: Path) -> str:
        inside = path.is_relative_to(self.rootdir)
        return (path.relative_to(self.rootdir) if inside else path).as_posix()

    def _visible(self, item: pytest.Function) -> list[str]:
        """Names of the fixtures visible to the item, the same for all of its neighbours."""
        place = item.parent
        assert place is not None
        if place.nodeid not in self._fixtures:
            manager = item.session._fixturemanager  # noqa: SLF001 - pytest has no public way to ask
            # Before pytest 8 fixtures are looked up by node id.
            where: Any = place if hasattr(pytest, "Dir") else place.nodeid
            names = {name for attribute in FIXTURES_BY_NAME for name in getattr(manager, attribute, ())}
            self._fixtures[place.nodeid] = sorted(name for name in names if manager.getfixturedefs(name, where))
        return self._fixtures[place.nodeid]


def _style(item: pytest.Function) -> str:
    from _pytest.unittest import TestCaseFunction

    if isinstance(item, TestCaseFunction):
        return "unittest"
    return "function" if item.cls is None else "method"
