"""A collected test that variants are run in, by pytest's own protocol or at once, and how it ended."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import linecache
import traceback
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Any

import pytest

from ..explore.bounds import quiet, time_limit
from ..explore.contract import raises
from ..explore.trace import Branch, TooLongError, Tracer
from ..express import named, spoken, steady
from ..project import Project
from .instrument import NothingRaisedError, Probe

Record = dict[str, Any]
NOT_CONTRACTS = AssertionError | NotImplementedError | RecursionError | MemoryError
# The first three are no `Exception`.
ENDED = (pytest.skip.Exception, pytest.fail.Exception, pytest.exit.Exception)
NO_TEST = (*ENDED, NothingRaisedError)
CALL_SECONDS = 0.5
TEST_SECONDS = 2.0


class Endings:
    """Tells endings apart for the tests of one file of a project."""

    def __init__(self, rootdir: str, module: str, test_path: Path) -> None:
        self._project = Project(rootdir, module)
        self._test_path = str(test_path)

    def of(self, error: BaseException | None) -> Record:
        """`refusal` ("" for none), and of an exception that is a contract `raised`, `message` and `line`."""
        if error is None:
            return {"refusal": ""}
        if refusal := self._refusal(error):
            return {"refusal": refusal}
        kind, line = named(type(error)), self._line(error)
        if kind is None or not line:
            return {"refusal": "accident"}
        return {"refusal": "", "raised": kind, "message": steady(spoken(error)), "line": line}

    def is_meant(self, error: BaseException) -> bool:
        """Whether it is a contract."""
        return not self._refusal(error)

    def _refusal(self, error: BaseException) -> str:
        if isinstance(error, TooLongError):
            return "too long"
        if isinstance(error, NO_TEST):
            return "fails its own assertions"
        frames = list(_frames(error))
        last = frames[-1][0].f_code.co_filename if frames else ""
        if isinstance(error, AssertionError) and self._project.kind(last) != "source":
            return "fails its own assertions"
        if isinstance(error, NOT_CONTRACTS) or not isinstance(error, Exception):
            return "accident"
        stated = bool(frames) and raises(linecache.getline(last, frames[-1][1]).strip(), error)
        return "" if stated and self._project.kind(last) == "source" else "accident"

    def _line(self, error: BaseException) -> int:
        """Where the test was: the outermost frame of its file."""
        return next((line for frame, line in _frames(error) if frame.f_code.co_filename == self._test_path), 0)


def _frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    yield from traceback.walk_tb(error.__traceback__)


@dataclasses.dataclass(frozen=True)
class Stage:
    """What all tests of a file are run with."""

    tracer: Tracer
    probe: Probe
    endings: Endings


class Carrier:
    """One item of a test; its own values are replaced in each run.

    Args:
        stage: Shared by all.
        item: The test; a copy of it takes turns with it, so that what is set up for it is torn down between.
        given: Whether Hypothesis draws the test's arguments, and so has to be stepped round.
    """

    def __init__(self, stage: Stage, item: pytest.Function, *, given: bool) -> None:
        self._stage = stage
        self._items = [item, copy.copy(item)]
        self._given = given
        self.item = item
        self.namespace: Mapping[str, Any] = vars(item.getparent(pytest.Module).obj)  # type: ignore[union-attr]
        self.is_direct = not given and _is_plain(item)

    def run(
        self,
        parameters: Mapping[str, Any],
        literals: Mapping[int, Any],
        fixtures: Mapping[str, str] = MappingProxyType({}),
        *,
        whole: bool = False,
    ) -> Record:
        """Run it with these values of parameters by name, and of literals by their place among the holes.

        `fixtures` are names of those that take the place of others; with `whole` it goes through pytest's protocol
        whatever the test is.

        Returns:
            `branches` taken in the source file, `seen` at points, and how it ended as `Endings.of` says.
        """
        self._stage.probe.begin(literals)
        self._stage.tracer.branches = set()
        if self.is_direct and not whole:
            error = self._at_once(parameters)
        else:
            error = self._by_protocol(parameters, fixtures)
        ending = self._stage.endings.of(error)
        seen = self._stage.probe.seen
        return {"branches": sorted(self._stage.tracer.branches), "seen": seen, **ending}

    def _at_once(self, parameters: Mapping[str, Any]) -> BaseException | None:
        arguments = {**getattr(getattr(self.item, "callspec", None), "params", {}), **parameters}
        try:
            with quiet(), time_limit(CALL_SECONDS):
                self._stage.tracer.start()
                self.item.obj(**arguments)
        except (Exception, TooLongError, SystemExit, *ENDED) as error:
            return error
        finally:
            self._stage.tracer.stop()
        return None

    def _by_protocol(self, parameters: Mapping[str, Any], fixtures: Mapping[str, str]) -> BaseException | None:
        item, following = self._items
        self._items.reverse()
        item._initrequest()  # noqa: SLF001 - a copy still has the request of the original
        observer = Observer(self._stage, item, (parameters, fixtures), given=self._given)
        manager = item.config.pluginmanager
        manager.register(observer)
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        finally:
            manager.unregister(observer)
        return observer.error


class Observer:
    """A plugin for one run of `item`: it puts the values in, watches the call, and keeps the first error.

    Args:
        stage: Shared by all.
        item: What is run.
        values: Of parameters by their names, and the names of fixtures by those whose place they take.
        given: As of a `Carrier`.
    """

    def __init__(
        self,
        stage: Stage,
        item: pytest.Function,
        values: tuple[Mapping[str, Any], Mapping[str, str]],
        *,
        given: bool,
    ) -> None:
        self._stage = stage
        self._item = item
        self._parameters, self._fixtures = values
        self._given = given
        self.error: BaseException | None = None
        setattr(item, "repr_failure", _no_words)  # noqa: B010 - a method of this one object

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Generator[None, Any, Any]:
        """Innermost: only what the test does is watched."""
        if not self._given:
            item.funcargs.update(self._parameters)
            item.funcargs.update({name: _like(item, name, other) for name, other in self._fixtures.items()})
        with time_limit(TEST_SECONDS):
            self._stage.tracer.start()
            try:
                return (yield)
            finally:
                self._stage.tracer.stop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """A test of Hypothesis is called with our values and the fixtures, past its engine."""
        if not self._given:
            return None
        test = pyfuncitem.obj
        receiver = [test.__self__] if inspect.ismethod(test) else []
        names = [name for name in inspect.signature(test).parameters if name in pyfuncitem.funcargs]
        fixtures = {name: pyfuncitem.funcargs[name] for name in names}
        test.hypothesis.inner_test(*receiver, **fixtures, **self._parameters)
        return True

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
        """Of set-up, call and tear-down."""
        report = yield
        if call.excinfo is not None and self.error is None:
            self.error = call.excinfo.value
        return report


def _like(item: pytest.Function, name: str, other: str) -> object:
    """What another fixture gives.

    Raises:
        LookupError: There is none, or it gives something of another type.
    """
    found: object = item._request.getfixturevalue(other)  # noqa: SLF001 - as a test itself would ask
    if type(found) is not type(item.funcargs.get(name)):
        raise LookupError(other)
    return found


def _is_plain(item: pytest.Function) -> bool:
    """Whether there is nothing to set up: a plain function whose arguments are all parameters."""
    given = set(getattr(getattr(item, "callspec", None), "params", {}))
    plain = type(item) is pytest.Function and not inspect.iscoroutinefunction(item.obj)
    others = set(item.fixturenames) - given
    return plain and not others & set(_arguments(item)) and not any(_prepares(item, name) for name in others)


def _arguments(item: pytest.Function) -> tuple[str, ...]:
    return item._fixtureinfo.argnames  # noqa: SLF001 - no other way


def _prepares(item: pytest.Function, name: str) -> bool:
    """Whether a fixture that nobody asked for is the project's; those of plugins are used in the last look."""
    known = item._fixtureinfo.name2fixturedefs.get(name, ())  # noqa: SLF001 - no other way
    files = [getattr(getattr(one.func, "__code__", None), "co_filename", "") for one in known]
    return name.startswith("_xunit") or not files or not all("site-packages" in file for file in files)


def _no_words(*_arguments: object, **_options: object) -> str:
    return ""


def taken(record: Record) -> frozenset[Branch]:
    """The branches of a run's record."""
    return frozenset((start, end) for start, end in record["branches"])
