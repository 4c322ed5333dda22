"""The `Record` job: the calls that existing tests make, noted by a profile function."""

from __future__ import annotations

import contextlib
import inspect
import json
import sys
import threading
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import pytest
from _pytest.assertion import rewrite

from . import express, invocation, selection
from .interest import Interest, Interests, Ways, is_raising
from .objects import (
    MOST_SETUP,
    Made,
    Objects,
    Passed,
    call_text,
    described,
    function_of,
    passed_arguments,
    passed_in_part,
)
from .project import Project
from .selection import Outcomes, outcome

FARTHEST_CALLER = 30
IN_PART = 3
"""At most one in this many calls of a function may be kept only in part."""
LONGEST_GIVEN, MOST_GIVEN = 120, 20
"""The longest call that returns an object, and for how many calls of a function the result is looked at."""
# For one test with all its parameters, about half a second; a count, so that every machine sees the same.
MOST_EVENTS = 400_000
FEWEST_EVENTS = 5_000
"""For each set of its parameters: what it does first is what it shows best."""
MOST_WHILE_IMPORTED = 10 * MOST_EVENTS
FOR_TESTS = {"unittest", "pytest", "_pytest", "mock", "hypothesis"}
"""Packages whose objects say how a test works, not what it tries."""
# For all tests: what many long ones show after that is not worth the time.
MOST_IN_ALL = 5 * MOST_EVENTS


class Begun(NamedTuple):
    """A call that begins.

    Attributes:
        first: Its first argument, bound or not.
        function: What is called, None if it cannot be found.
        is_bound: Whether the first argument is an object or a class.
        receiver: The object that the method is called on, None if there is none.
    """

    frame: FrameType
    code: CodeType
    qualname: str
    first: object
    function: Any
    is_bound: bool
    receiver: object


class Watch:
    """Called by the interpreter for each event, so it must be quick about what does not matter."""

    def __init__(self, rootdir: str, job: dict[str, Any]) -> None:
        path = Path(rootdir, job["path"])
        self.nodeid = ""
        self._given = self._left = MOST_WHILE_IMPORTED
        self._share, self._rest = MOST_EVENTS, MOST_IN_ALL
        self.module = job["module"]
        self.limit = job["limit"]
        self.project = Project(rootdir, job["module"])
        self.objects = Objects(self.project, job["limit"])
        self._found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in job["qualnames"]}
        # Frames, not their ids: `id` raises an event for audit hooks, and this happens at each return.
        self._underway: dict[FrameType, tuple[Made, dict[str, Any]]] = {}
        self._open: dict[FrameType, tuple[str, str]] = {}
        self._making: set[FrameType] = set()
        self._giving: dict[FrameType, str] = {}
        self._asked_for: Counter[int] = Counter()
        # Cached, as this is slow and some functions are called very often; interests keep the code alive.
        self._bindings: dict[int, tuple[Any, bool, bool]] = {}
        self.ways = Ways(self.project)
        self._interests = Interests(path, self.project, self._found, self.ways)

    def __call__(self, frame: FrameType, event: str, value: object) -> None:
        """The function for `sys.setprofile`."""
        self._left -= 1
        if self._left < 0:
            sys.setprofile(None)  # this test does a lot, and would take many times as long when watched
            return
        try:
            if event == "call":
                code = frame.f_code
                interest = self._interests.known.get(id(code)) or self._interests.look(frame, code)
                if isinstance(interest, Interest):
                    self._entered(frame, interest)
            elif event == "return":
                self._returned(frame, value)
        except Exception:  # noqa: S110 - what a test puts in the place of `inspect`, or of a class's `__repr__`, is its own
            pass

    def _returned(self, frame: FrameType, value: object) -> None:
        self.ways.end(frame)
        if (key := self._open.pop(frame, None)) is not None:
            self._ended(frame, value, *key)
        if (done := self._underway.pop(frame, None)) is not None:
            made, call = done
            made.setup.append(call)
        elif frame in self._making:
            self._making.discard(frame)
            self._note(frame, value)
        # For a property's value that tests can make in another way, that way is used.
        if (template := self._giving.pop(frame, None)) is not None:
            is_property = not template.endswith(")")
            is_made_by_tests = is_property and type(value).__name__[:1] != "_" and self.objects(value) is not None
            if not is_made_by_tests:
                self.objects.given(value, template, self.nodeid)

    def begin(self, nodeid: str) -> None:
        """Count what comes from now on as part of this test."""
        used = self._given - max(self._left, 0) if self.nodeid else 0  # imports have a share of their own
        is_same = nodeid.partition("[")[0] == self.nodeid.partition("[")[0]
        self.nodeid = nodeid
        self._rest -= used
        self._share = self._share - used if is_same else MOST_EVENTS
        self._given = self._left = max(min(max(self._share, FEWEST_EVENTS), self._rest), 0)
        # The ends of these may not have been seen.
        self._open.clear()
        self._underway.clear()
        self._making.clear()
        self._giving.clear()
        self.ways.forget()

    def calls(self) -> list[dict[str, Any]]:
        """The calls seen, each once, in the order of the functions asked for."""
        return [call for of_function in self._found.values() for call in of_function.values()]

    def is_full(self) -> bool:
        """Whether there are enough calls of each function; never true if no function was asked for."""
        return bool(self._found) and all(len(calls) >= self.limit for calls in self._found.values())

    def _entered(self, frame: FrameType, interest: Interest) -> None:
        if interest.start is not None and frame.f_lasti > interest.start:
            return  # a generator or coroutine goes on
        code = interest.code
        first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        if interest.makes and code.co_name == "__new__":  # what it makes is only known when it ends
            self._making.add(frame)
        elif interest.makes:
            self._note(frame, first)
        if interest.inside:
            self.ways.came()
        if qualname := interest.qualname or interest.way.partition(":")[2]:
            self._begun(self._binding(frame, code, qualname, first), interest)
        if interest.method and self.project.owns(type(first)):
            self._prepare(frame, interest, first)

    def _begun(self, call: Begun, interest: Interest) -> None:
        """Note the call of a function that was asked for, or of one elsewhere that may lead to the file."""
        if not interest.inside:
            self.ways.begin(call.frame, interest.way, lambda: self._described(call))
        elif len(self._found[call.qualname]) < self.limit:
            self._keep(call)
        # Writing a call is slow, and a test may make it thousands of times.
        if interest.start is None and self._asked_for[id(call.code)] < MOST_GIVEN and self._is_of_test(call.frame):
            self._asked_for[id(call.code)] += 1
            # If the call of a test returns an object, that call counts as what made it.
            if (template := self._template(call)) is not None:
                self._giving[call.frame] = template

    def _is_of_test(self, frame: FrameType) -> bool:
        """Whether a test, or code written for tests, makes the call itself."""
        return frame.f_back is not None and self.project.kind(frame.f_back.f_code.co_filename) == "test"

    def _template(self, call: Begun) -> str | None:
        """The call, or the access to a property; None if it cannot be written, needs steps, or is too long."""
        if call.function is None or any(part[:1] == "_" for part in call.qualname.split(".")):
            return None
        if any(map(self.objects.is_changed, call.frame.f_locals.values())):
            return None
        passed = self._passed(call)
        owner = express.express(call.receiver, self.objects) if call.receiver is not None else ""
        if passed is None or owner is None:
            return None
        name = call.code.co_name
        place = f"{call.frame.f_globals.get('__name__')}:{call.qualname}"
        if call.is_bound and isinstance(call.first, type):
            place = f"{call.first.__module__}:{call.first.__qualname__}.{name}"
        called = f"{owner}.{name}" if owner else f"⟨{place}⟩"
        attribute = function_of(type(call.receiver), name, call.code)[1] if owner else None
        text = called if isinstance(attribute, property) else call_text(called, passed)
        return text if len(text) <= LONGEST_GIVEN else None

    def _note(self, frame: FrameType, made: object) -> None:
        """Note an object's first `__init__` or `__new__`, the outermost, which is the call that made it.

        Without a template if the project's own code makes an object of a private class: tests should not do that.
        """
        cls = type(made)
        if self.objects.knows(made) or not (self.project.owns(cls) or self._is_borrowed(frame, cls)):
            return
        function, _ = function_of(cls, frame.f_code.co_name, frame.f_code)
        is_hidden = any(part.startswith("_") for part in cls.__qualname__.split(".")) and self._is_inside(frame)
        passed = None if is_hidden else passed_arguments(frame, function, self.objects, bound=True)
        self.objects.note(made, passed, self.nodeid)

    def _is_borrowed(self, frame: FrameType, cls: type) -> bool:
        """Whether a test itself makes an object of an installed class, to pass it on; not one for testing."""
        package = cls.__module__.partition(".")[0]
        return self._is_of_test(frame) and package not in FOR_TESTS and express.named(cls) is not None

    def _keep(self, call: Begun) -> None:
        """Note a call of a function that was asked for."""
        description = self._described(call)
        if description is None and self._is_of_test(call.frame):
            description = self._asked(call) or self._in_part(call)
        calls = self._found[call.qualname]
        if description is not None and (key := json.dumps(description)) not in calls:
            calls[key] = {"nodeid": self.nodeid, "refused": False} | description
            self._open[call.frame] = call.qualname, key

    def _asked(self, call: Begun) -> dict[str, Any] | None:
        """A test's method call on an object that cannot be written, as JSON with "" as the receiver."""
        passed = self._passed(call) if call.receiver is not None else None
        return None if passed is None else described(call.qualname, passed) | {"receiver": ""}

    def _in_part(self, call: Begun) -> dict[str, Any] | None:
        """The part that can be written of a test's call, which may pass a stand-in of its own; as JSON."""
        is_open = len(self._found[call.qualname]) < self.limit // IN_PART
        passed = passed_in_part(call.frame, call.function, self.objects, bound=call.is_bound) if is_open else []
        return described(call.qualname, passed) | {"receiver": ""} if passed else None

    def _described(self, call: Begun) -> dict[str, Any] | None:
        """A call that begins, as JSON; None if it cannot be written."""
        made = self.objects.made(call.receiver) if call.receiver is not None else None
        template = made.template if made else None
        if call.receiver is not None and template is None:
            template = express.express(call.receiver, self.objects)
            if template is None:
                return None
        passed = self._passed(call)
        setup = made.setup[:MOST_SETUP] if made else []
        return (
            None if passed is None else described(call.qualname, passed) | {"receiver": template, "setup": setup}
        )

    def _passed(self, call: Begun) -> list[Passed] | None:
        """All arguments of a call, None if one of them cannot be written."""
        return passed_arguments(call.frame, call.function, self.objects, bound=call.is_bound)

    def _ended(self, frame: FrameType, value: object, qualname: str, key: str) -> None:
        """Note how a call ended; an operator that returns `NotImplemented` got a wrong operand, and is dropped."""
        if value is NotImplemented:
            del self._found[qualname][key]
        elif value is None and is_raising(frame.f_code, frame.f_lasti):
            self._found[qualname][key]["refused"] = True

    def _binding(self, frame: FrameType, code: CodeType, qualname: str, first: object) -> Begun:
        """A call, with what is known about the function."""
        known = self._bindings.get(id(code))
        if known is None:
            known = self._bindings[id(code)] = _bound_to(frame.f_globals.get("__name__", ""), code, qualname)
        function, is_bound, is_of_object = known
        return Begun(frame, code, qualname, first, function, is_bound, first if is_of_object else None)

    def _prepare(self, frame: FrameType, interest: Interest, receiver: object) -> None:
        """Note a method call of a test on an object as a step that precedes later calls on it."""
        made = self.objects.made(receiver)
        if made is None or len(made.setup) >= MOST_SETUP or self._is_inside(frame):
            return
        cls = type(receiver)
        function, attribute = function_of(cls, interest.code.co_name, interest.code)
        if function is None or isinstance(attribute, property | classmethod | staticmethod):
            return
        passed = passed_arguments(frame, function, self.objects, bound=True)
        prefix = "" if cls.__module__ == self.module else f"{cls.__module__}:"
        if passed is not None:
            name = f"{prefix}{cls.__qualname__}.{interest.code.co_name}"
            self._underway[frame] = made, described(name, passed)

    def _is_inside(self, frame: FrameType) -> bool:
        """Whether the project's own code makes the call, and not a test."""
        caller = frame.f_back
        for _ in range(FARTHEST_CALLER):
            if caller is None:
                break
            if kind := self.project.kind(caller.f_code.co_filename):
                return kind == "source"
            caller = caller.f_back
        return False


def _bound_to(module: str, code: CodeType, qualname: str) -> tuple[Any, bool, bool]:
    """The function with that code, whether its first parameter is bound, and whether it is bound to an object."""
    *above, name = qualname.split(".")
    holder: Any = sys.modules.get(module)
    for part in above:
        holder = inspect.getattr_static(holder, part, None)
    function, attribute = function_of(holder, name, code)
    if not isinstance(holder, type) or isinstance(attribute, staticmethod):
        return function, False, False
    by_class = isinstance(attribute, classmethod) or name in {"__new__", "__init_subclass__", "__class_getitem__"}
    return function, True, not by_class


@contextlib.contextmanager
def rewriting() -> Iterator[None]:
    """Meanwhile the rewriting of assertions is not watched, as it makes more calls than the tests do."""
    # There is no public place between the rewriting and the module's body.
    original = rewrite._rewrite_test  # noqa: SLF001

    def rewritten(*arguments: Any) -> Any:
        watch = sys.getprofile()
        sys.setprofile(None)
        try:
            return original(*arguments)
        finally:
            sys.setprofile(watch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rewrite, "_rewrite_test", rewritten)
        yield


def record(work: dict[str, Any], run: invocation.Session = invocation.run) -> dict[str, Any]:
    """Answer a `Record` job as a `Recorded`, both as JSON; a constructor call's receiver is its whole template.

    `run` runs pytest with arguments and plugins.
    """
    job = work["job"]
    files, missing = selection.files(work["rootdir"], job["tests"])
    watch, outcomes = Watch(work["rootdir"], job), Outcomes()
    session = Watched(watch, job["tests"])
    stopped = run(work, files, (session, outcomes)) if files else ""
    session.stop()
    results = [*outcomes.results.values(), *outcomes.unusable.values()]
    results += [outcome(name, "error", "there is no such file") for name in missing]
    if not outcomes.unusable:
        results += [outcome(name, "error", stopped or "there is no such test") for name in session.unknown]
    if stopped and not results:
        results = [outcome(job["path"], "error", stopped)]
    seen = {"calls": watch.calls(), "constructors": watch.objects.calls(), "through": watch.ways.calls()}
    return {"type": "recorded", **seen, "outcomes": results}


class Watched:
    """A plugin that selects the tests and watches from the import of the first to the end of the last."""

    def __init__(self, watch: Watch, wanted: list[str]) -> None:
        self.watch = watch
        self.wanted = wanted
        self.unknown: list[str] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, Any, Any]:
        """Watch threads from the start."""
        if self.watch.module:  # not if only outcomes are wanted: watched tests are many times slower
            threading.setprofile(self.watch)
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        """Watch the import of the tests, too: they use objects that are made then."""
        if not (self.watch.module and isinstance(collector, pytest.Module)):
            return (yield)
        with rewriting():
            sys.setprofile(self.watch)
            try:
                return (yield)
            finally:
                sys.setprofile(None)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, Any, Any]:
        """Select the tests after all other plugins."""
        result = yield
        chosen, self.unknown = selection.chosen(items, self.wanted)
        # No more cases of one test than calls of one function are kept: hundreds would show nothing more.
        items[:] = selection.thinned(chosen, self.watch.limit) if self.watch.module else chosen
        return result

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Watch again, as a test may have set another profiler; stop once enough has been seen."""
        self.watch.begin(nodeid)
        sys.setprofile(self.watch if self.watch.module and not self.watch.is_full() else None)

    def pytest_sessionfinish(self) -> None:
        """Stop watching: what comes now is pytest's own."""
        self.stop()

    def stop(self) -> None:
        """Stop watching."""
        threading.setprofile(None)
        sys.setprofile(None)
