"""Whether the objects of a call are made with what their constructors ask for: their hints are respected, too."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ..express import compilable
from . import hints, types


@lru_cache(maxsize=4096)
def is_well_made(template: str) -> bool:
    """Whether literals, names and new objects that constructors are called with are what their hints name.

    What is neither, or has no hint, is taken for right; so is a template that cannot be read.
    """
    if "⟩(" not in template:
        return True
    try:
        source, names = compilable(template)
        tree = ast.parse(source.strip(), mode="eval")
    except Exception:  # a name that is gone, a module of the project's that cannot be imported
        return True
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return all(_is_well_called(node, kind, names) for node in calls if (kind := _made(node, names)) is not None)


def _made(node: ast.expr, names: Mapping[str, object]) -> type | None:
    """The class that an expression makes an object of."""
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    kind = names.get(node.func.id) if is_call else None  # type: ignore[attr-defined]
    return kind if isinstance(kind, type) else None


def _is_well_called(node: ast.Call, kind: type, names: Mapping[str, object]) -> bool:
    known = hints.of_function(getattr(kind, "__init__", None))
    given = _given(node, kind)
    return all(_fits(value, known.get(one.name, types.ANYTHING), one.default, names) for one, value in given)


def _fits(value: ast.expr, hint: Any, default: object, names: Mapping[str, object]) -> bool:
    """Whether a literal or what a name stands for conforms to a hint, or a new object is of a class that does."""
    if (kind := _made(value, names)) is not None:
        return types.admits(kind, hint)
    if isinstance(value, ast.Name) and value.id in names:
        return types.conforms(names[value.id], hint) or any(map(types.is_protocol, types.members(hint)))
    try:
        literal = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return True
    return literal is default or types.conforms(literal, hint)


def _given(node: ast.Call, kind: type) -> Iterator[tuple[inspect.Parameter, ast.expr]]:
    """What a class is called with, each with its parameter."""
    try:
        parameters = inspect.signature(kind).parameters
    except (TypeError, ValueError):  # a constructor of C
        return
    singles = [one for one in parameters.values() if one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}]
    yield from zip(singles, node.args, strict=False)
    yield from ((parameters[one.arg], one.value) for one in node.keywords if one.arg and one.arg in parameters)
