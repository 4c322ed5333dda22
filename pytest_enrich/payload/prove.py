"""The `Prove` job: run a candidate in the place where it would stand."""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from sys import gettrace  # this one, whatever a test puts in its place
from threading import enumerate as threads
from threading import main_thread
from time import monotonic
from typing import Any

import pytest

from . import guard, invocation, selection
from .candidate import CandidateModule, TextFinder
from .fork import UnableError
from .guard import denied
from .invocation import Brief, enter_world
from .measure import Measure
from .selection import Outcomes, outcome

PYTEST_WITH_DIRECTORY_NODES = hasattr(pytest, "Dir")
GRACE = 0.5
"""Seconds for threads that are about to end."""


def prove(work: dict[str, Any]) -> dict[str, Any]:
    """Answer a `Prove` job as a `Proved`, both as JSON."""
    if work["job"]["workers"]:
        return _spread(work)
    proof = Proof(work)
    with proof.measure:
        stopped = invocation.run(work, (proof.argument,), proof.plugins)
    return proof.answer(stopped)


class Proof:
    """A `Prove` job: what pytest is told, the plugins that do it, and the answer afterwards."""

    def __init__(self, work: dict[str, Any], measure: Measure | None = None) -> None:
        self.job = work["job"]
        path = Path(work["rootdir"], self.job["path"])
        self.argument = str(argument(path))
        self.outcomes = Outcomes()
        self.stand_in = StandIn.of_job(self.job, path)
        self.measure = measure or Measure(work["rootdir"], self.job["measure"])

    @property
    def plugins(self) -> tuple[object, ...]:
        """For the run of pytest."""
        return self.stand_in, Outside(), self.outcomes

    def answer(self, stopped: str) -> dict[str, Any]:
        """The `Proved`; `stopped` is why pytest stopped before its time, or ""."""
        found = _found(self.job, self.stand_in, self.outcomes, stopped)
        return {"type": "proved", "outcomes": found, **self.measure.answer()}


def argument(path: Path) -> Path:
    """The file when it exists, else the nearest directory above it that does."""
    return next(place for place in (path, *path.parents) if place.exists())


def _found(job: dict[str, Any], stand_in: StandIn, outcomes: Outcomes, stopped: str) -> list[dict[str, Any]]:
    """One outcome a test that was to run, and for what could not run one that says why."""
    found = list(outcomes.results.values())
    reasons = list(outcomes.unusable.values())
    why = reasons[0]["detail"] if reasons else stopped
    result = reasons[0]["result"] if reasons else "error"
    left = [item for item in stand_in.selected if item not in outcomes.results]
    found += [outcome(nodeid, "error", stopped or "it was not run") for nodeid in left]
    missing = stand_in.unknown if stand_in.collected else job["tests"]
    found += [outcome(nodeid, result, why or "there is no such test") for nodeid in missing]
    if not found and (reasons or stopped):
        found = reasons or [outcome(job["path"], "error", stopped)]
    return found


class Outside:
    """A plugin by which no test passes that goes by what is otherwise outside."""

    def __init__(self) -> None:
        self._denials = len(denied)
        self._known: frozenset[int] = frozenset()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """What other plugins tried before, when they were set up, is not the tests' doing."""
        self._denials = len(denied)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """What ends the measuring of coverage, as a debugger does, hides what all tests after it run."""
        measuring, self._known = gettrace(), frozenset(map(id, threads()))
        yield
        if gettrace() != measuring:
            pytest.fail(
                "it ends what measures coverage: after it sys.gettrace() gives something else", pytrace=False
            )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """What met something that is denied, or may be otherwise, says nothing of how it ends outside."""
        report = yield
        before, self._denials = self._denials, len(denied)
        if self._denials > before and report.passed:
            report.outcome = "failed"
            report.longrepr = f"it does what ends otherwise outside: {denied[-1]}"
        if report.when == "teardown" and report.passed and (left := running(self._known)):
            report.outcome = "failed"
            report.longrepr = f"it leaves a thread running, for which pytest would wait at its end: {left}"
        return report


def running(known: frozenset[int]) -> str:
    """The name of a thread besides the `known` ones (by `id`) that keeps its process from ending; "" for none.

    The threads of an executor end with it.
    """
    executors = getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", {})
    others = [one for one in threads() if id(one) not in known and not one.daemon]
    waiting = [one for one in others if one is not main_thread() and one not in executors]
    until = monotonic() + GRACE
    for one in waiting:
        one.join(max(until - monotonic(), 0))
    return next((one.name for one in waiting if one.is_alive()), "")


class StandIn:
    """A plugin that collects the candidate's text where its file lies or would lie, and nothing else."""

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
        """The one of a `Prove` job, in its order."""
        made = cls(path, job["text"], job["tests"])
        made.shuffle, made.backwards = job["shuffle"], job["backwards"]
        return made

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> Generator[None, Any, Any]:
        """Before all conftests: one of them may import the file."""
        self.install(early_config)
        return (yield)

    def install(self, config: pytest.Config) -> None:
        """From here on an import of the file gets the candidate's text."""
        self.finder.config = config
        sys.meta_path.insert(0, self.finder)

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool:
        """Only what leads to the file is looked at."""
        on_the_way = self.path == collection_path or collection_path in self.path.parents
        # Before pytest 8 a package is collected through its __init__.py.
        is_package = collection_path.name == "__init__.py" and collection_path.parent in self.path.parents
        return not (on_the_way or (is_package and not PYTEST_WITH_DIRECTORY_NODES))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
        """The candidate's module for its file; others as ever."""
        return self._module(parent) if module_path == self.path else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> pytest.CollectReport | None:
        """For a file that does not exist: its directory holds just the candidate's module."""
        if not (self.new and self._is_place(collector)):
            return None
        return pytest.CollectReport(collector.nodeid, "passed", None, [self._module(collector)])

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """What other plugins see in the file (doctests, style checks) is not asked for."""
        found = yield
        return [one for one in found if isinstance(one, CandidateModule)] if file_path == self.path else found

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: pytest.Collector, name: str) -> list[pytest.Item] | None:
        """What does not lead to a wanted test makes no items: the parameters of all others are many."""
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
        """Select and shuffle after all others had their say."""
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
        """Drawn for each test alone: one more test changes nothing in the order of the others."""
        return random.Random(f"{self.shuffle} {item.nodeid}").random()  # noqa: S311 - an order, not a secret

    def pytest_unconfigure(self) -> None:
        """Leave the import system as it was found."""
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
    """Answer a `Prove` job with workers, without measurements.

    xdist starts its workers itself, and gives them names of plugins, no objects. So a small module is written into
    the scratch directory that each of the processes loads as a plugin; it leads back here.

    Raises:
        UnableError: Nothing was spread, because the project or its environment switches xdist off.
    """
    _install(work)
    outcomes = Outcomes()
    path = Path(work["rootdir"], work["job"]["path"])
    stopped = invocation.run(work, (str(argument(path)),), (outcomes,))
    if not stopped and "xdist.dsession" not in sys.modules:
        raise UnableError("pytest-xdist is switched off here")
    found = [*outcomes.results.values(), *outcomes.unusable.values()]
    if stopped or not found:
        found.append(outcome(work["job"]["path"], "error", stopped or "it was not run"))
    return {"type": "proved", "outcomes": found, "lines": {}, "branches": {}}


def _install(work: dict[str, Any]) -> None:
    """From now on pytest loads the plugin when it starts, here and in the workers."""
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
        file: Holds the job's work, as JSON.
    """

    def __init__(self, file: str) -> None:
        self._work: dict[str, Any] = json.loads(Path(file).read_bytes())

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> None:
        """In a worker, which has only this of ours, also what keeps it in its place and its time."""
        job, root = self._work["job"], self._work["rootdir"]
        if "PYTEST_XDIST_WORKER" in os.environ:
            guard.install(self._work["scratch"], root, subprocesses=True, writes=job["writes"])
            enter_world(job["world"])
            early_config.pluginmanager.register(Brief())
        stand_in = StandIn.of_job(job, Path(root, job["path"]))
        stand_in.install(early_config)
        early_config.pluginmanager.register(stand_in)
