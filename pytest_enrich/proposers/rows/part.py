"""Which statements of a test are needed for a part of what it does."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from pytest_enrich.data import Span
from pytest_enrich.proposers.rows.names import Function, last, loaded, stored, used
from pytest_enrich.proposers.rows.text import is_within, span
from pytest_enrich.validate.shield import keeps_apart

MOST = 10
HEARING = {"capsys", "capfd", "capsysbinary", "capfdbinary", "caplog", "recwarn"}
"""Fixtures that tell what any call said, whatever it was given."""
RAISING = {"raises", "assertRaises", "assertRaisesRegex"}


def before(
    statements: Sequence[ast.stmt], names: set[str], told: Collection[ast.stmt] = ()
) -> list[ast.stmt] | None:
    """The statements that something after them, which uses `names`, and those that are `told` stand on.

    None when there are too many, or one of them asserts something inside.
    """
    kept: list[ast.stmt] = []
    wanted = set(names)
    for one in reversed(statements):
        if one in told:
            wanted |= used(one)
            continue
        bound = stored(one)
        plain = isinstance(one, ast.Assign | ast.AnnAssign | Function | ast.ClassDef)
        is_spare = plain and bound and not bound & wanted and not registers(one)
        if asserts(one) or (is_spare and not keeps_apart(one)):
            continue
        if any(isinstance(node, ast.Assert) for node in ast.walk(one)):
            return None
        kept.insert(0, one)
        # What a name stood for before is of no use to what comes after.
        wanted = (wanted - bound) | loaded(one) if plain else wanted | used(one)
    return kept if len(kept) <= MOST else None


def changed(
    body: Sequence[ast.stmt],
    spans: Collection[Span],
    names: Collection[str],
    arguments: Collection[str],
    without: Collection[Span] = (),
) -> list[ast.stmt] | None:
    """What is left of a test when assertions that these places and names have nothing to do with are left out.

    So are those at the places `without`. None when nothing that asserts is left, or too much.
    """
    tainted, told = set(names), list[ast.stmt]()
    local = stored(*body) | set(arguments)
    for one in body:
        inside = any(is_within(place, span(one)) for place in spans)
        if (not inside and not used(one) & tainted) or span(one) in without:
            continue
        tainted |= HEARING & set(arguments)
        tainted |= _touched(one) & local
        told += [one] if any(asserts(node) or _expects(node) for node in ast.walk(one)) else []
    if not told:
        return None
    last = body.index(told[-1])
    free = before([one for one in body[: last + 1] if span(one) not in without], set(), told)
    if free is None or len(free) + len(told) > MOST:
        return None
    return [one for one in body if one in told or one in free]


def _expects(node: ast.AST) -> bool:
    """Whether it is a block that says what it raises."""
    return isinstance(node, ast.With | ast.AsyncWith) and any(map(tells_raised, node.items))


def _touched(one: ast.stmt) -> set[str]:
    """The names that are something else after a statement; a call may change whatever it is given."""
    if isinstance(one, ast.Expr):
        return set() if asserts(one) else used(one)
    targets = one.targets if isinstance(one, ast.Assign | ast.Delete) else []
    return stored(one) | used(*(each for each in targets if isinstance(each, ast.Attribute | ast.Subscript)))


def registers(one: ast.stmt) -> bool:
    """Whether it is a function with a decorator, which may tell others of it."""
    return isinstance(one, Function) and bool(one.decorator_list)


def asserts(node: ast.AST) -> bool:
    """Whether a node is a statement that asserts, or says something only to readers."""
    if isinstance(node, ast.Assert):
        return True
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and is_assertion(value))


def tells_raised(item: ast.withitem) -> bool:
    """Whether a block says what it raises."""
    return isinstance(item.context_expr, ast.Call) and last(item.context_expr.func) in RAISING


def is_assertion(call: ast.Call) -> bool:
    """Whether it is a call like `self.assertEqual(...)` or `assert_equal(...)`."""
    return last(call.func).startswith("assert")
