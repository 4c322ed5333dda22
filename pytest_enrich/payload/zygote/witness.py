"""Who imports what, noted while it happens: afterwards no module tells what it asked for."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ..project import Project
from .seen import Seen

PARAMETERS = ("globals", "locals", "fromlist", "level")
"""Of `__import__`, after the name."""


class Witness(importlib.abc.MetaPathFinder):
    """Finds what the others find, and notes when modules of the project run."""

    def __init__(self, project: Project, seen: Seen) -> None:
        self._project = project
        self._seen = seen

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As the import system asks."""
        finders = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(fullname, path, target) for finder in finders)
        spec = next((one for one in found if one is not None), None)
        if spec is not None and spec.loader is not None and spec.origin and self._project.kind(spec.origin):
            spec.loader = _Loader(spec.loader, self._seen)
        return spec


class _Loader(importlib.abc.Loader):
    """Notes that a module runs; the module itself knows only its own loader."""

    def __init__(self, inner: Any, seen: Seen) -> None:
        self._inner = inner
        self._seen = seen

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the loader does."""
        spec.loader = self._inner
        try:
            made: ModuleType | None = self._inner.create_module(spec)
        finally:
            spec.loader = self
        return made

    def exec_module(self, module: ModuleType) -> None:
        """As the loader does."""
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
    """Also what is loaded already is needed by who asks for it."""
    plain, by_name = builtins.__import__, importlib.import_module

    def noting(name: str, *rest: Any, **named: Any) -> Any:
        module = plain(name, *rest, **named)
        with contextlib.suppress(Exception):  # what is odd about the call was no matter to Python
            given = dict(zip(PARAMETERS, rest, strict=False)) | named
            for one in _meant(name, given):
                _needed(one, seen, given.get("globals") or {})
        return module

    def noting_by_name(name: str, package: str | None = None) -> ModuleType:
        module = by_name(name, package)
        _needed(module.__name__, seen, sys._getframe(1).f_globals)  # noqa: SLF001 - who asks is told nowhere else
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
