"""Which of all the code that runs is the project's own, and which is its tests."""

from __future__ import annotations

import enum
import functools
import importlib
import os
import sys
from collections.abc import Callable, Iterable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

TEST_FOLDERS = {"test", "tests", "testing"}
INSTALLED = {"site-packages", "dist-packages"}


def module_of(name: str) -> ModuleType:
    """The module of that name, imported; not a stand-in that warns about old names."""
    module = importlib.import_module(name)
    if type(module) is ModuleType:
        return module
    wrapped = (
        value
        for value in getattr(module, "__dict__", {}).values()
        if isinstance(value, ModuleType) and value.__name__ == name
    )
    return next(wrapped, module)


def find_by(finders: Iterable[Any], name: str, *asked: object) -> ModuleSpec | None:
    """The spec from the first of these finders that knows a module of that name."""
    specs = (finder.find_spec(name, *asked) for finder in finders)
    return next((spec for spec in specs if spec is not None), None)


def file_of(module: object) -> str:
    """The file of a loaded module, "" if it has none: anything may be in `sys.modules`."""
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else ""


class Project:
    """Tells source files from test files by name and location; remembers the answers.

    Attributes:
        kind: Returns `source` or `test` for the name of a file, or "" if it is not the project's.
    """

    def __init__(self, rootdir: str, module: str) -> None:
        self.root = Path(os.path.realpath(rootdir))
        self.module = module
        self.kind: Callable[[str], str] = functools.cache(self._kind)
        self._classes: dict[int, tuple[type, bool]] = {}

    def _kind(self, filename: str) -> str:
        path = Path(os.path.realpath(filename))
        if not filename or filename.startswith("<") or not path.is_relative_to(self.root):
            return ""
        parts = path.relative_to(self.root).parts
        if INSTALLED.intersection(parts):
            return ""
        is_test_name = path.name == "conftest.py" or path.name.startswith("test_") or path.stem.endswith("_test")
        return "test" if is_test_name or TEST_FOLDERS.intersection(parts[:-1]) else "source"

    def owns(self, cls: type) -> bool:
        """Whether it is a class of the project that a test can call to make an object: not an enum."""
        known = self._classes.get(id(cls))
        if known is None:
            known = self._classes[id(cls)] = (cls, self._owns(cls))
        return known[1]

    def _owns(self, cls: type) -> bool:
        if "<" in cls.__qualname__ or issubclass(cls, enum.Enum | type):
            return False
        if cls.__module__ == self.module:
            return True
        return self.kind(file_of(sys.modules.get(cls.__module__))) == "source"
