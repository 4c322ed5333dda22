"""Serves one source file from a text, under whatever name and by whatever way it is imported."""

from __future__ import annotations

import importlib.abc
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType


def compiled(text: str, filename: str, flags: int = 0) -> CodeType:
    """The code of a whole file, or of a part; what the compiler would warn of, it warned of before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code: CodeType = compile(text, filename, "exec", flags, dont_inherit=True)
        return code


class SourceFinder(importlib.abc.MetaPathFinder):
    """Finds what the finders after it find, and puts `text` in the place of what is in the file.

    Attributes:
        code: What was served, None before.
        filename: The name it was compiled under.
        before: Called before the module runs.
    """

    def __init__(self, path: Path, text: str, before: Callable[[SourceFinder], None] | None = None) -> None:
        self.path = os.path.realpath(path)
        self.names = {path.stem, path.parent.name}
        self.text = text
        self.before = before
        self.code: CodeType | None = None
        self.filename = ""

    def serve(self, text: str) -> None:
        """From now on this text, and nothing is called."""
        self.text, self.code, self.before = text, None, None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As the import system asks."""
        if fullname.rpartition(".")[2] not in self.names:
            return None
        for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                return self._with_text(spec)
        return None

    def _with_text(self, spec: ModuleSpec) -> ModuleSpec:
        if spec.origin is not None and spec.has_location and os.path.realpath(spec.origin) == self.path:
            spec.loader = _Loader(spec.name, spec.origin, self)
        return spec

    def is_loaded(self) -> bool:
        """Whether the file was imported by something that came before."""
        files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        return any(isinstance(file, str) and os.path.realpath(file) == self.path for file in files)


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, finder: SourceFinder) -> None:
        super().__init__(fullname, path)
        self.finder = finder

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - as the import system asks
        finder = self.finder
        if finder.code is None:
            finder.filename = str(self.path)
            finder.code = compiled(finder.text, finder.filename)
            if finder.before is not None:
                finder.before(finder)
        return finder.code
