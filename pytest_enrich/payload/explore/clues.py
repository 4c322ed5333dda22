"""Clues: what one piece of code says, by itself, of the variables in it."""

from __future__ import annotations

import ast
import collections.abc
from collections.abc import Iterable, Iterator
from typing import Any

from .probing import of_type
from .standard import ALIKE, ANY_NUMBER, TAKING, holders

TEXTUAL = {"match", "fullmatch", "search", "finditer", "findall", "sub", "split"}


def asked(node: ast.AST, function: object) -> Iterator[tuple[str, Any]]:
    """Variables, each with the types that a node of `function` asks of it by name or by a call."""
    if isinstance(node, ast.Compare):
        yield from _compared(node)
        yield from _of_type(node, function)
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name):
        yield node.func.id, {collections.abc.Callable}
    name = node.args[0].id if node.args and isinstance(node.args[0], ast.Name) else ""
    last = _last(node)
    if last in {"isinstance", "issubclass"} and len(node.args) > 1 and name:
        yield name, set(_classes(node.args[1], function)) if last == "isinstance" else {type}
    elif last == "hasattr" and name and isinstance(node.args[-1], ast.Constant):
        yield name, set(holders(str(node.args[-1].value)))
    elif last == "callable" and name:
        # Who asks that is ready for something else, too: an index, the name of an attribute.
        yield name, {collections.abc.Callable, Any}
    elif last in {"parse_args", "parse_known_args"} and name:
        yield name, {list[str]}
    elif last in {"iscoroutinefunction", "map", "filter", "reduce", "wraps"} and name:
        yield name, {collections.abc.Callable}
    elif last == "partial":
        inner = 1 if name in {"map", "filter", "reduce"} else 0
        yield from ((part.id, {collections.abc.Callable}) for part in _names(node.args[inner : inner + 1]))


def _compared(node: ast.Compare) -> Iterator[tuple[str, Any]]:
    for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
        for one, other in ((left, right), (right, left)):
            if not isinstance(one, ast.Name):
                continue
            parts = other.elts if isinstance(other, ast.Tuple | ast.List | ast.Set) else [other]
            values = {type(part.value) for part in parts if isinstance(part, ast.Constant)}
            if isinstance(op, ast.In | ast.NotIn) and one is right:
                yield one.id, {str} if values == {str} else set()
            elif isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) and values == {int}:
                yield one.id, ANY_NUMBER
            else:
                yield one.id, values


def _of_type(node: ast.Compare, function: object) -> Iterator[tuple[str, Any]]:
    """`type(a) is b`, `type(a) in (b, c)`."""
    if (made := of_type(node)) is not None:
        kinds = set(_classes(node.comparators[0], function)) - {type(None)}
        yield from ((one.id, kinds) for one in _names(made.args))


def _classes(node: ast.expr, function: object) -> Iterator[type]:
    for part in node.elts if isinstance(node, ast.Tuple | ast.Set | ast.List) else [node]:
        try:
            kind = eval(ast.unparse(part), dict(getattr(function, "__globals__", {})))
        except Exception:  # a name of the function's own
            continue
        yield from (one for one in (kind if isinstance(kind, tuple) else (kind,)) if isinstance(one, type))


def suggested(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """Variables, each with the types of which it may be, to be used as it is in a node."""
    if isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) and isinstance(node.iter, ast.Name):
        yield node.iter.id, {list}
    elif isinstance(node, ast.BinOp):
        yield from _calculated(node)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        by_text = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        is_part = isinstance(node.slice, ast.Slice | ast.Constant | ast.UnaryOp)
        yield from [(node.value.id, {dict} if by_text else {list, str})] if is_part else []


def _called(node: ast.Call) -> Iterator[tuple[str, Any]]:
    names = [part.id if isinstance(part, ast.Name) else "" for part in node.args]
    last = _last(node)
    if last in {"map", "filter", "reduce"}:
        yield from ((name, {list}) for name in names[1:])
    elif kinds := next((TAKING[name] for name in names_of(node.func) if name in TAKING), None):
        yield from ((name, kinds) for name in (names if last in ALIKE else names[:1]))
    elif last in TEXTUAL and isinstance(node.func, ast.Attribute):
        yield from ((name, {str}) for name in names)


def _calculated(node: ast.BinOp) -> Iterator[tuple[str, Any]]:
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(one, ast.Name):
            continue
        constant = type(other.value) if isinstance(other, ast.Constant) else None
        if constant is str and isinstance(node.op, ast.Add):
            yield one.id, {str}
        elif constant in ANY_NUMBER and not (isinstance(node.op, ast.Mult) and one is node.right):
            yield one.id, ANY_NUMBER


def _last(node: ast.Call) -> str:
    return names_of(node.func)[0]


def names_of(called: ast.expr) -> tuple[str, ...]:
    """The last name of what is called, and the same with the one before it: `walk` and `os.walk`."""
    if isinstance(called, ast.Attribute):
        return called.attr, f"{getattr(called.value, 'id', '')}.{called.attr}"
    return (getattr(called, "id", ""),)


def _names(nodes_of: Iterable[ast.expr]) -> Iterator[ast.Name]:
    return (one for one in nodes_of if isinstance(one, ast.Name))
