"""The names of a test file: what its templates mean, and of which types their values are made."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType
from typing import Any, TypeAlias

from .. import express
from ..explore.templates import parsed

Path: TypeAlias = tuple[str, ...]
"""The names of types from the outside of a value to a part of it: ``("list", "int")``."""
DEEPEST = 3


def nodes(template: str) -> Iterator[ast.AST]:
    """Those of its tree, none of what cannot be read."""
    tree = parsed(template.strip())
    return iter(()) if tree is None else ast.walk(tree)


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
        return express.made(code, {**self._namespace, **names})

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


def members(rows: Iterable[str], names: Names) -> tuple[str, ...]:
    """`Color.RED` gives `Color.RED`, `Color.GREEN` and so on, in the order of their definition.

    Args:
        rows: Templates of values.
        names: In which they mean something.
    """
    bases = dict.fromkeys(base for text in rows for base in _bases(text))
    return tuple(f"{base}.{name}" for base in bases for name in _names_of(base, names))


def _bases(text: str) -> Iterator[str]:
    """What stands before a dot in a template."""
    found = (node for node in nodes(text) if isinstance(node, ast.Attribute))
    yield from (ast.unparse(node.value) for node in found if isinstance(node.value, ast.Name | ast.Attribute))


def _names_of(base: str, names: Names) -> list[str]:
    try:
        value = names.value(base)
    except Exception:  # a name that is gone
        return []
    is_enumeration = isinstance(value, type) and issubclass(value, enum.Enum)
    return [one.name for one in value if one.name] if is_enumeration else []
