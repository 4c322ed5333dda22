"""The run of pytest that is forked, what makes it unfit for that, and how a child goes on with it."""

from __future__ import annotations

import gc
import importlib
import os
import random
import sys
import threading
from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .. import invocation, job
from ..guard import Places
from ..project import INSTALLED, file_of
from . import Line
from .child import Child, Descriptors, Setting, Texts
from .seen import AFTER, BEFORE, Seen, has_say, tests_imports

CONFIGURATION = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


def run(start: dict[str, Any], places: Places, line: Line) -> str:
    """Start pytest, and wait in it; answers only if it cannot: why."""
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
        self._random = random.getstate()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """Inside of all other wrappers: the user's filters of warnings hold while the project is imported."""
        if self.child is not None:  # a fork collects once more
            return (yield)
        wait = self._get_ready(session.config)
        # What a conftest has seeded is the same in each run; what nobody has is not (Python does so after a fork).
        state = random.getstate()
        request = self._line.wait(partial(self._prepare, session.config))
        if state != self._random:
            random.setstate(state)
        self.child = Child(request, self._setting, session)
        self.child.begin(wait, self._texts)
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """All that counts has happened, unless the project has something to add."""
        if self.child is not None and not has_say(session.config, self._seen.project, AFTER):
            self.child.conclude()

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """The run is over: what comes now is the same clearing up as ever, and nobody needs it."""
        if self.child is not None:
            self.child.conclude()

    def _prepare(self, config: pytest.Config, work: dict[str, Any]) -> None:
        """Before the fork for a job: what later jobs can use too."""
        self._seen.prepare(work)
        self._texts.prepare(work, config)

    def _get_ready(self, config: pytest.Config) -> Descriptors:
        tests_imports(self._start, config, self._seen)
        # Only where no tests are run: what Hypothesis draws for them depends on what else is loaded.
        if not self._start["argument"]:
            job.warm()
        if config.getoption("doctestmodules", default=False):
            importlib.import_module("doctest")
        self._seen.stop()
        reason = unfit_reason()
        files = unfit_files(self._start["rootdir"], config, self._seen)
        has_say(config, self._seen.project, (*BEFORE, *AFTER))  # each fork asks again, of few plugins more
        # What others hold on to is not made anew by importing it anew.
        held = files if self._seen.shared else held_modules()
        if reason:
            self._line.ready(unfit=reason, files=files)
            os._exit(0)
        descriptors = Descriptors.survey()
        sys.stdout.flush()
        sys.stderr.flush()
        # What is garbage is finalized here, once, and not in each child; what is left is not looked at again.
        gc.collect()
        gc.freeze()
        self._line.ready(unfit="", files=files, held=held)
        return descriptors


def unfit_reason() -> str:
    """What is here that does not survive a fork, "" if nothing."""
    names = sorted(thread.name for thread in threading.enumerate() if thread is not threading.current_thread())
    if names:
        return f"threads are alive after the project's imports: {', '.join(names[:5])}"
    if getattr(sys.modules.get("gevent.monkey"), "saved", None):
        return "gevent has patched the standard library"
    if getattr(sys.modules.get("eventlet.patcher"), "already_patched", None):
        return "eventlet has patched the standard library"
    if "grpc._cython.cygrpc" in sys.modules:
        return "grpc is loaded, which does not work in forks"
    return ""


def unfit_files(rootdir: str, config: pytest.Config, seen: Seen) -> set[str]:
    """Files of the project that are loaded, and those that configured pytest."""
    found = {str(config.inipath)} if config.inipath is not None else set()
    found |= {str(Path(rootdir, name)) for name in CONFIGURATION}
    return found | held_modules() | _own_files(seen.modules.values())


def held_modules() -> set[str]:
    """Files of modules that are loaded here for good."""
    return _own_files(list(sys.modules.values()))


def _own_files(modules: Iterable[ModuleType]) -> set[str]:
    """Those that are neither installed nor of the standard library."""
    library = str(Path(threading.__file__).parent)
    files = {*map(file_of, modules)} - {""}
    return {file for file in files if not INSTALLED & set(Path(file).parts) and not file.startswith(library)}
