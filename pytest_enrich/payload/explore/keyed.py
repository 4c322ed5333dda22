"""Keys: what the mappings hold that a function looks one of its parameters up in."""

from __future__ import annotations

import ast
import contextlib
import enum
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from ..express import express
from .body import nodes, owner_of

MOST = 60
LOOKUPS = {"get", "pop", "setdefault"}
CLEANED = {"lower", "upper", "strip", "casefold"}
"""Methods of a text that leave what it is looked up by."""


def of(function: object, parameter: str) -> tuple[str, ...]:
    """Templates of the keys, in their order, of the mappings and enumerations that it looks it up in."""
    found = (place for node in nodes(function) for place, key in _looked_up(node) if _name(key) == parameter)
    keys = (key for place in found for key in _keys(_value(place, function)))
    return tuple(dict.fromkeys(text for key in keys if (text := express(key)) is not None))[:MOST]


def _looked_up(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """`m[key]`, `m.get(key)` and `key in m`: the mapping and the key."""
    if isinstance(node, ast.Subscript):
        yield node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from [(node.func.value, node.args[0])] if node.func.attr in LOOKUPS and node.args else []
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        yield node.comparators[0], node.left


def _name(key: ast.expr) -> str:
    while isinstance(key, ast.Call) and isinstance(key.func, ast.Attribute) and key.func.attr in CLEANED:
        key = key.func.value
    return key.id if isinstance(key, ast.Name) else ""


def _value(place: ast.expr, function: object) -> Any:
    """What a name of the module, or an attribute of the class or of a module, stands for; None for all else."""
    if isinstance(place, ast.Name):
        return getattr(inspect.unwrap(function), "__globals__", {}).get(place.id)  # type: ignore[arg-type]
    if isinstance(place, ast.Attribute) and isinstance(place.value, ast.Name):
        name = place.value.id
        holder = owner_of(function) if name in {"self", "cls"} else _value(place.value, function)
        return inspect.getattr_static(holder, place.attr, None)
    return None


def _keys(value: object) -> list[object]:
    if isinstance(value, enum.EnumMeta):
        return [*value.__members__]
    with contextlib.suppress(Exception):  # a mapping of the project's may do anything
        if isinstance(value, Mapping) and len(value) <= MOST:
            return [key for key in value if type(key) in {str, int, bytes}]
    return []
