"""What a function takes, and whether it gives anything back, read off the function itself."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from ..express import express
from .body import nodes

KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
    inspect.Parameter.VAR_POSITIONAL: "variadic",
    inspect.Parameter.KEYWORD_ONLY: "keyword only",
    inspect.Parameter.VAR_KEYWORD: "keywords",
}


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
