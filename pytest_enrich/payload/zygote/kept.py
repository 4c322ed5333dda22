"""In a child: what was imported ahead of time is brought out, as if it were imported now."""

from __future__ import annotations

import importlib
import importlib.abc
import itertools
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from .seen import Seen

_NOTHING = object()


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
