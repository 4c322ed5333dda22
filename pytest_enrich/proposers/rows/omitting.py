"""Steps that a test may do without: what was not registered, stored or set up is what nobody tried."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_enrich.data import Hole, Pattern, Span, Variant
from pytest_enrich.proposers.rows import part
from pytest_enrich.proposers.rows.marks import LEFT_OUT
from pytest_enrich.proposers.rows.names import Function, last, nodes, used
from pytest_enrich.proposers.rows.text import span
from pytest_enrich.validate.shield import replaces

MOST = 12
NO_STEPS = {
    "skip", "fail", "xfail", "exit", "importorskip", "print", "sleep", "set_trace", "addCleanup", "filterwarnings",
    "simplefilter",
}  # fmt: skip
"""Functions that say something about the test, or look at it."""


def holes(function: Function) -> list[Hole]:
    """A place for each step: whether it is done."""
    found = _steps(function.body, function)
    return [Hole(span=span(one), values=("True",), adds=LEFT_OUT, offers=("False",)) for one in found][:MOST]


def gone(pattern: Pattern, variant: Variant) -> set[Span]:
    """The places of the steps that a variant does without."""
    changed = (pattern.holes[at] for at, _ in variant.values)
    return {hole.span for hole in changed if hole.adds == LEFT_OUT and hole.span is not None}


def statements(function: Function, places: set[Span]) -> list[ast.stmt]:
    """The steps at these places."""
    return [node for node in nodes(function) if isinstance(node, ast.stmt) and span(node) in places]


def unneeded(function: Function, pattern: Pattern, variant: Variant) -> set[str]:
    """The names that only the steps use which a variant does without."""
    steps = statements(function, gone(pattern, variant))
    inside = {id(node) for step in steps for node in ast.walk(step)}
    others = (node for node in nodes(function) if id(node) not in inside)
    return used(*steps) - {node.id for node in others if isinstance(node, ast.Name)}


def told(step: ast.stmt) -> str:
    """The step in a name: the word for what it does, "" for none."""
    value = step.value if isinstance(step, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    return last(call.func) if isinstance(call, ast.Call) else getattr(step, "name", "")


def _steps(body: Sequence[ast.stmt], function: Function) -> Iterator[ast.stmt]:
    """Those of a block and of the `with` blocks in it, but what is alone in one, or expected to raise."""
    for one in body:
        if isinstance(one, ast.With | ast.AsyncWith):
            if len(one.body) > 1 and not any(map(part.tells_raised, one.items)):
                yield from _steps(one.body, function)
        elif _does(one) or _registers(one, function):
            yield one


def _does(one: ast.stmt) -> bool:
    """Whether it calls or sets something, and binds no name that others need, nor keeps the machine out."""
    if any(replaces(call.func) for call in ast.walk(one) if isinstance(call, ast.Call)):
        return False
    if isinstance(one, ast.Assign):
        return len(one.targets) == 1 and isinstance(one.targets[0], ast.Attribute | ast.Subscript)
    return isinstance(one, ast.Expr) and not part.asserts(one) and told(one) not in {"", *NO_STEPS}


def _registers(one: ast.stmt, function: Function) -> bool:
    """Whether it is a function that only its decorator knows."""
    others = used(*(other for other in function.body if other is not one))
    return part.registers(one) and getattr(one, "name", "") not in others
