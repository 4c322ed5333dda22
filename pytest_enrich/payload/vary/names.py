"""The names of a test file: what its templates mean, and which types their values consist of."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType
from typing import Any, TypeAlias

from .. import express
from ..explore.templates import parsed

Path: TypeAlias = tuple[str, ...]
"""The names of types from a value down to a part of it: ``("list", "int")``."""
DEEPEST = 3


def nodes(template: str) -> Iterator[ast.AST]:
    """The nodes of a template's syntax tree; none if it cannot be parsed."""
    tree = parsed(template.strip())
    return iter(()) if tree is None else ast.walk(tree)


class Names:
    """The names of a test file, in which templates are evaluated."""

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
        """The types that its value consists of; none if it cannot be evaluated here."""
        if template not in self._parts:
            try:
                self._parts[template] = frozenset(_parts(self.value(template), DEEPEST))
            except Exception:  # a constructor that refuses, a name that is gone
                self._parts[template] = frozenset()
        return self._parts[template]


def _parts(value: object, depth: int) -> set[Path]:
    kind = type(value).__qualname__
    paths: set[Path] = {(kind,)}
    if depth and isinstance(value, dict):
        paths |= {(f"{kind} key", *path) for key in value for path in _parts(key, depth - 1)}
    if depth and isinstance(value, list | tuple | set | frozenset | dict):
        items = value.values() if isinstance(value, dict) else value
        paths |= {(kind, *path) for item in items for path in _parts(item, depth - 1)}
    return paths


def members(rows: Iterable[str], names: Names) -> tuple[str, ...]:
    """`Color.RED` gives `Color.RED`, `Color.GREEN` and so on, in the order of their definition.

    Args:
        rows: Templates of values.
        names: The names in which they are evaluated.
    """
    bases = dict.fromkeys(base for text in rows for base in _bases(text))
    return tuple(f"{base}.{name}" for base in bases for name in _names_of(base, names))


def _bases(text: str) -> Iterator[str]:
    """The expressions before dots in a template."""
    attributes = (node for node in nodes(text) if isinstance(node, ast.Attribute))
    yield from (ast.unparse(node.value) for node in attributes if isinstance(node.value, ast.Name | ast.Attribute))


def _names_of(base: str, names: Names) -> list[str]:
    try:
        value = names.value(base)
    except Exception:  # a name that is gone
        return []
    is_enumeration = isinstance(value, type) and issubclass(value, enum.Enum)
    return [member.name for member in value if member.name] if is_enumeration else []
