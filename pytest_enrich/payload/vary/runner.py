"""Running one item of a test with other values, by pytest's own protocol or directly, and how that ended."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import inspect
import re
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from .. import guard
from ..engine.bounds import quiet, time_limit
from ..engine.trace import Branch, TooLongError, Tracer
from ..explore.contract import NOT_MEANT, raises
from ..express import named, spoken, steady
from ..project import Project
from .instrument import NothingRaisedError, Probe

Record = dict[str, Any]
# These are not derived from `Exception`.
ENDED = (pytest.skip.Exception, pytest.fail.Exception, pytest.exit.Exception)
NO_TEST = (*ENDED, NothingRaisedError)
CALL_SECONDS = 0.5
MOST_NAMED = 30
"""So many letters of a test's name appear in the name of its folder."""
TEST_SECONDS = 2.0


@dataclasses.dataclass(frozen=True)
class TestRun:
    """How a test with other values went.

    Attributes:
        branches: Those taken in the source file.
        refusal: Why no test should be made of it, "" if one may.
        seen: The sightings at points, as JSON.
        raised: The template of the class of an exception that the code raises on purpose, "" for none.
        message: The message of that exception.
        place: The span of the expression of the test that was being evaluated then.
    """

    __test__ = False  # pytest collects classes by this name

    branches: frozenset[Branch] = frozenset()
    refusal: str = ""
    seen: Sequence[Record] = ()
    raised: str = ""
    message: str = ""
    place: tuple[int, ...] = (0, 0, 0, 0)

    @classmethod
    def load(cls, record: Record) -> TestRun:
        """From its JSON form."""
        return cls(**{**record, "branches": frozenset(map(tuple, record["branches"]))})

    def dump(self) -> Record:
        """The JSON form."""
        return {**vars(self), "branches": sorted(self.branches)}

    @property
    def is_raising(self) -> bool:
        """Whether the code raised on purpose."""
        return bool(self.raised)

    @property
    def is_start(self) -> bool:
        """Whether other values may start from these; it does not matter what the test expects of the old ones."""
        return self.refusal not in {"crash", "too long"}

    @property
    def objection(self) -> str:
        """Why nobody would want a test of this, "" if somebody may."""
        if self.refusal or self.raised or not self.seen or any(sighting["value"] for sighting in self.seen):
            return self.refusal
        return "nothing to observe"


class Endings:
    """Classifies how runs of the tests of one file end."""

    def __init__(self, rootdir: str, module: str, test_path: Path) -> None:
        self._project = Project(rootdir, module)
        self._test_path = str(test_path)

    def of(self, error: BaseException | None, raised: object = None) -> TestRun:
        """How a test ended, without branches and sightings; `raised` is what the code raised last."""
        if error is None:
            return TestRun()
        refusal = self._refusal(error)
        message = self._told_by(error, raised) if refusal == "accident" else ""
        if refusal and not message:
            return TestRun(refusal=refusal)
        kind, place = named(type(error)), self._place(error)
        if kind is None or not any(place):
            return TestRun(refusal="accident")
        return TestRun(raised=kind, message=message or steady(spoken(error)), place=place)

    def _told_by(self, error: BaseException, raised: object) -> str:
        """The message of the code's own exception if a library passes it on (as validators do), else ""."""
        is_usual = isinstance(error, Exception) and type(error) not in NOT_MEANT
        if not is_usual or not isinstance(raised, Exception) or not self._is_stated(raised):
            return ""
        message = steady(spoken(raised))
        return message if message in spoken(error) else ""

    def is_meant(self, error: BaseException) -> bool:
        """Whether the exception is a contract."""
        return not self._refusal(error)

    def is_of_test(self, error: BaseException) -> bool:
        """Whether no code under test was involved in the exception."""
        frames = traceback.extract_tb(error.__traceback__)
        return not any(self._project.kind(frame.filename) == "source" for frame in frames)

    def _refusal(self, error: BaseException) -> str:
        if isinstance(error, TooLongError):
            return "too long"
        if isinstance(error, NO_TEST):
            return "fails its own assertions"
        frames = traceback.extract_tb(error.__traceback__)
        last = frames[-1].filename if frames else ""
        if isinstance(error, AssertionError) and self._project.kind(last) != "source":
            return "fails its own assertions"
        if type(error) in NOT_MEANT or not isinstance(error, Exception):
            return "accident"
        return "" if self._is_stated(error) else "accident"

    def _is_stated(self, error: BaseException) -> bool:
        """Whether a line of the code is there to raise it."""
        frames = traceback.extract_tb(error.__traceback__)
        is_ours = bool(frames) and self._project.kind(frames[-1].filename) == "source"
        return is_ours and raises(frames[-1].line or "", error)

    def _place(self, error: BaseException) -> tuple[int, ...]:
        """The span that the test had reached, in the outermost frame of its file; zeros if it has none."""
        frames = traceback.extract_tb(error.__traceback__)
        own = next((frame for frame in frames if frame.filename == self._test_path), None)
        # Interpreters may be told to leave out all but the line.
        return tuple(getattr(own, name, None) or 0 for name in ("lineno", "colno", "end_lineno", "end_colno"))


@dataclasses.dataclass(frozen=True)
class Setting:
    """What the runs of all tests of a file share."""

    tracer: Tracer
    probe: Probe
    endings: Endings
    clear: Callable[[], None]
    """Removes the files that tests write next to themselves."""


class ItemRunner:
    """Runs one item of a test, with its own values replaced in each run.

    It is also the plugin for these runs: it puts the values in, watches the call, and keeps the first error.

    Args:
        setting: Shared by all.
        item: The test; it takes turns with a copy of itself, so that what is set up is torn down in between.
    """

    def __init__(self, setting: Setting, item: pytest.Function) -> None:
        self._setting = setting
        self._items = [item, copy.copy(item)]
        for turn in self._items:
            setattr(turn, "repr_failure", _no_words)  # noqa: B010 - a method of this one object
        self._parameters: Mapping[str, Any] = {}
        self._fixtures: Mapping[str, str] = {}
        self._error: BaseException | None = None
        self.item = item
        self.namespace: Mapping[str, Any] = vars(item.getparent(pytest.Module).obj)  # type: ignore[union-attr]
        self.is_direct = _is_plain(item)

    def run(
        self,
        parameters: Mapping[str, Any],
        literals: Mapping[int, Any],
        fixtures: Mapping[str, str],
        *,
        whole: bool = False,
    ) -> TestRun:
        """Run it with these values for parameters by name, and for literals by their place among the holes.

        `fixtures` has, by the name of a fixture, the name of the one that replaces it; with `whole` it always goes
        through pytest's protocol.
        """
        tracer, probe = self._setting.tracer, self._setting.probe
        probe.begin(literals)
        tracer.branches, tracer.raised = set(), None
        self._parameters, self._fixtures = parameters, fixtures
        self._setting.clear()
        place = guard.whereabouts()
        if self.is_direct and not whole:
            self._run_at_once()
        else:
            self._clear_folders()
            self._run_by_protocol()
        is_elsewhere = guard.is_left(place)
        ended = self._setting.endings.of(self._error, tracer.raised)
        ended = TestRun(refusal="side effect") if is_elsewhere else ended
        return dataclasses.replace(ended, branches=frozenset(tracer.branches), seen=probe.seen)

    def _clear_folders(self) -> None:
        """Remove earlier `tmp_path` folders: those of thousands of runs would be more than a job may write.

        pytest names them after the test, and looks through all of them for the next number.
        """
        base = getattr(getattr(self.item.config, "_tmp_path_factory", None), "_basetemp", None)
        pattern = re.compile(re.sub(r"\W", "_", self.item.name)[:MOST_NAMED] + r"(\d+|current)")
        folders = Path(base).iterdir() if base is not None else ()
        guard.clear(str(base), [folder.name for folder in folders if pattern.fullmatch(folder.name)])

    def set_up_shared(self) -> bool:
        """Set up what tests share, mostly a database, for all forks of this process; say whether that worked.

        All else that is set up for the test is torn down again; a thread would be missing in a fork.
        """
        item, threads = self._items[0], threading.active_count()
        setattr(item, "runtest", _no_words)  # noqa: B010 - a method of this one object
        try:
            self._run_by_protocol()
        finally:
            delattr(item, "runtest")
        return self._error is None and threading.active_count() == threads

    def _run_at_once(self) -> None:
        self._error = None
        arguments = {**getattr(getattr(self.item, "callspec", None), "params", {}), **self._parameters}
        try:
            with quiet(), time_limit(CALL_SECONDS), self._watched():
                self.item.obj(**arguments)
        except (Exception, TooLongError, SystemExit, *ENDED) as error:
            self._error = error

    def _run_by_protocol(self) -> None:
        self._error = None
        item, following = self._items
        self._items.reverse()
        # What was set up for a test of another class may still be there.
        item.session._setupstate.teardown_exact(item)  # noqa: SLF001 - as pytest does between two tests
        item._initrequest()  # noqa: SLF001 - a copy still has the request of the original
        manager = item.config.pluginmanager
        manager.register(self)
        try:
            with self._setting.tracer.in_threads():
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        finally:
            manager.unregister(self)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        self._setting.tracer.start()
        try:
            yield
        finally:
            self._setting.tracer.stop()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Generator[None, Any, Any]:
        """Put the values in, innermost, so that only the test itself is watched."""
        item.funcargs.update(self._parameters)
        item.funcargs.update({name: _like(item, name, other) for name, other in self._fixtures.items()})
        with time_limit(TEST_SECONDS), self._watched():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
        """Keep the first error of set-up, call and tear-down."""
        report = yield
        if call.excinfo is not None and self._error is None:
            self._error = call.excinfo.value
        return report


def _like(item: pytest.Function, name: str, other: str) -> object:
    """The value of another fixture.

    Raises:
        LookupError: There is none, or its value is of another type.
    """
    value: object = item._request.getfixturevalue(other)  # noqa: SLF001 - as a test itself would ask
    if type(value) is not type(item.funcargs.get(name)):
        raise LookupError(other)
    return value


def _is_plain(item: pytest.Function) -> bool:
    """Whether it is a plain function with no arguments but parameters, so that there is nothing to set up."""
    given = set(getattr(getattr(item, "callspec", None), "params", {}))
    plain = type(item) is pytest.Function and not inspect.iscoroutinefunction(item.obj)
    others = set(item.fixturenames) - given - {"request"}  # no fixture that anybody defines
    passed = item._fixtureinfo.argnames  # noqa: SLF001 - no other way
    return plain and others.isdisjoint(passed) and not any(_prepares(item, name) for name in others)


def _prepares(item: pytest.Function, name: str) -> bool:
    """Whether an autouse fixture is the project's; those of plugins are used only in the last look."""
    fixtures = item._fixtureinfo.name2fixturedefs.get(name, ())  # noqa: SLF001 - no other way
    filenames = [getattr(getattr(fixture.func, "__code__", None), "co_filename", "") for fixture in fixtures]
    is_installed = bool(filenames) and all("site-packages" in filename for filename in filenames)
    return name.startswith("_xunit") or not is_installed


def _no_words(*_arguments: object, **_options: object) -> str:
    return ""
