"""What of all that runs is the project's own code, and what is its tests."""

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
    """The module of that name, imported; not what stands in its place to warn of old names."""
    found = importlib.import_module(name)
    if isinstance(found, ModuleType):
        return found
    held = (
        one
        for one in getattr(found, "__dict__", {}).values()
        if isinstance(one, ModuleType) and one.__name__ == name
    )
    return next(held, found)


def find_by(finders: Iterable[Any], name: str, *asked: object) -> ModuleSpec | None:
    """The spec that the first of these finders has which knows a module of that name."""
    found = (finder.find_spec(name, *asked) for finder in finders)
    return next((spec for spec in found if spec is not None), None)


def file_of(module: object) -> str:
    """Where a loaded module lies, "" where it does not say: in `sys.modules` there may be anything."""
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else ""


class Project:
    """Tells source files from test files by name and place; remembers what it found.

    Attributes:
        kind: `source`, `test`, or "" for what is not the project's, of a file's name.
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
        named = path.name == "conftest.py" or path.name.startswith("test_") or path.stem.endswith("_test")
        return "test" if named or TEST_FOLDERS.intersection(parts[:-1]) else "source"

    def owns(self, cls: type) -> bool:
        """Whether a test could make an object of the class by calling it: members of enums are named instead."""
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
