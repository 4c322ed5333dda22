"""Running selected tests of a session, in a fork or to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from os.path import realpath
from traceback import walk_tb  # the original, whatever a test puts in its place
from typing import Any

import pytest

from .. import selection
from ..selection import Outcomes

FAILURES = {"failed", "error"}
SETTINGS = "_hypothesis_internal_use_settings"
"""The attribute with the settings of a `@given` test."""


class Chosen:
    """A plugin that selects existing tests by node id."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.wanted = list(wanted)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Select the tests; those that are gone are no reason to stop."""
        items[:], _gone = selection.chosen(items, self.wanted)


class Stages:
    """A plugin that takes over a session where tests would be collected, or where they would be run.

    Args:
        configured: Called instead of collecting; it may `collect` in a fork.
        collected: Called instead of running.
    """

    def __init__(
        self,
        configured: Callable[[pytest.Session], None] | None = None,
        collected: Callable[[pytest.Session], None] | None = None,
    ) -> None:
        self.configured = configured
        self.collected = collected

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool | None:
        """Take over the first collection only; later ones run as usual."""
        action, self.configured = self.configured, None
        if action is None:
            return None
        action(session)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run no tests except through `collected`."""
        if self.collected is not None:
            self.collected(session)
        return True

    @staticmethod
    def collect(session: pytest.Session) -> None:
        """Collect after all, with the hooks of all other plugins."""
        session.config.hook.pytest_collection(session=session)


def run(session: pytest.Session, items: Sequence[pytest.Item], most_failures: int = 0) -> dict[str, Any]:
    """Run all of the tests, or until there are `most_failures` failures (if not 0).

    Returns:
        `failed` and `passed`: node ids in the order of the run; `detail`: the end of the first failure.
    """
    outcomes = Outcomes()
    failed: list[str] = []
    session.config.pluginmanager.register(outcomes)
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        result = outcomes.results.get(item.nodeid)
        if result is None or result["result"] in FAILURES:
            failed.append(item.nodeid)
            if len(failed) == most_failures:
                break
    session.config.pluginmanager.unregister(outcomes)
    passed = [nodeid for nodeid, outcome in outcomes.results.items() if outcome["result"] == "passed"]
    detail = next((outcomes.results[nodeid]["detail"] for nodeid in failed if nodeid in outcomes.results), "")
    return {"failed": failed, "passed": passed, "detail": detail}


def without_words(items: Sequence[pytest.Item], source: str) -> set[str]:
    """Let tests fail without rendering tracebacks or shrinking examples: failures are counted here, not read.

    Returns:
        The node ids of tests in which code of the file `source` raised, filled while the tests run.
    """
    raised: set[str] = set()
    for item in items:
        noted = partial(_no_words, raised, item.nodeid, source)
        setattr(item, "repr_failure", noted)  # noqa: B010 - a method of this one object
        _stop_at_first(getattr(item, "obj", None))
    return raised


def _stop_at_first(function: Any) -> None:
    """Let a `@given` test stop at the first failing example."""
    function = getattr(function, "__func__", function)
    settings = getattr(function, SETTINGS, None)
    if settings is not None:
        phases = [phase for phase in settings.phases if phase.name not in {"shrink", "explain"}]
        setattr(function, SETTINGS, type(settings)(settings, phases=phases))


def _no_words(raised: set[str], nodeid: str, source: str, excinfo: Any, *_: object, **__: object) -> str:
    frames = (frame for frame, _ in walk_tb(excinfo.value.__traceback__))
    if any(realpath(frame.f_code.co_filename) == source for frame in frames):
        raised.add(nodeid)
    return ""
