"""The arguments of a `parametrize` call."""

from __future__ import annotations

import ast
from typing import TypeGuard

import libcst as cst

NAMES, VALUES, IDS = ("argnames", 0), ("argvalues", 1), ("ids", 3)


def is_parametrize(call: cst.CSTNode) -> TypeGuard[cst.Call]:
    """Whether this is a call of something that is named `parametrize`."""
    return isinstance(call, cst.Call) and last_name(call.func) == "parametrize"


def last_name(node: cst.BaseExpression) -> str:
    """`param` of `pytest.param`, "" of what is no name."""
    node = node.attr if isinstance(node, cst.Attribute) else node
    return node.value if isinstance(node, cst.Name) else ""


def names(call: cst.Call) -> tuple[str, ...] | None:
    """The names that the call gives values to, None when that cannot be read."""
    given = _literal(argument(call, *NAMES))
    if argument(call, *VALUES) is None or not isinstance(given, str | list | tuple):
        return None
    words = given.split(",") if isinstance(given, str) else given
    return tuple(word.strip() for word in words if isinstance(word, str) and word.strip())


def is_bare(call: cst.Call) -> bool:
    """Whether a case is the value itself, not a tuple of values."""
    given = names(call)
    return isinstance(_literal(argument(call, *NAMES)), str) and given is not None and len(given) == 1


def argument(call: cst.Call, keyword: str, index: int) -> cst.Arg | None:
    """The argument of this name or at this place; None when it is not there or cannot be told."""
    if any(one.star for one in call.args):
        return None
    named = [one for one in call.args if one.keyword is not None and one.keyword.value == keyword]
    positional = [one for one in call.args if one.keyword is None]
    return named[0] if named else positional[index] if index < len(positional) else None


def _literal(given: cst.Arg | None) -> object:
    if given is None:
        return None
    try:
        return ast.literal_eval(cst.Module(body=()).code_for_node(given.value).strip())
    except (ValueError, SyntaxError):
        return None
