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
"""One part in so many of the calls of a function may be of what can be written of others."""
LONGEST_GIVEN, MOST_GIVEN = 120, 20
"""Of a call that gives an object, and of how many of a function it is asked what they give."""
# Of one test with all its parameters, about half a second; a count, so that the same is seen on every machine.
MOST_EVENTS = 400_000
FEWEST_EVENTS = 5_000
"""Of each set of its parameters: what is done first is what it shows best."""
MOST_WHILE_IMPORTED = 10 * MOST_EVENTS
# Of all tests: what many long ones show after that is not worth the time.
MOST_IN_ALL = 5 * MOST_EVENTS


class Begun(NamedTuple):
    """A call that begins.

    Attributes:
        first: Its first argument, bound or not.
        function: What is called, None where it cannot be found.
        is_bound: Whether the first argument is an object or a class.
        receiver: The object that it is made on, None for none.
    """

    frame: FrameType
    code: CodeType
    qualname: str
    first: object
    function: Any
    is_bound: bool
    receiver: object


class Watch:
    """Called by the interpreter for each event, so it must be quick for what does not matter."""

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
        # Frames, not ids of frames: to ask for an id is an event for audit hooks, and this happens at each return.
        self._underway: dict[FrameType, tuple[Made, dict[str, Any]]] = {}
        self._open: dict[FrameType, tuple[str, str]] = {}
        self._making: set[FrameType] = set()
        self._giving: dict[FrameType, str] = {}
        self._asked_for: Counter[int] = Counter()
        # It takes long to know, and some functions are called very often; interests keep their code alive.
        self._bindings: dict[int, tuple[Any, bool, bool]] = {}
        self.ways = Ways(self.project)
        self._interests = Interests(path, self.project, self._found, self.ways)

    def __call__(self, frame: FrameType, event: str, value: object) -> None:
        """As `sys.setprofile` wants it."""
        self._left -= 1
        if self._left < 0:
            sys.setprofile(None)  # this test does a great deal, and watched it would take many times as long
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
        # What a property gives that a test can make is made there.
        template = self._giving.pop(frame, None)
        if template is not None and (template.endswith(")") or not self._is_made_by_tests(value)):
            self.objects.given(value, template, self.nodeid)

    def _is_made_by_tests(self, value: object) -> bool:
        """Whether people can write down what makes it."""
        return type(value).__name__[:1] != "_" and self.objects(value) is not None

    def begin(self, nodeid: str) -> None:
        """What comes is of this test."""
        used = self._given - max(self._left, 0) if self.nodeid else 0  # what is imported has a share of its own
        is_same = nodeid.partition("[")[0] == self.nodeid.partition("[")[0]
        self.nodeid = nodeid
        self._rest -= used
        self._share = self._share - used if is_same else MOST_EVENTS
        self._given = self._left = max(min(max(self._share, FEWEST_EVENTS), self._rest), 0)
        # Their ends may not have been seen.
        self._open.clear()
        self._underway.clear()
        self._making.clear()
        self._giving.clear()
        self.ways.forget()

    def calls(self) -> list[dict[str, Any]]:
        """The calls seen, each once, in the order of the functions asked for."""
        return [call for of_function in self._found.values() for call in of_function.values()]

    def is_full(self) -> bool:
        """Whether there are enough calls of each function; with no function asked for there never are."""
        return bool(self._found) and all(len(calls) >= self.limit for calls in self._found.values())

    def _entered(self, frame: FrameType, interest: Interest) -> None:
        if interest.start is not None and frame.f_lasti > interest.start:
            return  # a generator or coroutine goes on
        code = interest.code
        first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        if interest.makes and code.co_name == "__new__":  # what it makes is known when it ends
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
        """A function that was asked for, or one elsewhere that may lead to the file, is called."""
        if not interest.inside:
            self.ways.begin(call.frame, interest.way, lambda: self._described(call))
        elif len(self._found[call.qualname]) < self.limit:
            self._keep(call)
        # To write a call takes long, and a test may make it thousands of times.
        if interest.start is None and self._asked_for[id(call.code)] < MOST_GIVEN and self._is_of_test(call.frame):
            self._asked_for[id(call.code)] += 1
            # Of what a test's own call gives, should it be an object, the call is what makes it.
            if (template := self._template(call)) is not None:
                self._giving[call.frame] = template

    def _is_of_test(self, frame: FrameType) -> bool:
        """Whether a test, or what is written for tests, makes the call itself."""
        return frame.f_back is not None and self.project.kind(frame.f_back.f_code.co_filename) == "test"

    def _template(self, call: Begun) -> str | None:
        """The call, or what reads a property; None where it cannot be written, needs steps, or is too long."""
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
        held = function_of(type(call.receiver), name, call.code)[1] if owner else None
        given = called if isinstance(held, property) else call_text(called, passed)
        return given if len(given) <= LONGEST_GIVEN else None

    def _note(self, frame: FrameType, made: object) -> None:
        """The outermost `__init__` or `__new__` of an object comes first, and is the call that made it.

        How the project's own code makes one of a private class is not for tests to write down.
        """
        cls = type(made)
        if self.objects.knows(made) or not self.project.owns(cls):
            return
        function, _ = function_of(cls, frame.f_code.co_name, frame.f_code)
        is_hidden = any(part.startswith("_") for part in cls.__qualname__.split(".")) and self._is_inside(frame)
        passed = None if is_hidden else passed_arguments(frame, function, self.objects, bound=True)
        self.objects.note(made, passed, self.nodeid)

    def _keep(self, call: Begun) -> None:
        """Note a call of a function that was asked for."""
        shown = self._described(call)
        if shown is None and self._is_of_test(call.frame):
            shown = self._asked(call) or self._in_part(call)
        found = self._found[call.qualname]
        if shown is not None and (key := json.dumps(shown)) not in found:
            found[key] = {"nodeid": self.nodeid, "refused": False} | shown
            self._open[call.frame] = call.qualname, key

    def _asked(self, call: Begun) -> dict[str, Any] | None:
        """What a test asks of an object that nobody can write."""
        passed = self._passed(call) if call.receiver is not None else None
        return None if passed is None else described(call.qualname, passed) | {"receiver": ""}

    def _in_part(self, call: Begun) -> dict[str, Any] | None:
        """What can be written of a call that a test makes with a stand-in of its own."""
        is_open = len(self._found[call.qualname]) < self.limit // IN_PART
        passed = passed_in_part(call.frame, call.function, self.objects, bound=call.is_bound) if is_open else []
        return described(call.qualname, passed) | {"receiver": ""} if passed else None

    def _described(self, call: Begun) -> dict[str, Any] | None:
        """A call that begins, as JSON; None when it cannot be written."""
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
        """All arguments of a call, None when one of them cannot be written."""
        return passed_arguments(call.frame, call.function, self.objects, bound=call.is_bound)

    def _ended(self, frame: FrameType, value: object, qualname: str, key: str) -> None:
        """An operator that gives `NotImplemented` was handed what it is not for: that is no call to learn from."""
        if value is NotImplemented:
            del self._found[qualname][key]
        elif value is None and is_raising(frame.f_code, frame.f_lasti):
            self._found[qualname][key]["refused"] = True

    def _binding(self, frame: FrameType, code: CodeType, qualname: str, first: object) -> Begun:
        """A call, with what is known of the function."""
        known = self._bindings.get(id(code))
        if known is None:
            known = self._bindings[id(code)] = _bound_to(frame.f_globals.get("__name__", ""), code, qualname)
        function, is_bound, is_of_object = known
        return Begun(frame, code, qualname, first, function, is_bound, first if is_of_object else None)

    def _prepare(self, frame: FrameType, interest: Interest, receiver: object) -> None:
        """A test calls a method: what comes later on this object comes after it."""
        made = self.objects.made(receiver)
        if made is None or len(made.setup) >= MOST_SETUP or self._is_inside(frame):
            return
        cls = type(receiver)
        function, found = function_of(cls, interest.code.co_name, interest.code)
        if function is None or isinstance(found, property | classmethod | staticmethod):
            return
        shown = passed_arguments(frame, function, self.objects, bound=True)
        where = "" if cls.__module__ == self.module else f"{cls.__module__}:"
        if shown is not None:
            name = f"{where}{cls.__qualname__}.{interest.code.co_name}"
            self._underway[frame] = made, described(name, shown)

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
    """The function of that code, whether its first parameter is bound, and whether that is to an object."""
    *above, name = qualname.split(".")
    holder: Any = sys.modules.get(module)
    for part in above:
        holder = inspect.getattr_static(holder, part, None)
    function, found = function_of(holder, name, code)
    if not isinstance(holder, type) or isinstance(found, staticmethod):
        return function, False, False
    by_class = isinstance(found, classmethod) or name in {"__new__", "__init_subclass__", "__class_getitem__"}
    return function, True, not by_class


@contextlib.contextmanager
def rewriting() -> Iterator[None]:
    """While this lasts, nobody watches how assertions are rewritten, which makes more calls than the tests do."""
    # There is no public way between it and the module's body.
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
    found = [*outcomes.results.values(), *outcomes.unusable.values()]
    found += [outcome(name, "error", "there is no such file") for name in missing]
    if not outcomes.unusable:
        found += [outcome(name, "error", stopped or "there is no such test") for name in session.unknown]
    if stopped and not found:
        found = [outcome(job["path"], "error", stopped)]
    seen = {"calls": watch.calls(), "constructors": watch.objects.calls(), "through": watch.ways.calls()}
    return {"type": "recorded", **seen, "outcomes": found}


class Watched:
    """A plugin that selects the tests and watches from the import of the first to the end of the last."""

    def __init__(self, watch: Watch, wanted: list[str]) -> None:
        self.watch = watch
        self.wanted = wanted
        self.unknown: list[str] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, Any, Any]:
        """Threads are watched from the start."""
        if self.watch.module:  # watching makes tests many times slower: not where only their ends are asked for
            threading.setprofile(self.watch)
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        """Objects made while the tests are imported are used in them."""
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
        """Select after all others had their say."""
        result = yield
        chosen, self.unknown = selection.chosen(items, self.wanted)
        # Hundreds of cases of one test show no more calls than are kept of one function.
        items[:] = selection.thinned(chosen, self.watch.limit) if self.watch.module else chosen
        return result

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test may have taken our place as the profiler; with enough seen there is nothing to watch for."""
        self.watch.begin(nodeid)
        sys.setprofile(self.watch if self.watch.module and not self.watch.is_full() else None)

    def pytest_sessionfinish(self) -> None:
        """Whatever comes now is pytest's own."""
        self.stop()

    def stop(self) -> None:
        """Watch no more."""
        threading.setprofile(None)
        sys.setprofile(None)
