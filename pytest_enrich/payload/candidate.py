"""The candidate's test file: imported from a text, without work on the tests that will not run."""

from __future__ import annotations

import ast
import contextlib
import importlib.abc
import importlib.util
import io
import linecache
import os
import sys
import tokenize
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import CodeType, ModuleType

import _pytest.pathlib
import pytest
from _pytest.assertion import rewrite
from _pytest.pathlib import insert_missing_modules, module_name_from_path, resolve_package_path

from . import selection
from .project import find_by

BY_PACKAGE = hasattr(_pytest.pathlib, "_import_module_using_spec")
"""Whether pytest's importlib mode imports a test file as part of its package (since 8.1)."""


@contextlib.contextmanager
def put_aside(tree: ast.Module, wanted: Sequence[str]) -> Iterator[None]:
    """Meanwhile tests that no node id in `wanted` leads to have no body; without node ids, all keep theirs."""
    names = [nodeid.partition("::")[2] for nodeid in wanted]
    asleep = list(_asleep(tree.body, "", names)) if all(names) else []
    bodies = [function.body for function in asleep]
    for function in asleep:
        function.body = []
    try:
        yield
    finally:
        for function, body in zip(asleep, bodies, strict=True):
            function.body = body


def _asleep(
    body: Sequence[ast.stmt], prefix: str, names: Sequence[str]
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body if names else ():
        if isinstance(node, ast.ClassDef):
            yield from _asleep(node.body, f"{prefix}{node.name}::", names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # Functions with other names may be called by tests that run.
            is_test = node.name.startswith("test")
            yield from [node] if is_test and not selection.leads(f"{prefix}{node.name}", names) else []


class TextFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves the module at `path`, under whatever name it is imported, from a text.

    Args:
        path: That of the test file.
        text: The content that the file should have.
        wanted: Node ids of the tests that will run; all when empty.

    Attributes:
        begin: Called once, before anything of the file runs.
    """

    def __init__(self, path: Path, text: str, wanted: Sequence[str] = ()) -> None:
        self.path = path
        self.text = text
        self.wanted = wanted
        self.code: CodeType | None = None
        self.begin: Callable[[], object] = object
        self.config: pytest.Config | None = None
        lines = io.StringIO(text).readlines()
        # Without a modification time it stays cached, so that tracebacks show the text that ran.
        linecache.cache[str(path)] = (len(text), None, lines, str(path))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Part of the import system's protocol; an earlier directory with such a module wins, as usual."""
        if fullname.rpartition(".")[2] != self.path.stem:
            return None
        for entry in sys.path if path is None else path:
            if _same(entry or os.curdir, self.path.parent):
                return self.spec(fullname)
            if PathFinder.find_spec(fullname, [entry]) is not None:
                return None
        return None

    def spec(self, name: str) -> ModuleSpec:
        """A spec that gives the module its real `__file__`."""
        spec = ModuleSpec(name, self, origin=str(self.path))
        spec.has_location = True
        return spec

    def create_module(self, _spec: ModuleSpec) -> None:
        """Let the import system create an ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the text, with pytest's rewritten assertions unless the user switched them off."""
        self.awake()
        exec(self.code or self.compiled(), module.__dict__)

    def awake(self) -> None:
        """Compile the text and call `begin`: the file, or what is imported with it, is about to run."""
        if self.code is None:
            with contextlib.suppress(Exception):  # it is raised again where the module is executed
                self.code = self.compiled()
        begin, self.begin = self.begin, object
        begin()

    def get_source(self, _fullname: str) -> str:
        """The text, for tracebacks and `inspect`."""
        return self.text

    def _tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    def compiled(self) -> CodeType:
        """The module's code; to save time, assertions of tests that will not run are not rewritten.

        Raises:
            SyntaxError, ValueError, RecursionError: The text cannot be compiled.
        """
        tree = self._tree()
        if self.config is not None and self.config.known_args_namespace.assertmode == "rewrite":
            with put_aside(tree, self.wanted):
                rewrite.rewrite_asserts(tree, _bytes(self.text), str(self.path), self.config)
        return compile(tree, str(self.path), "exec", dont_inherit=True)


def _same(left: str | Path, right: str | Path) -> bool:
    return os.path.realpath(left) == os.path.realpath(right)


def _bytes(text: str) -> bytes:
    """The text as it would be on disk: the rewriter tokenizes it in its declared encoding."""
    raw = text.encode("utf-8", "surrogatepass")
    with contextlib.suppress(SyntaxError, LookupError, UnicodeError):
        raw = text.encode(tokenize.detect_encoding(io.BytesIO(raw).readline)[0])
    return raw


class CandidateModule(pytest.Module):
    """The module of a file that may not exist; if it does, pytest's own code imports it."""

    finder: TextFinder

    def _getobj(self) -> ModuleType:
        self.finder.awake()
        if self.path.exists():
            return super()._getobj()  # type: ignore[no-untyped-call, no-any-return]
        try:
            module = _import(self.path, self.finder, self.config)
        except pytest.skip.Exception as error:
            if error.allow_module_level:
                raise
            message = "pytest.skip outside of a test needs allow_module_level=True"
            raise pytest.Collector.CollectError(message) from error
        self.config.pluginmanager.consider_module(module)
        return module


def _import(path: Path, finder: TextFinder, config: pytest.Config) -> ModuleType:
    """Like `_pytest.pathlib.import_path`, which requires that the file exists."""
    package = resolve_package_path(path)
    root = path.parent if package is None else package.parent
    name = ".".join(path.relative_to(root).with_suffix("").parts)
    mode = config.getoption("importmode")
    if mode != "importlib":
        _put_on_path(str(root), mode)
        return importlib.import_module(name)
    if package is not None and BY_PACKAGE and _import_package(name.rpartition(".")[0], path.parent):
        return importlib.import_module(name)
    return _import_alone(module_name_from_path(path, config.rootpath), finder)


def _put_on_path(root: str, mode: str) -> None:
    if mode == "append" and root not in sys.path:
        sys.path.append(root)
    elif mode == "prepend" and root != sys.path[0]:
        sys.path.insert(0, root)


def _import_package(name: str, directory: Path) -> bool:
    """Import the package in `directory` by its location; False if another package has its name."""
    # pytest makes empty modules for the parents of a conftest: these are not packages yet.
    if not hasattr(sys.modules.get(name), "__path__"):
        above = name.rpartition(".")[0]
        if above and not _import_package(above, directory.parent):
            return False
        spec = find_by(sys.meta_path, name, [str(directory.parent)])
        if spec is None or spec.loader is None:
            return False
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return any(_same(entry, directory) for entry in getattr(sys.modules[name], "__path__", ()))


def _import_alone(name: str, finder: TextFinder) -> ModuleType:
    module = importlib.util.module_from_spec(finder.spec(name))
    sys.modules[name] = module
    finder.exec_module(module)
    insert_missing_modules(sys.modules, name)
    return module
