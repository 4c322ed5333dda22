"""The `Prove` job: run a candidate in the place where it would be added."""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from sys import gettrace  # the original, whatever a test puts in its place
from threading import enumerate as threads
from threading import main_thread
from time import monotonic
from typing import Any

import pytest

from . import guard, invocation, selection
from .candidate import CandidateModule, TextFinder
from .fork import UnableError
from .guard import denied, whereabouts
from .invocation import Brief, enter_world
from .measure import Measure
from .selection import Outcomes, outcome

PYTEST_WITH_DIRECTORY_NODES = hasattr(pytest, "Dir")
GRACE = 0.5
"""Seconds to wait for threads that are about to end."""


def prove(work: dict[str, Any]) -> dict[str, Any]:
    """Answer a `Prove` job as a `Proved`, both as JSON."""
    if work["job"]["workers"]:
        return _spread(work)
    proof = Proof(work)
    with proof.measure:
        stopped = invocation.run(work, (proof.argument,), proof.plugins)
    return proof.answer(stopped)


class Proof:
    """A `Prove` job: pytest's argument, the plugins that do the job, and the answer afterwards."""

    def __init__(self, work: dict[str, Any], measure: Measure | None = None) -> None:
        self.job = work["job"]
        path = Path(work["rootdir"], self.job["path"])
        self.argument = str(argument(path))
        self.outcomes = Outcomes()
        self.stand_in = StandIn.of_job(self.job, path)
        self.measure = measure or Measure(work["rootdir"], self.job["measure"])

    @property
    def plugins(self) -> tuple[object, ...]:
        """The plugins for the run of pytest."""
        return self.stand_in, Outside(is_alone=len(self.job["tests"]) == 1), self.outcomes

    def answer(self, stopped: str) -> dict[str, Any]:
        """The `Proved`; `stopped` is why pytest stopped early, or ""."""
        outcomes = _found(self.job, self.stand_in, self.outcomes, stopped)
        return {"type": "proved", "outcomes": outcomes, **self.measure.answer()}


def argument(path: Path) -> Path:
    """The file if it exists, otherwise the nearest directory above it that does."""
    return next(place for place in (path, *path.parents) if place.exists())


def _found(job: dict[str, Any], stand_in: StandIn, outcomes: Outcomes, stopped: str) -> list[dict[str, Any]]:
    """One outcome for each test that was to run; if it could not run, the outcome says why."""
    results = list(outcomes.results.values())
    reasons = list(outcomes.unusable.values())
    why = reasons[0]["detail"] if reasons else stopped
    result = reasons[0]["result"] if reasons else "error"
    left = [item for item in stand_in.selected if item not in outcomes.results]
    results += [outcome(nodeid, "error", stopped or "it was not run") for nodeid in left]
    missing = stand_in.unknown if stand_in.collected else job["tests"]
    results += [outcome(nodeid, result, why or "there is no such test") for nodeid in missing]
    if not results and (reasons or stopped):
        results = reasons or [outcome(job["path"], "error", stopped)]
    return results


class Outside:
    """A plugin that lets no test pass that depends on what may differ outside of the sandbox.

    One that `is_alone` may not lead others astray either: what existing tests do to each other is their affair.
    """

    def __init__(self, *, is_alone: bool) -> None:
        self._is_alone = is_alone
        self._denials = len(denied)
        self._known: frozenset[int] = frozenset()
        self._place = self._left = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Ignore what was denied before: other plugins tried that during set-up, not the tests."""
        self._denials = len(denied)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """Fail a test that ends the measuring of coverage, as a debugger does: that hides what later tests run."""
        measuring, self._known = gettrace(), frozenset(map(id, threads()))
        self._place = whereabouts()
        yield
        self._left = whereabouts()
        if gettrace() != measuring:
            pytest.fail(
                "it ends what measures coverage: after it sys.gettrace() gives something else", pytrace=False
            )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fail a test that met something denied, or different outside: it may end differently there."""
        report = yield
        before, self._denials = self._denials, len(denied)
        if self._denials > before and report.passed:
            report.outcome = "failed"
            report.longrepr = f"it does what ends otherwise outside: {denied[-1]}"
        if report.when == "teardown" and report.passed and (left := running(self._known)):
            report.outcome = "failed"
            report.longrepr = f"it leaves a thread running, for which pytest would wait at its end: {left}"
        if report.when == "teardown" and report.passed and self._is_alone and self._is_elsewhere:
            report.outcome = "failed"
            report.longrepr = f"it leaves the working directory for {self._left}, where other tests find no files"
        return report

    @property
    def _is_elsewhere(self) -> bool:
        """Whether the test itself went to another directory and nothing went back."""
        return self._place != self._left == whereabouts()


def running(known: frozenset[int]) -> str:
    """The name of a thread, not a `known` one (by `id`), that keeps its process from ending; "" if none does.

    The threads of an executor end with it.
    """
    executors = getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", {})
    started = [thread for thread in threads() if id(thread) not in known and not thread.daemon]
    waiting = [thread for thread in started if thread is not main_thread() and thread not in executors]
    until = monotonic() + GRACE
    for thread in waiting:
        thread.join(max(until - monotonic(), 0))
    return next((thread.name for thread in waiting if thread.is_alive()), "")


class StandIn:
    """A plugin that collects the candidate's text where its file is or would be, and nothing else."""

    def __init__(self, path: Path, text: str, wanted: Sequence[str]) -> None:
        self.path = path
        self.directory = next(place for place in path.parents if place.is_dir())
        self.new = not path.exists()
        self.wanted = wanted
        self.shuffle: int | None = None
        self.backwards = False
        self.finder = TextFinder(path, text, wanted)
        self.collected = False
        self.selected: list[str] = []
        self.unknown: list[str] = []

    @classmethod
    def of_job(cls, job: dict[str, Any], path: Path) -> StandIn:
        """The stand-in for a `Prove` job, with the job's order of tests."""
        stand_in = cls(path, job["text"], job["tests"])
        stand_in.shuffle, stand_in.backwards = job["shuffle"], job["backwards"]
        return stand_in

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> Generator[None, Any, Any]:
        """Install the finder before all conftests, as one of them may import the file."""
        self.install(early_config)
        return (yield)

    def install(self, config: pytest.Config) -> None:
        """Let imports of the file get the candidate's text from now on."""
        self.finder.config = config
        sys.meta_path.insert(0, self.finder)

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool:
        """Ignore everything that does not lead to the file."""
        on_the_way = self.path == collection_path or collection_path in self.path.parents
        # Before pytest 8 a package is collected through its __init__.py.
        is_package = collection_path.name == "__init__.py" and collection_path.parent in self.path.parents
        return not (on_the_way or (is_package and not PYTEST_WITH_DIRECTORY_NODES))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
        """Make the candidate's module for its file; other files are handled as usual."""
        return self._module(parent) if module_path == self.path else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> pytest.CollectReport | None:
        """If the file does not exist, let its directory contain just the candidate's module."""
        if not (self.new and self._is_place(collector)):
            return None
        return pytest.CollectReport(collector.nodeid, "passed", None, [self._module(collector)])

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Leave out what other plugins collect from the file (doctests, style checks)."""
        nodes = yield
        return [node for node in nodes if isinstance(node, CandidateModule)] if file_path == self.path else nodes

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: pytest.Collector, name: str) -> list[pytest.Item] | None:
        """Make no items of what does not lead to a wanted test: other tests may have many parameters."""
        return None if selection.leads(f"{collector.nodeid}::{name}", self.wanted) else []

    def _module(self, parent: pytest.Collector) -> CandidateModule:
        module: CandidateModule = CandidateModule.from_parent(parent, path=self.path)
        module.finder = self.finder
        return module

    def _is_place(self, collector: pytest.Collector) -> bool:
        if PYTEST_WITH_DIRECTORY_NODES:
            return isinstance(collector, pytest.Directory) and collector.path == self.directory
        package = self.directory / "__init__.py"
        if package.is_file():
            return isinstance(collector, pytest.Package) and collector.path == package
        return isinstance(collector, pytest.Session)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, Any, Any]:
        """Select and order the tests after all other plugins."""
        result = yield
        own = [item for item in items if item.getparent(CandidateModule) is not None]
        items[:], self.unknown = selection.chosen(own, self.wanted)
        if self.shuffle is not None:
            items.sort(key=self._lot)
        if self.backwards:
            items.reverse()
        self.selected = [item.nodeid for item in items]
        self.collected = True
        return result

    def _lot(self, item: pytest.Item) -> float:
        """The sort key of a test, from its id alone: one more test does not change the order of the others."""
        return random.Random(f"{self.shuffle} {item.nodeid}").random()  # noqa: S311 - an order, not a secret

    def pytest_unconfigure(self) -> None:
        """Restore the import system."""
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self.finder)


PLUGIN = "_enrich_spread"
TEXT = """\
import importlib.util
import sys

if {package!r} not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        {package!r}, {init!r}, submodule_search_locations=[{folder!r}]
    )
    sys.modules[{package!r}] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

pytest_load_initial_conftests = importlib.import_module({name!r}).Entrance({file!r}).pytest_load_initial_conftests
"""


def _spread(work: dict[str, Any]) -> dict[str, Any]:
    """Answer a `Prove` job that has workers, without measurements.

    xdist starts its workers itself, and passes them names of plugins, not objects. So a small module is written to
    the scratch directory, which each process loads as a plugin; it leads back here.

    Raises:
        UnableError: The tests were not spread, because the project or its environment switches xdist off.
    """
    _install(work)
    outcomes = Outcomes()
    path = Path(work["rootdir"], work["job"]["path"])
    stopped = invocation.run(work, (str(argument(path)),), (outcomes,))
    if not stopped and "xdist.dsession" not in sys.modules:
        raise UnableError("pytest-xdist is switched off here")
    results = [*outcomes.results.values(), *outcomes.unusable.values()]
    if stopped or not results:
        results.append(outcome(work["job"]["path"], "error", stopped or "it was not run"))
    return {"type": "proved", "outcomes": results, "lines": {}, "branches": {}}


def _install(work: dict[str, Any]) -> None:
    """Let pytest load the plugin when it starts, here and in the workers."""
    folder = Path(work["scratch"], "spread")
    folder.mkdir()
    file, payload = folder / "work.json", Path(__file__).parent
    file.write_text(json.dumps(work), encoding="utf-8")
    places = {"init": str(payload / "__init__.py"), "folder": str(payload), "file": str(file)}
    text = TEXT.format(package=__package__, name=__name__, **places)
    (folder / f"{PLUGIN}.py").write_text(text, encoding="utf-8")
    sys.path.append(str(folder))
    plugins = [os.environ.get("PYTEST_PLUGINS", ""), PLUGIN]
    os.environ["PYTEST_PLUGINS"] = ",".join(filter(None, plugins))


class Entrance:
    """A plugin that puts the job's text and order in place before any conftest file is loaded.

    Args:
        file: The file with the job's work, as JSON.
    """

    def __init__(self, file: str) -> None:
        self._work: dict[str, Any] = json.loads(Path(file).read_bytes())

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> None:
        """Install the stand-in; in a worker, which has no other plugin of ours, also the guard and the world."""
        job, root = self._work["job"], self._work["rootdir"]
        if "PYTEST_XDIST_WORKER" in os.environ:
            guard.install(self._work["scratch"], root, subprocesses=True, writes=job["writes"])
            enter_world(job["world"])
            early_config.pluginmanager.register(Brief())
        stand_in = StandIn.of_job(job, Path(root, job["path"]))
        stand_in.install(early_config)
        early_config.pluginmanager.register(stand_in)
