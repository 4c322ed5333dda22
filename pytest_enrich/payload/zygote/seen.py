"""What the zygote has seen of the project: which module imports which, and what is kept for the forks."""

from __future__ import annotations

import ast
import builtins
import contextlib
import gc
import importlib
import importlib.abc
import importlib.util
import inspect
import itertools
import os
import sys
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from ..measure import Measure, create
from ..project import Project, file_of, find_by

if TYPE_CHECKING:
    from ..mutate.swap import Held

Arcs: TypeAlias = dict[str, list[tuple[int, int]]]
"""Pairs of lines, by file (absolute)."""

PARAMETERS = ("globals", "locals", "fromlist", "level")
"""The parameters of `__import__` after the name."""
MOST_FILES = 300
FOLDERS = ("tests", "test")
MOST_MEASURES = 8
ALWAYS = ""
"""The context of what every run of pytest executes: plugins and conftest files."""
_NOTHING = object()
BEFORE = (
    "pytest_ignore_collect", "pytest_collect_directory", "pytest_collect_file", "pytest_pycollect_makemodule",
    "pytest_collectstart", "pytest_make_collect_report", "pytest_report_collectionfinish",
)  # fmt: skip
"""Hooks that are called before a test file is imported."""
AFTER = ("pytest_sessionfinish", "pytest_terminal_summary", "pytest_unconfigure")
"""Hooks that are called when its tests are over."""


class Seen:
    """Measures the project from the start, so that a child can add what its own imports would have run."""

    def __init__(self, rootdir: str) -> None:
        self._coverage = create([f"{root}/**" for root in dict.fromkeys((rootdir, os.path.realpath(rootdir)))])
        self._rootdir = rootdir
        self.project = Project(rootdir, "")
        self.measures: dict[tuple[str, ...], tuple[Measure, dict[str, Arcs]]] = {}
        self._under: list[str] = []
        self.needs: dict[str, set[str]] = {}
        self.modules: dict[str, ModuleType] = {}
        self.shared: set[str] = set()
        self._functions: dict[str, list[FunctionType]] = {}
        self._lines: dict[str, list[int]] = {}

    def start(self) -> None:
        """Start to measure, before anything of the project runs."""
        self._coverage.start()

    def stop(self) -> None:
        """Stop measuring: nothing of the project runs here any more."""
        self._coverage.stop()
        self._coverage.get_data()

    def entered(self, name: str) -> None:
        """Note that a module begins to run, needed by the one that runs now."""
        self.needed(name)
        self.needs.setdefault(name, set())
        self._under.append(name)
        self._coverage.switch_context(name)

    def left(self) -> None:
        """Note that the module that began last has ended."""
        self._under.pop()
        self._coverage.switch_context(self._under[-1] if self._under else ALWAYS)

    def needed(self, name: str) -> None:
        """Note that the module that runs now asks for another one."""
        if self._under and name != self._under[-1]:
            self.needs.setdefault(self._under[-1], set()).add(name)

    def asked(self, name: str, by: str | None) -> None:
        """Note that the file `by` asks for the module; what is not the project's may hold on to it."""
        if by is not None and not self.project.kind(by):
            self.shared.add(name)

    def prepare(self, work: dict[str, Any]) -> None:
        """Before the fork for a job, learn what can be known of the files that it measures or changes."""
        place = self._place(work["job"].get("source", ""))
        if place in self._functions and place not in self._lines:
            self._lines[place] = sorted(self._ran_of(place))
        files = tuple(work["job"].get("measure", ()))
        if files and files not in self.measures:
            if len(self.measures) >= MOST_MEASURES:
                self.measures.pop(next(iter(self.measures)))
            measure = Measure(self._rootdir, list(files))
            measure.warm()
            # Now, as coverage forgets it in a fork.
            self.measures[files] = measure, self._ran(measure.files)

    def arcs(self, files: Iterable[str], modules: Iterable[str]) -> Arcs:
        """What plugins, conftest files and these modules ran in measured `files` when they were imported."""
        arcs: Arcs = {}
        by_module = self.measures[tuple(files)][1]
        for module in (ALWAYS, *modules):
            for name, ran in by_module.get(module, {}).items():
                arcs.setdefault(name, []).extend(ran)
        return arcs

    def keep(self, files: Iterable[str]) -> None:
        """Remember the functions of the files that are loaded for good; later they cannot be found."""
        self._functions = {os.path.realpath(file): [] for file in files}
        for item in gc.get_objects():
            if type(item) is FunctionType and self.project.kind(item.__code__.co_filename) == "source":
                self._functions.get(os.path.realpath(item.__code__.co_filename), []).append(item)

    def held(self, source: str) -> Held | None:
        """What is known about a file (relative to the project) that is loaded for good; None for any other."""
        if (place := self._place(source)) not in self._functions:
            return None
        # Imported here: pytest warns about plugins (Hypothesis has one) that are imported before it starts.
        from ..mutate.swap import Held

        return Held(self._lines[place], self._functions[place])

    def _place(self, source: str) -> str:
        return os.path.realpath(Path(self._rootdir, source))

    def _ran_of(self, file: str) -> set[int]:
        """The lines of a file that have run."""
        data = self._coverage.get_data()
        data.set_query_contexts(None)
        return {line for name in self._known([file]) for line in data.lines(name) or ()}

    def _known(self, files: Iterable[str]) -> list[str]:
        """The names in coverage's data of these files."""
        wanted = set(map(os.path.realpath, files))
        return [name for name in self._coverage.get_data().measured_files() if os.path.realpath(name) in wanted]

    def _ran(self, files: Iterable[str]) -> dict[str, Arcs]:
        """What ran in the files, by the module that was being imported."""
        data, known = self._coverage.get_data(), self._known(files)
        by_module: dict[str, Arcs] = {}
        for context in data.measured_contexts() if known else ():
            data.set_query_context(context)
            by_module[context] = {name: list(data.arcs(name) or ()) for name in known}
        return by_module


class Kept(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports modules that were put away: brings them back, with everything that they had imported."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self.imported: set[str] = set()

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Part of the import system's protocol."""
        module = self._seen.modules.get(fullname)
        if module is None or fullname in self.imported:
            return None
        spec = ModuleSpec(fullname, self, origin=module.__file__, is_package=hasattr(module, "__path__"))
        spec.loader_state = module.__spec__
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module as it was put away."""
        return self._seen.modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """Import only what the module needs, as it has run before.

        Its spec has its real name: the module may have copied all names of another one, `__name__` included.
        """
        spec, name = module.__spec__, module.__name__
        if spec is not None and spec.loader is self:
            module.__spec__, name = spec.loader_state, spec.name
        self.imported.add(name)
        for needed in sorted(self._seen.needs.get(name, ())):
            if needed in self._seen.modules and needed not in sys.modules:
                _bring_out(needed)


def _bring_out(name: str) -> None:
    """Import a module that was put away, and its parent packages.

    The import system binds a module in its parent. When the parent ran, it may have bound the name to something
    else afterwards, such as a function of the same name.
    """
    for full in itertools.accumulate(name.split("."), "{}.{}".format):
        above, _, own = full.rpartition(".")
        bound = vars(sys.modules[above]).get(own, _NOTHING) if above in sys.modules else _NOTHING
        importlib.import_module(full)
        if bound is not _NOTHING:
            setattr(sys.modules[above], own, bound)


def has_say(config: pytest.Config, project: Project, names: Iterable[str]) -> bool:
    """Whether a plugin of the project implements one of these hooks."""
    # Not `config.hook`: for hooks that take a path, pytest 7 has a function there.
    callers = filter(None, (getattr(config.pluginmanager.hook, name, None) for name in names))
    impls = itertools.chain.from_iterable(caller.get_hookimpls() for caller in callers)
    return any(project.kind(place) for impl in impls for place in _places(impl))


def _places(impl: Any) -> Iterator[str]:
    """The files of a hook's plugin and of its function: a conftest may register other plugins."""
    code = getattr(inspect.unwrap(impl.function), "__code__", None)
    for place in (getattr(impl.plugin, "__file__", None), getattr(code, "co_filename", None)):
        if isinstance(place, str):
            yield place


class Witness(importlib.abc.MetaPathFinder):
    """Finds what the other finders find, and notes when modules of the project run."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Part of the import system's protocol."""
        finders = (finder for finder in sys.meta_path if finder is not self)
        spec = find_by(finders, fullname, path, target)
        if spec is not None and spec.loader is not None and spec.origin and self._seen.project.kind(spec.origin):
            spec.loader = _Loader(spec.loader, self._seen)
        return spec


class _Loader(importlib.abc.Loader):
    """Notes that a module runs; the module itself sees only its own loader."""

    def __init__(self, inner: Any, seen: Seen) -> None:
        self._inner = inner
        self._seen = seen

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the module's own loader does."""
        spec.loader = self._inner
        try:
            module: ModuleType | None = self._inner.create_module(spec)
        finally:
            spec.loader = self
        return module

    def exec_module(self, module: ModuleType) -> None:
        """As the module's own loader does."""
        module.__loader__ = self._inner
        if module.__spec__ is not None:
            module.__spec__.loader = self._inner
        self._seen.entered(module.__name__)
        try:
            self._inner.exec_module(module)
        finally:
            self._seen.left()


@contextlib.contextmanager
def imports_noted(seen: Seen) -> Iterator[None]:
    """Note imports of modules that are loaded already, too: whoever imports them needs them."""
    plain, by_name = builtins.__import__, importlib.import_module

    def noting(name: str, *rest: Any, **named: Any) -> Any:
        module = plain(name, *rest, **named)
        with contextlib.suppress(Exception):  # whatever is odd about the call, Python did not mind
            given = dict(zip(PARAMETERS, rest, strict=False)) | named
            for meant in _meant(name, given):
                _needed(meant, seen, given.get("globals") or {})
        return module

    def noting_by_name(name: str, package: str | None = None) -> ModuleType:
        module = by_name(name, package)
        _needed(module.__name__, seen, sys._getframe(1).f_globals)  # noqa: SLF001 - who asks is known nowhere else
        return module

    builtins.__import__, importlib.import_module = noting, noting_by_name
    try:
        yield
    finally:
        builtins.__import__, importlib.import_module = plain, by_name


def _meant(name: str, given: dict[str, Any]) -> Iterator[str]:
    """The modules that a call of `__import__` may be about."""
    level, package = given.get("level", 0), (given.get("globals") or {}).get("__package__")
    full = importlib.util.resolve_name("." * level + name, package) if level else name
    yield full
    yield from (f"{full}.{part}" for part in given.get("fromlist") or ())


def _needed(name: str, seen: Seen, asking: dict[str, Any]) -> None:
    while name:
        if name in sys.modules:
            seen.needed(name)
            seen.asked(name, asking.get("__file__"))
        name = name.rpartition(".")[0]


def tests_imports(start: dict[str, Any], config: pytest.Config, seen: Seen) -> None:
    """Import what the test files around `start["argument"]` import, except for tests; `seen` keeps it.

    Afterwards it looks as if nobody had imported the modules of the project that this loaded.
    """
    before = set(sys.modules)
    finder = Witness(seen)
    sys.meta_path.insert(0, finder)
    with imports_noted(seen):
        for name, parts in _wanted(_files(start, config)):
            if not _is_test(name, seen.project):
                with contextlib.suppress(BaseException):
                    __import__(name, {}, None, parts)
    sys.meta_path.remove(finder)
    _put_away(before, seen)
    # Hypothesis computes what it needs for the first text drawn, which would take each child a second.
    if (strategies := sys.modules.get("hypothesis.strategies")) is not None:
        with contextlib.suppress(Exception):
            strategies.text().validate()


def _files(start: dict[str, Any], config: pytest.Config) -> list[Path]:
    root = Path(start["rootdir"])
    if start["argument"]:
        place = Path(start["argument"])
        return sorted((place.parent if place.is_file() else place).glob("*.py"))[:MOST_FILES]
    folders = [root / name for name in (*config.getini("testpaths"), *FOLDERS)]
    files = [file for folder in dict.fromkeys(folders) if folder.is_dir() for file in sorted(folder.rglob("*.py"))]
    return list(dict.fromkeys(files))[:MOST_FILES]


def _wanted(files: Iterable[Path]) -> list[tuple[str, tuple[str, ...]]]:
    """Modules, and the names imported from them, in the order in which the files import them."""
    imports: dict[tuple[str, tuple[str, ...]], None] = {}
    for file in files:
        with contextlib.suppress(OSError, SyntaxError, ValueError, RecursionError):
            with tokenize.open(file) as stream:
                tree = ast.parse(stream.read())
            imports |= dict.fromkeys(_imports(tree.body))
    return list(imports)


def _imports(body: Sequence[ast.stmt]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The imports that run when the file is imported: not those in functions, which may never be called."""
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from ((alias.name, ()) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module, tuple(alias.name for alias in statement.names if alias.name != "*")
        elif isinstance(statement, ast.If | ast.Try):
            yield from _imports(statement.body)


def _is_test(name: str, project: Project) -> bool:
    """Whether it is a test or a helper of tests: pytest imports those itself, to rewrite their assertions."""
    top = name.partition(".")[0]
    if top in sys.modules and top not in {"tests", "test"}:
        places = [file_of(sys.modules[top])]
    else:
        spec = PathFinder.find_spec(top)
        places = [] if spec is None else [*(spec.submodule_search_locations or ()), spec.origin or ""]
    inner = name.split(".")[1:]
    paths = [os.path.join(place, *inner, "x.py") for place in places]  # noqa: PTH118 - to be looked at
    return any(project.kind(path) == "test" for path in (*places, *paths)) or "conftest" in inner


def _put_away(before: set[str], seen: Seen) -> None:
    new = [name for name in sys.modules if name not in before]
    seen.modules |= {name: sys.modules.pop(name) for name in new if seen.project.kind(file_of(sys.modules[name]))}
    seen.shared &= set(seen.modules)
    for name, module in seen.modules.items():
        above, _, own = name.rpartition(".")
        parent = seen.modules.get(above) or sys.modules.get(above)
        if parent is not None and vars(parent).get(own) is module:
            delattr(parent, own)
