"""A function's source, and what the names in it stand for."""

from __future__ import annotations

import ast
import contextlib
import enum
import functools
import inspect
import sys
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from ..express import express

KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
    inspect.Parameter.VAR_POSITIONAL: "variadic",
    inspect.Parameter.KEYWORD_ONLY: "keyword only",
    inspect.Parameter.VAR_KEYWORD: "keywords",
}
MOST = 60
LOOKUPS = {"get", "pop", "setdefault"}
CLEANED = {"lower", "upper", "strip", "casefold"}
"""Methods of a text that leave what it is looked up by."""
SELF = "self"


def nodes(function: object) -> tuple[ast.AST, ...]:
    """All nodes of a function's source; none where it has none that stands alone."""
    try:
        return _nodes(inspect.unwrap(function) if callable(function) else function)
    except TypeError:  # it cannot be hashed
        return ()


@functools.lru_cache(maxsize=512)
def _nodes(function: object) -> tuple[ast.AST, ...]:
    try:
        return tuple(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))))  # type: ignore[arg-type]
    except Exception:  # no source, or none that stands alone
        return ()


def code_of(function: object) -> object:
    """Its code object, decorators taken off; None where there is none."""
    return getattr(inspect.unwrap(function) if callable(function) else function, "__code__", None)


def function_of(node: ast.expr, function: object) -> Any:
    """The function that a name, or a method of the same object, stands for; None for any other."""
    found: Any = None
    if isinstance(node, ast.Name):
        found = getattr(function, "__globals__", {}).get(node.id)
    elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in {"self", "cls"}:
        found = getattr(owner_of(function), node.attr, None)
    found = getattr(found, "__func__", found)
    return found if inspect.isfunction(found) and hasattr(inspect.unwrap(found), "__code__") else None


def owner_of(function: object) -> object:
    """The class, or the module, that it is in."""
    found: object = sys.modules.get(getattr(function, "__module__", ""))
    for part in getattr(function, "__qualname__", "").split(".")[:-1]:
        found = getattr(found, part, None)
    return found


def parameters(function: Any, *, bound: bool) -> tuple[dict[str, Any], ...]:
    """The JSON form of a function's parameters, without the bound one; none where it has no signature."""
    try:
        found = list(inspect.signature(function).parameters.values())[bound:]
    except (TypeError, ValueError):
        return ()
    return tuple({"name": one.name, "kind": KINDS[one.kind], "default": _default(one)} for one in found)


def _default(parameter: inspect.Parameter) -> str | None:
    return None if parameter.default is parameter.empty else express(parameter.default) or "..."


def answers(function: object) -> bool:
    """Whether a function returns anything but None somewhere, as far as its source tells."""
    returned = [node.value for node in nodes(function) if isinstance(node, ast.Return | ast.Yield)]
    silent = all(value is None or (isinstance(value, ast.Constant) and value.value is None) for value in returned)
    return not silent or isinstance(function, type)


def keys_looked_up(function: object, parameter: str) -> tuple[str, ...]:
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


def changing_methods(owner: type) -> Iterator[str]:
    """The names of the public ones that a class of the project has, those of classes above it included."""
    held = {name: one for cls in reversed(owner.__mro__) for name, one in vars(cls).items()}
    for name, function in sorted(held.items()):
        is_plain = not name.startswith("_") and _is_done_at_once(function)
        if is_plain and needs_nothing(function) and _changes(function):
            yield name


def _is_done_at_once(function: object) -> bool:
    """Whether it is a function that does what it does when it is called, or awaited: no generator."""
    later = (inspect.isasyncgenfunction, inspect.isgeneratorfunction)
    return inspect.isfunction(function) and not any(asked(function) for asked in later)


def needs_nothing(function: object) -> bool:
    """Whether a method takes nothing, or has a default for all that it takes."""
    try:
        _, *others = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):  # it takes nothing at all, or nobody says what
        return False
    return all(one.default is not one.empty or one.kind in {one.VAR_POSITIONAL, one.VAR_KEYWORD} for one in others)


def _changes(function: object) -> bool:
    """Whether it sets what its object keeps, or has something done by it and does nothing with the answer."""
    for node in nodes(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            if _is_own(node):
                return True
        elif isinstance(node, ast.Expr):
            done = node.value.value if isinstance(node.value, ast.Await) else node.value
            if isinstance(done, ast.Call) and _is_own(done.func):
                return True
    return False


def _is_own(node: ast.expr) -> bool:
    """Whether it is of the object: `self.a`, `self.a.b`, `self.a[0]`."""
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute | ast.Subscript):
        inner = inner.value
    return inner is not node and isinstance(inner, ast.Name) and inner.id == SELF
