"""What the source of a test's values means, in the names of its file."""

from __future__ import annotations

from collections.abc import Mapping
from types import CodeType
from typing import Any, TypeAlias

from .. import express

Path: TypeAlias = tuple[str, ...]
"""The names of types from the outside of a value to a part of it: ``("list", "int")``."""

DEEPEST = 3


class Names:
    """The names of a test file, in which the source of its values means something."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self._compiled: dict[str, tuple[CodeType, dict[str, object]]] = {}
        self._parts: dict[str, frozenset[Path]] = {}

    def value(self, template: str) -> Any:
        """The value, made anew.

        Raises:
            Exception: Whatever making it raises.
        """
        if template not in self._compiled:
            source, names = express.compilable(template)
            self._compiled[template] = compile(source, "<enrich>", "eval"), names
        code, names = self._compiled[template]
        return eval(code, {**self._namespace, **names})

    def parts(self, template: str) -> frozenset[Path]:
        """The types that its value is made of; none for what cannot be made here."""
        if template not in self._parts:
            try:
                self._parts[template] = frozenset(_parts(self.value(template), DEEPEST))
            except Exception:  # a constructor that refuses, a name that is gone
                self._parts[template] = frozenset()
        return self._parts[template]


def _parts(value: object, depth: int) -> set[Path]:
    kind = type(value).__qualname__
    found: set[Path] = {(kind,)}
    if depth and isinstance(value, dict):
        found |= {(f"{kind} key", *path) for one in value for path in _parts(one, depth - 1)}
    if depth and isinstance(value, list | tuple | set | frozenset | dict):
        inner = value.values() if isinstance(value, dict) else value
        found |= {(kind, *path) for one in inner for path in _parts(one, depth - 1)}
    return found
