"""A template with less in it: a call without a part, or a part of it alone; a list without an element."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from . import spans
from .spans import Span

WHOLE = (ast.List, ast.Set, ast.Tuple, ast.Dict, ast.Call)
"""What may stand in the place of what is made of it: a number is seldom meant where something is made of one."""
# With fewer elements it would be written in another way.
FEWEST: dict[type[ast.expr], int] = {ast.List: 0, ast.Set: 1, ast.Tuple: 2}


def shorter(template: str) -> Iterator[str]:
    """The template with what a call is given, or made on, in its place; then without one of its parts.

    The outer ones come first, and the last of several before the first.
    """
    try:
        tree, place = spans.parse(template)
    except (SyntaxError, ValueError, RecursionError):
        return
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        start, end = place.of((call, call))
        for first, last in (place.of((one, one)) for one in (*_given(call), *_steps(call))):
            yield f"{template[:start]}{template[first:last]}{template[end:]}"
    for node in ast.walk(tree):
        yield from _without_each(template, [place.of(part) for part in _parts(node)])


def _given(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments that may stand in its place; a built-in that converts one is there for a reason."""
    if isinstance(call.func, ast.Name) and call.func.id.strip("_"):
        return iter(())
    return (one for one in (*call.args, *(given.value for given in call.keywords)) if isinstance(one, WHOLE))


def _steps(call: ast.Call) -> list[ast.expr]:
    """What a call without arguments is made on, where that is a call as well: `f(2).copy()` may do with `f(2)`."""
    on = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    return [on] if isinstance(on, ast.Call) and not call.args and not call.keywords else []


def _parts(node: ast.AST) -> list[tuple[ast.expr | ast.keyword, ast.expr]]:
    """The arguments of a call, or the elements of a display: where each begins, and where it ends."""
    if isinstance(node, ast.Call) and _converts(node):
        return []
    if isinstance(node, ast.Call) and all(one.arg is not None for one in node.keywords):
        keywords = [(one, one.value) for one in node.keywords]
        return [*((one, one) for one in node.args), *keywords]
    if isinstance(node, ast.List | ast.Set | ast.Tuple) and len(node.elts) > FEWEST[type(node)]:
        return [(one, one) for one in node.elts]
    if isinstance(node, ast.Dict):
        return [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
    return []


def _converts(call: ast.Call) -> bool:
    """Whether a built-in type is made of one thing: without it nobody would write so."""
    kind = getattr(builtins, call.func.id, None) if isinstance(call.func, ast.Name) else None
    return isinstance(kind, type) and len(call.args) == 1 and not call.keywords


def _without_each(template: str, spans: list[Span]) -> Iterator[str]:
    for at in reversed(range(len(spans))):
        start, end = spans[at]
        if at:
            start = spans[at - 1][1]
        elif len(spans) > 1:
            end = spans[1][0]
        yield template[:start] + template[end:]
