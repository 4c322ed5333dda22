"""The statements of a test: which a part of it needs, and which it may do without.

What was not registered, stored or set up is what nobody tried.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from pytest_enrich.data import Hole, Span, Template
from pytest_enrich.proposers.rows.addable import LEFT_OUT
from pytest_enrich.refine.asserting import keeps_apart, replaces
from pytest_enrich.writing.syntax import (
    Function,
    inner_nodes,
    is_within,
    last_name,
    loaded,
    nodes_of,
    span,
    stored,
    used,
)

MOST_NEEDED = 10
HEARING = {"capsys", "capfd", "capsysbinary", "capfdbinary", "caplog", "recwarn"}
"""Fixtures that know what any call said, whatever it was given."""
RAISING = {"raises", "assertRaises", "assertRaisesRegex"}
MOST_STEPS = 12
NO_STEPS = {
    "skip", "fail", "xfail", "exit", "importorskip", "print", "sleep", "set_trace", "addCleanup", "filterwarnings",
    "simplefilter",
}  # fmt: skip
"""Functions that say something about the test, or look at it."""


def needed_before(
    statements: Sequence[ast.stmt], names: set[str], stating: Collection[ast.stmt] = ()
) -> list[ast.stmt] | None:
    """The statements that something after them, which uses `names`, and those that are `stating` it stand on.

    None when there are too many, or one of them asserts something inside.
    """
    kept: list[ast.stmt] = []
    wanted = set(names)
    for statement in reversed(statements):
        if statement in stating:
            wanted |= used(statement)
            continue
        bound = stored(statement)
        binds = isinstance(statement, ast.Assign | ast.AnnAssign | Function | ast.ClassDef)
        is_spare = binds and bound and not bound & wanted and not registers(statement)
        if asserts(statement) or (is_spare and not keeps_apart(statement)):
            continue
        if not isinstance(statement, Function) and any(nodes_of(ast.Assert, statement)):
            return None
        kept.insert(0, statement)
        # What a name stood for before is of no use to what comes after.
        wanted = (wanted - bound) | loaded(statement) if binds else wanted | used(statement)
    return kept if len(kept) <= MOST_NEEDED else None


def concerned(
    body: Sequence[ast.stmt],
    spans: Collection[Span],
    names: Collection[str],
    arguments: Collection[str],
    without: Collection[Span] = (),
) -> list[ast.stmt] | None:
    """What is left of a test when assertions that these places and names have nothing to do with are left out.

    So are those at the places `without`. None when nothing that asserts is left, or too much.
    """
    tainted, stating = set(names), list[ast.stmt]()
    local = stored(*body) | set(arguments)
    for statement in body:
        inside = any(is_within(place, span(statement)) for place in spans)
        if not inside and _binds_anew(statement) and not loaded(statement) & tainted:
            tainted -= stored(statement)
        if (not inside and not used(statement) & tainted) or span(statement) in without:
            continue
        tainted |= HEARING & set(arguments)
        tainted |= _touched(statement) & local
        if any(asserts(node) or _expects_any(node) for node in ast.walk(statement)):
            stating.append(statement)
    if not stating:
        return None
    upto = body[: body.index(stating[-1]) + 1]
    needed = needed_before([statement for statement in upto if span(statement) not in without], set(), stating)
    if needed is None or len(needed) + len(stating) > MOST_NEEDED:
        return None
    return [statement for statement in body if statement in stating or statement in needed]


def registers(statement: ast.stmt) -> bool:
    """Whether it is a function with a decorator, which may tell others of it."""
    return isinstance(statement, Function) and bool(statement.decorator_list)


def asserts(node: ast.AST) -> bool:
    """Whether a node is a statement that asserts, or says something only to readers."""
    if isinstance(node, ast.Assert):
        return True
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and is_assertion(value))


def expects_raise(item: ast.withitem) -> bool:
    """Whether a block says what it raises."""
    return isinstance(item.context_expr, ast.Call) and last_name(item.context_expr.func) in RAISING


def is_assertion(call: ast.Call) -> bool:
    """Whether it is a call like `self.assertEqual(...)` or `assert_equal(...)`, or one of those that nose had."""
    return last_name(call.func).startswith("assert") or last_name(call.func) in {"eq_", "ok_"}


def all_steps(function: Function) -> list[ast.stmt]:
    """What a test does: its body without the docstring."""
    return function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body


def step_holes(function: Function) -> list[Hole]:
    """A place for each step: whether it is done."""
    places = map(span, _steps(function.body, function))
    return [Hole(span=place, values=("True",), adds=LEFT_OUT, offers=("False",)) for place in places][:MOST_STEPS]


def left_out(function: Function, changes: Collection[tuple[Hole, Template]]) -> list[ast.stmt]:
    """The steps that a variant does without."""
    places = {hole.span for hole, _ in changes if hole.adds == LEFT_OUT}
    return [node for node in nodes_of(ast.stmt, *function.body) if span(node) in places]


def unneeded_names(function: Function, changes: Collection[tuple[Hole, Template]]) -> set[str]:
    """The names that only the steps use which a variant does without."""
    steps = left_out(function, changes)
    inside = {id(node) for step in steps for node in ast.walk(step)}
    others = (node for node in inner_nodes(function) if id(node) not in inside)
    return used(*steps) - {node.id for node in others if isinstance(node, ast.Name)}


def step_name(step: ast.stmt) -> str:
    """The step in a name: the word for what it does, "" for none."""
    value = step.value if isinstance(step, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    return last_name(call.func) if isinstance(call, ast.Call) else getattr(step, "name", "")


def _binds_anew(statement: ast.stmt) -> bool:
    """Whether its names have nothing to do with what they stood for before."""
    return isinstance(statement, ast.Assign) and all(isinstance(target, ast.Name) for target in statement.targets)


def _expects_any(node: ast.AST) -> bool:
    """Whether it is a block that says what it raises."""
    return isinstance(node, ast.With | ast.AsyncWith) and any(map(expects_raise, node.items))


def _touched(statement: ast.stmt) -> set[str]:
    """The names that are something else after a statement; a call may change whatever it is given."""
    if isinstance(statement, ast.Expr):
        return set() if asserts(statement) else used(statement)
    targets = statement.targets if isinstance(statement, ast.Assign | ast.Delete) else []
    changed = (target for target in targets if isinstance(target, ast.Attribute | ast.Subscript))
    return stored(statement) | used(*changed)


def _steps(body: Sequence[ast.stmt], function: Function) -> Iterator[ast.stmt]:
    """Those of a block and of the `with` blocks in it, but what is alone in one, or expected to raise."""
    for statement in body:
        if isinstance(statement, ast.With | ast.AsyncWith):
            if len(statement.body) > 1 and not _expects_any(statement):
                yield from _steps(statement.body, function)
        elif _does(statement) or _is_only_registered(statement, function):
            yield statement


def _does(statement: ast.stmt) -> bool:
    """Whether it calls or sets something, and binds no name that others need, nor keeps the machine out."""
    if any(replaces(call.func) for call in nodes_of(ast.Call, statement)):
        return False
    if isinstance(statement, ast.Assign):
        return len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Attribute | ast.Subscript)
    return (
        isinstance(statement, ast.Expr) and not asserts(statement) and step_name(statement) not in {"", *NO_STEPS}
    )


def _is_only_registered(statement: ast.stmt, function: Function) -> bool:
    """Whether it is a function that only its decorator knows."""
    others = used(*(other for other in function.body if other is not statement))
    return registers(statement) and getattr(statement, "name", "") not in others
