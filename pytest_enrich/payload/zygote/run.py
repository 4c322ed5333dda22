"""The run of pytest that is forked, what makes it unfit for that, and how a child continues it."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import random
import stat
import sys
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple, NoReturn

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook

from .. import confine, invocation, job
from ..candidate import TextFinder
from ..guard import Additions, Places
from ..job import apply_limits
from ..project import INSTALLED, file_of
from ..prove import Proof, StandIn
from . import Line, Request
from .seen import AFTER, BEFORE, Kept, Seen, has_say, tests_imports

HERE = "/dev/fd"
MOST = 8
ANEW = {"vary", "record", "mutate"}
"""The types of jobs that run the session anew, with other plugins."""


def run(start: dict[str, Any], places: Places, line: Line) -> str:
    """Start pytest, and wait in it for jobs; returns only if that is impossible: the reason."""
    seen = Seen(start["rootdir"])
    seen.start()
    ending = invocation.Ending()
    setting = Setting(start, places, seen, invocation.Instead(), ending)
    waiting = Waiting(setting, line)
    plugins = [invocation.Tame(start), ending, setting.instead, waiting]
    tests = [start["argument"]] if start["argument"] else []
    try:
        status = int(pytest.main([*invocation.arguments(start), *tests], plugins=plugins))
    except SystemExit as error:
        status = pytest.ExitCode.INTERNAL_ERROR
        ending.reason = ending.reason or f"pytest stopped: SystemExit: {error.code}"
    finally:
        if waiting.child is not None:
            waiting.child.conclude(pytest.ExitCode.INTERNAL_ERROR)
    return ending.why(status) or "pytest came to no collection"


class Waiting:
    """A plugin that gets ready where collection begins, and forks there."""

    def __init__(self, setting: Setting, line: Line) -> None:
        self.child: Child | None = None
        self._setting, self._line = setting, line
        self._start, self._seen = setting.start, setting.seen
        self._texts = Texts()
        self._additions = Additions(setting.places, setting.start["written"])
        self._random = random.getstate()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """Inside all other wrappers, so that the user's warning filters apply while the project is imported."""
        if self.child is not None:  # a fork that collects once more
            return (yield)
        wait = self._get_ready(session.config)
        # If a conftest has seeded it, it is the same in each run; otherwise Python reseeds it after a fork.
        state = random.getstate()
        request = self._line.wait(partial(self._prepare, session.config))
        if state != self._random:
            random.setstate(state)
        self.child = Child(request, self._setting, session)
        self.child.begin(wait, self._texts)
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Conclude: all that counts has happened, unless the project has something to add."""
        if self.child is not None and not has_say(session.config, self._seen.project, AFTER):
            self.child.conclude()

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Conclude: the run is over, and nobody needs the cleanup that would follow."""
        if self.child is not None:
            self.child.conclude()

    def _prepare(self, config: pytest.Config, work: dict[str, Any]) -> None:
        """Before the fork for a job, remove what earlier jobs left, and prepare what later jobs can use too."""
        self._additions.remove()
        self._seen.prepare(work)
        self._texts.prepare(work, config)

    def _get_ready(self, config: pytest.Config) -> Descriptors:
        tests_imports(self._start, config, self._seen)
        # Only if no tests are run: what Hypothesis draws for them depends on which modules are loaded.
        if not self._start["argument"]:
            job.warm()
        if config.getoption("doctestmodules", default=False):
            importlib.import_module("doctest")
        self._seen.stop()
        reason = unfit_reason()
        files = loaded_files(config, self._seen)
        has_say(
            config, self._seen.project, (*BEFORE, *AFTER)
        )  # now, as each fork will ask again, with only a few more plugins
        # What others keep references to is not made anew by importing its module anew.
        loaded = held_modules()
        held = files if self._seen.shared else loaded
        if reason:
            self._line.ready(unfit=reason, files=files)
            os._exit(0)
        descriptors = Descriptors.survey()
        sys.stdout.flush()
        sys.stderr.flush()
        # Collect garbage here, once, and not in each child; what is left is not looked at again.
        gc.collect()
        self._seen.keep(loaded)
        gc.freeze()
        self._line.ready(unfit="", files=files, held=held, loaded=loaded)
        return descriptors


def unfit_reason() -> str:
    """What makes this process unfit for a fork, "" if nothing does."""
    names = sorted(thread.name for thread in threading.enumerate() if thread is not threading.current_thread())
    if names:
        return f"threads are alive after the project's imports: {', '.join(names[:5])}"
    if getattr(sys.modules.get("gevent.monkey"), "saved", None):
        return "gevent has patched the standard library"
    if getattr(sys.modules.get("eventlet.patcher"), "already_patched", None):
        return "eventlet has patched the standard library"
    if "grpc._cython.cygrpc" in sys.modules and _native_threads() != 1:
        return "grpc has started threads, which does not work in forks"
    return ""


def _native_threads() -> int:
    """How many threads this process has, with those that Python does not know; 0 where nothing tells."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return 0


def loaded_files(config: pytest.Config, seen: Seen) -> set[str]:
    """Files of the project that are loaded, and pytest's configuration file."""
    configured = {str(config.inipath)} if config.inipath is not None else set()
    return configured | held_modules() | _own_files(seen.modules.values())


def held_modules() -> set[str]:
    """Files of the project's modules that are loaded here for good."""
    return _own_files(list(sys.modules.values()))


def _own_files(modules: Iterable[ModuleType]) -> set[str]:
    """Files of the modules that are neither installed nor part of the standard library."""
    library = str(Path(threading.__file__).parent)
    files = {*map(file_of, modules)} - {""}
    return {file for file in files if not INSTALLED & set(Path(file).parts) and not file.startswith(library)}


class Descriptors(NamedTuple):
    """Descriptors of this process's output, and of unnamed temporary files, with their content.

    Pytest captures into such files. Children would overwrite each other's, and read what a killed child left.
    """

    outputs: tuple[int, ...]
    temporary: dict[int, tuple[bytes, int]]

    @classmethod
    def survey(cls) -> Descriptors:
        """Find them among the files that are open now; output is where descriptors 1 and 2 lead."""
        own = {_identity(os.fstat(number)) for number in (1, 2)}
        outputs, temporary = [1, 2], {}
        for number, status in _open():
            if _identity(status) in own:
                outputs.append(number)
            elif stat.S_ISREG(status.st_mode) and not status.st_nlink:
                with contextlib.suppress(OSError):
                    position = os.lseek(number, 0, os.SEEK_CUR)
                    temporary[number] = os.pread(number, status.st_size, 0), position
        return cls(tuple(dict.fromkeys(outputs)), temporary)

    def separate(self, output: int) -> None:
        """In a child, print to `output` and use separate temporary files."""
        for number in self.outputs:
            os.dup2(output, number, inheritable=os.get_inheritable(number))
        os.close(output)
        for number, (content, position) in self.temporary.items():
            with tempfile.TemporaryFile(buffering=0) as file:
                file.write(content)
                file.seek(position)
                os.dup2(file.fileno(), number, inheritable=False)


def _open() -> Iterator[tuple[int, os.stat_result]]:
    for name in os.listdir(HERE):  # noqa: PTH208 - names are wanted
        if name.isdigit() and int(name) > 2:  # noqa: PLR2004 - after the standard ones
            with contextlib.suppress(OSError):
                yield int(name), os.fstat(int(name))


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


class Texts:
    """The code of the last few texts whose tests were all asked for."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def prepare(self, work: dict[str, Any], config: pytest.Config) -> None:
        """Compile what a job will need, unless it asks for single tests: it then compiles just these itself."""
        job = work["job"]
        if job["type"] != "prove" or job["tests"] or self.code(work) is not None:
            return
        if len(self._codes) >= MOST:
            self._codes.pop(next(iter(self._codes)))
        finder = TextFinder(Path(work["rootdir"], job["path"]), job["text"])
        finder.config = config
        with contextlib.suppress(Exception):  # the job itself will report what is wrong
            self._codes[job["path"], job["text"]] = finder.compiled()

    def code(self, work: dict[str, Any]) -> CodeType | None:
        """The code of the text that a job runs, or None if it was not prepared."""
        return self._codes.get((work["job"]["path"], work["job"]["text"]))


class Setting(NamedTuple):
    """What the forked run and its children share."""

    start: dict[str, Any]
    places: Places
    seen: Seen
    instead: invocation.Instead
    ending: invocation.Ending


class Child:
    """The job of a `request`."""

    def __init__(self, request: Request, setting: Setting, session: pytest.Session) -> None:
        self._request, self._setting, self._session = request, setting, session
        self._work = request.work
        self.answer_file: str = self._work.pop("answer")
        self._proof: Proof | None = None
        self._kept = Kept(setting.seen)

    def begin(self, descriptors: Descriptors, texts: Texts) -> None:
        """Become the job; pytest then goes on to collect and run what the job asks for."""
        work, session = self._work, self._session
        self._settle()
        descriptors.separate(self._request.output)
        apply_limits(work["limits"])
        confine.apply(work["confinement"], work["scratch"])
        _move(session.config, self._setting.start["scratch"], work["scratch"])
        kind = work["job"]["type"]
        if kind == "mutate":
            work["held"] = self._setting.seen.held(work["job"]["source"])
        if kind != "mutate" or work["held"]:
            sys.meta_path.insert(0, self._kept)
        # Otherwise it imports all that it needs once more, with other code in it.
        if kind == "prove":
            self._prove(texts)
        elif kind in ANEW:
            self._setting.instead.action = lambda: job.do(work, self._again)
        else:
            self._setting.instead.action = lambda: job.do(work)

    def _again(self, _work: dict[str, Any], tests: Sequence[str], plugins: Sequence[object]) -> str:
        """Run the existing session, in a fork of its own: an `invocation.Session`."""
        session, self._setting.instead.action = self._session, None
        # Pytest's own finder comes first, as in a run where pytest starts after the source file's is installed.
        sys.meta_path.sort(key=lambda finder: not isinstance(finder, AssertionRewritingHook))
        for plugin in plugins:
            if isinstance(plugin, StandIn):
                plugin.install(session.config)
            session.config.pluginmanager.register(plugin)
        session.config.args = list(tests)
        session.config.option.file_or_dir = list(tests)
        try:
            session.config.hook.pytest_collection(session=session)
            session.config.hook.pytest_runtestloop(session=session)
        except (KeyboardInterrupt, pytest.exit.Exception):
            self._setting.ending.pytest_keyboard_interrupt(pytest.ExceptionInfo.from_current())
        return self._setting.ending.reason

    def conclude(self, status: int | None = None) -> NoReturn:
        """Write the answer and leave."""
        job.conclude(self.answer_file, lambda: self._answer(status))

    def _settle(self) -> None:
        """Switch to the job's own environment and directories."""
        work = self._work
        os.environ.update(work["environ"])
        sys.argv[1:3] = [self._request.file, str(self._request.status)]
        if tempfile.tempdir is not None and tempfile.tempdir.startswith(self._setting.start["scratch"]):
            tempfile.tempdir = None
        self._setting.places.move(work["scratch"])
        if "hypothesis.configuration" in sys.modules:
            sys.modules["hypothesis.configuration"].set_hypothesis_home_dir(None)

    def _prove(self, texts: Texts) -> None:
        config = self._session.config
        measure, _ = self._setting.seen.measures.get(tuple(self._work["job"]["measure"]), (None, None))
        self._proof = proof = Proof(self._work, measure)
        proof.stand_in.finder.code = texts.code(self._work)
        proof.stand_in.install(config)
        for plugin in proof.plugins:
            config.pluginmanager.register(plugin)
        config.args = [proof.argument]
        config.option.file_or_dir = [proof.argument]
        if has_say(config, self._setting.seen.project, BEFORE):
            proof.measure.__enter__()
        else:  # nothing of the project runs before that
            proof.stand_in.finder.begin = proof.measure.__enter__

    def _answer(self, status: int | None) -> dict[str, Any]:
        if self._proof is None:
            return self._setting.instead.outcome()
        measure = self._proof.measure
        if self._proof.stand_in.finder.begin is object:
            measure.__exit__()
        if measured := self._work["job"]["measure"]:
            measure.add(self._setting.seen.arcs(measured, self._kept.imported))
        return self._proof.answer(
            self._setting.ending.why(int(self._session.exitstatus) if status is None else status)
        )


def _move(config: pytest.Config, old: str, new: str) -> None:
    """Move pytest's own directories, which it derived from its options before the fork."""
    factory = getattr(config, "_tmp_path_factory", None)
    if factory is not None:
        factory._given_basetemp, factory._basetemp = Path(new, "basetemp"), None  # noqa: SLF001 - no other way
    cache = getattr(config, "cache", None)
    if cache is not None:
        cache._cachedir = Path(new, "cache")  # noqa: SLF001 - the same
    config.option.basetemp = str(config.option.basetemp).replace(old, new)
