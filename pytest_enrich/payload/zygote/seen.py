"""What the zygote has seen of the project: what may be kept for forks, and what makes it unfit for them."""

from __future__ import annotations

import importlib
import importlib.abc
import inspect
import itertools
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pytest

from ..measure import Measure, create
from ..project import INSTALLED, Project, file_of

Arcs: TypeAlias = dict[str, list[tuple[int, int]]]
"""Pairs of lines, by file (absolute)."""

MOST_MEASURES = 8
ALWAYS = ""
"""The context of what every run of pytest does: plugins and conftest files."""
_NOTHING = object()
CONFIGURATION = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
BEFORE = (
    "pytest_ignore_collect", "pytest_collect_directory", "pytest_collect_file", "pytest_pycollect_makemodule",
    "pytest_collectstart", "pytest_make_collect_report", "pytest_report_collectionfinish",
)  # fmt: skip
"""Hooks that are called before a test file is imported."""
AFTER = ("pytest_sessionfinish", "pytest_terminal_summary", "pytest_unconfigure")
"""Those that are called when its tests are over."""


class Seen:
    """Measures all of the project from the start; a child adds what its own imports would have run."""

    def __init__(self, rootdir: str) -> None:
        self._coverage = create([f"{root}/**" for root in dict.fromkeys((rootdir, os.path.realpath(rootdir)))])
        self._rootdir = rootdir
        self.project = Project(rootdir, "")
        self.measures: dict[tuple[str, ...], tuple[Measure, dict[str, Arcs]]] = {}
        self._under: list[str] = []
        self.needs: dict[str, set[str]] = {}
        self.modules: dict[str, ModuleType] = {}
        self.shared: set[str] = set()

    def start(self) -> None:
        """Before the project is met."""
        self._coverage.start()

    def stop(self) -> None:
        """Nothing of the project runs here any more."""
        self._coverage.stop()
        self._coverage.get_data()

    def entered(self, name: str) -> None:
        """The module begins to run; whichever one runs now has asked for it."""
        self.needed(name)
        self.needs.setdefault(name, set())
        self._under.append(name)
        self._coverage.switch_context(name)

    def left(self) -> None:
        """The module that began last has come to its end."""
        self._under.pop()
        self._coverage.switch_context(self._under[-1] if self._under else ALWAYS)

    def needed(self, name: str) -> None:
        """The module that runs now asks for another one."""
        if self._under and name != self._under[-1]:
            self.needs.setdefault(self._under[-1], set()).add(name)

    def asked(self, name: str, by: str | None) -> None:
        """Code of the file `by` asks for the module; of what is not the project's nobody knows what it keeps."""
        if by is not None and not self.project.kind(by):
            self.shared.add(name)

    def prepare(self, work: dict[str, Any]) -> None:
        """Before the fork for a job: learn what can be known of the files that it measures."""
        files = tuple(work["job"].get("measure", ()))
        if files and files not in self.measures:
            if len(self.measures) >= MOST_MEASURES:
                self.measures.pop(next(iter(self.measures)))
            measure = Measure(self._rootdir, list(files))
            measure.warm()
            # Now: coverage forgets in a fork.
            self.measures[files] = measure, self._ran(measure.files)

    def arcs(self, files: Iterable[str], modules: Iterable[str]) -> Arcs:
        """What plugins, conftest files and these modules ran in measured `files` when they were imported."""
        found: Arcs = {}
        by_module = self.measures[tuple(files)][1]
        for module in (ALWAYS, *modules):
            for name, ran in by_module.get(module, {}).items():
                found.setdefault(name, []).extend(ran)
        return found

    def _ran(self, files: Iterable[str]) -> dict[str, Arcs]:
        """What ran in the files, by the module that ran when it did."""
        wanted = {os.path.realpath(name) for name in files}
        data = self._coverage.get_data()
        known = [name for name in data.measured_files() if os.path.realpath(name) in wanted]
        found: dict[str, Arcs] = {}
        for context in data.measured_contexts() if known else ():
            data.set_query_context(context)
            found[context] = {name: list(data.arcs(name) or ()) for name in known}
        return found


class Kept(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """A module that was put away is imported by being brought out, with all that it imported."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self.imported: set[str] = set()

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As the import system asks."""
        module = self._seen.modules.get(fullname)
        if module is None or fullname in self.imported:
            return None
        spec = ModuleSpec(fullname, self, origin=module.__file__, is_package=hasattr(module, "__path__"))
        spec.loader_state = module.__spec__
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module as it was left."""
        return self._seen.modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """It ran before: only what it needs is imported once more.

        What it is called its spec tells: the module may have taken over another one's name with all its names.
        """
        spec, name = module.__spec__, module.__name__
        if spec is not None and spec.loader is self:
            module.__spec__, name = spec.loader_state, spec.name
        self.imported.add(name)
        for other in sorted(self._seen.needs.get(name, ())):
            if other in self._seen.modules and other not in sys.modules:
                _bring_out(other)


def _bring_out(name: str) -> None:
    """Import a module that was put away, and those that it is in.

    The import system binds a module in the one that it is in. When that ran, it may have given the name to
    something else afterwards, such as the function of the same name.
    """
    for one in itertools.accumulate(name.split("."), "{}.{}".format):
        above, _, own = one.rpartition(".")
        bound = vars(sys.modules[above]).get(own, _NOTHING) if above in sys.modules else _NOTHING
        importlib.import_module(one)
        if bound is not _NOTHING:
            setattr(sys.modules[above], own, bound)


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


def has_say(config: pytest.Config, project: Project, names: Iterable[str]) -> bool:
    """Whether a plugin of the project does something at one of these hooks."""
    # Not `config.hook`: of hooks that take a path, pytest 7 gives a function there.
    callers = [getattr(config.pluginmanager.hook, name, None) for name in names]
    impls = [impl for caller in callers if caller is not None for impl in caller.get_hookimpls()]
    return any(project.kind(place) for impl in impls for place in _places(impl))


def _places(impl: Any) -> Iterator[str]:
    """Where a hook's plugin, and its function, lie: a conftest may register others."""
    code = getattr(inspect.unwrap(impl.function), "__code__", None)
    for place in (getattr(impl.plugin, "__file__", None), getattr(code, "co_filename", None)):
        if isinstance(place, str):
            yield place


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
