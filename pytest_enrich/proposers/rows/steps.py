"""The statements of a test: which ones a part of it needs, and which ones it can do without.

Nobody has tried what happens when something is not registered, stored or set up.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from pytest_enrich.data import Hole, Span, Template
from pytest_enrich.proposers.rows.addable import LEFT_OUT
from pytest_enrich.refine.asserting import keeps_apart, replaces
from pytest_enrich.writing.syntax import (
    Function,
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
"""Fixtures that record the output of any call, whatever it was given."""
RAISING = {"raises", "assertRaises", "assertRaisesRegex"}
MOST_STEPS = 12
NO_STEPS = {
    "skip", "fail", "xfail", "exit", "importorskip", "print", "sleep", "set_trace", "addCleanup", "filterwarnings",
    "simplefilter",
}  # fmt: skip
"""Functions that control the test, or only report something."""


def needed_before(
    statements: Sequence[ast.stmt], names: set[str], stating: Collection[ast.stmt] = ()
) -> list[ast.stmt] | None:
    """The statements that the `stating` ones, and what follows and uses `names`, depend on.

    None when there are too many, or one of them has an assertion inside.
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
        # An earlier meaning of a name that is bound here is no use to what follows.
        wanted = (wanted - bound) | loaded(statement) if binds else wanted | used(statement)
    return kept if len(kept) <= MOST_NEEDED else None


def concerned(
    body: Sequence[ast.stmt],
    spans: Collection[Span],
    names: Collection[str],
    arguments: Collection[str],
    without: Collection[Span] = (),
) -> list[ast.stmt] | None:
    """What is left of a test without the assertions that these places and names have nothing to do with.

    Statements at the places `without` are dropped, too. None when no assertion is left, or too much is.
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
    """Whether it is a function with a decorator, which may register it somewhere."""
    return isinstance(statement, Function) and bool(statement.decorator_list)


def asserts(node: ast.AST) -> bool:
    """Whether a node is a statement that asserts, or is only a text for readers."""
    if isinstance(node, ast.Assert):
        return True
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and is_assertion(value))


def expects_raise(item: ast.withitem) -> bool:
    """Whether an item of a `with` block says what is raised in it."""
    return isinstance(item.context_expr, ast.Call) and last_name(item.context_expr.func) in RAISING


def is_assertion(call: ast.Call) -> bool:
    """Whether it is a call like `self.assertEqual(...)` or `assert_equal(...)`, or one of nose's."""
    return last_name(call.func).startswith("assert") or last_name(call.func) in {"eq_", "ok_"}


def all_steps(function: Function) -> list[ast.stmt]:
    """What a test does: its body without the docstring."""
    return function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body


def step_holes(function: Function) -> list[Hole]:
    """A hole for each step: whether it is done."""
    places = map(span, _steps(function.body, function))
    return [Hole(span=place, values=("True",), adds=LEFT_OUT, offers=("False",)) for place in places][:MOST_STEPS]


def left_out(function: Function, changes: Collection[tuple[Hole, Template]]) -> list[ast.stmt]:
    """The steps that a variant does without."""
    places = {hole.span for hole, _ in changes if hole.adds == LEFT_OUT}
    return [node for node in nodes_of(ast.stmt, *function.body) if span(node) in places]


def unneeded_names(function: Function, changes: Collection[tuple[Hole, Template]]) -> set[str]:
    """The names that are used only by steps that a variant does without."""
    steps = left_out(function, changes)
    inside = {*nodes_of(ast.Name, *steps)}
    return used(*steps) - {node.id for node in nodes_of(ast.Name, *function.body) if node not in inside}


def step_name(step: ast.stmt) -> str:
    """The word for a step in a test's name: what it calls or defines, "" for none."""
    value = step.value if isinstance(step, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    return last_name(call.func) if isinstance(call, ast.Call) else getattr(step, "name", "")


def _binds_anew(statement: ast.stmt) -> bool:
    """Whether it rebinds its names, whatever they stood for before."""
    return isinstance(statement, ast.Assign) and all(isinstance(target, ast.Name) for target in statement.targets)


def _expects_any(node: ast.AST) -> bool:
    """Whether it is a block that says what is raised in it."""
    return isinstance(node, ast.With | ast.AsyncWith) and any(map(expects_raise, node.items))


def _touched(statement: ast.stmt) -> set[str]:
    """The names whose values a statement may change; a call may change whatever it is given."""
    if isinstance(statement, ast.Expr):
        return set() if asserts(statement) else used(statement)
    targets = statement.targets if isinstance(statement, ast.Assign | ast.Delete) else []
    changed = (target for target in targets if isinstance(target, ast.Attribute | ast.Subscript))
    return stored(statement) | used(*changed)


def _steps(body: Sequence[ast.stmt], function: Function) -> Iterator[ast.stmt]:
    """The steps of a block and of the `with` blocks in it, except one alone in its block, or expected to raise."""
    for statement in body:
        if isinstance(statement, ast.With | ast.AsyncWith):
            if len(statement.body) > 1 and not _expects_any(statement):
                yield from _steps(statement.body, function)
        elif _does(statement) or _is_only_registered(statement, function):
            yield statement


def _does(statement: ast.stmt) -> bool:
    """Whether it calls or sets something, without binding a name or isolating the test from the machine."""
    if any(replaces(call.func) for call in nodes_of(ast.Call, statement)):
        return False
    if isinstance(statement, ast.Assign):
        return len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Attribute | ast.Subscript)
    return (
        isinstance(statement, ast.Expr) and not asserts(statement) and step_name(statement) not in {"", *NO_STEPS}
    )


def _is_only_registered(statement: ast.stmt, function: Function) -> bool:
    """Whether it is a function that only its decorator refers to."""
    others = used(*(sibling for sibling in function.body if sibling is not statement))
    return registers(statement) and getattr(statement, "name", "") not in others
