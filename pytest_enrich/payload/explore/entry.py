"""Functions that may be called."""

from __future__ import annotations

import dataclasses
from typing import Any

from . import command
from .operators import BETWEEN, COPYING, MAKERS, OPERATORS


@dataclasses.dataclass(frozen=True)
class Entry:
    """A function that may be called; `parameters` are JSON forms of `data.Parameter`.

    `answers` says whether it returns values, so that None is one, too. `line` is how a command is called. One that
    `is_elsewhere` is of another module than the one under test. What `is_async` gives has to be awaited.
    """

    module: str
    qualname: str
    kind: str
    parameters: tuple[dict[str, Any], ...]
    answers: bool = True
    line: command.Line | None = None
    is_elsewhere: bool = False
    is_async: bool = False

    @property
    def key(self) -> str:
        """What its calls name it by: the qualname, of another module with the module's name before it."""
        return f"{self.module}:{self.qualname}" if self.is_elsewhere else self.qualname

    @property
    def name(self) -> str:
        """The last part of the qualname."""
        return self.qualname.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The class's qualname, "" for a function."""
        return self.qualname.rpartition(".")[0]

    @property
    def is_unusual(self) -> bool:
        """Whether it is a special method that no operator stands for."""
        special = self.name.startswith("__") and self.name.endswith("__")
        return special and self.name not in {*OPERATORS, *MAKERS, *COPYING, "__call__", "__hash__"}

    @property
    def is_operator(self) -> bool:
        """Whether it is called between two objects, which are most often of the same class."""
        return OPERATORS.get(self.name, "") in BETWEEN

    @property
    def needs_receiver(self) -> bool:
        """Whether it is called on an object."""
        return self.kind in {"method", "property", "setter"} and self.name not in MAKERS
