"""The statements of a test: which a part of it needs, and which it may do without.

What was not registered, stored or set up is what nobody tried.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from pytest_enrich.data import Hole, Pattern, Span, Variant
from pytest_enrich.proposers.rows.addable import LEFT_OUT
from pytest_enrich.validate.shield import keeps_apart, replaces
from pytest_enrich.writing.syntax import Function, inner_nodes, is_within, last_name, loaded, span, stored, used

MOST_NEEDED = 10
HEARING = {"capsys", "capfd", "capsysbinary", "capfdbinary", "caplog", "recwarn"}
"""Fixtures that tell what any call said, whatever it was given."""
RAISING = {"raises", "assertRaises", "assertRaisesRegex"}
MOST_STEPS = 12
NO_STEPS = {
    "skip", "fail", "xfail", "exit", "importorskip", "print", "sleep", "set_trace", "addCleanup", "filterwarnings",
    "simplefilter",
}  # fmt: skip
"""Functions that say something about the test, or look at it."""


def needed_before(
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
    tainted, told = set(names), list[ast.stmt]()
    local = stored(*body) | set(arguments)
    for one in body:
        inside = any(is_within(place, span(one)) for place in spans)
        if (not inside and not used(one) & tainted) or span(one) in without:
            continue
        tainted |= HEARING & set(arguments)
        tainted |= _touched(one) & local
        told += [one] if any(asserts(node) or _expects_any(node) for node in ast.walk(one)) else []
    if not told:
        return None
    last = body.index(told[-1])
    free = needed_before([one for one in body[: last + 1] if span(one) not in without], set(), told)
    if free is None or len(free) + len(told) > MOST_NEEDED:
        return None
    return [one for one in body if one in told or one in free]


def _expects_any(node: ast.AST) -> bool:
    """Whether it is a block that says what it raises."""
    return isinstance(node, ast.With | ast.AsyncWith) and any(map(expects_raise, node.items))


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


def expects_raise(item: ast.withitem) -> bool:
    """Whether a block says what it raises."""
    return isinstance(item.context_expr, ast.Call) and last_name(item.context_expr.func) in RAISING


def is_assertion(call: ast.Call) -> bool:
    """Whether it is a call like `self.assertEqual(...)` or `assert_equal(...)`."""
    return last_name(call.func).startswith("assert")


def step_holes(function: Function) -> list[Hole]:
    """A place for each step: whether it is done."""
    found = _steps(function.body, function)
    return [Hole(span=span(one), values=("True",), adds=LEFT_OUT, offers=("False",)) for one in found][:MOST_STEPS]


def left_out(pattern: Pattern, variant: Variant) -> set[Span]:
    """The places of the steps that a variant does without."""
    changed = (pattern.holes[at] for at, _ in variant.values)
    return {hole.span for hole in changed if hole.adds == LEFT_OUT and hole.span is not None}


def statements_at(function: Function, places: set[Span]) -> list[ast.stmt]:
    """The steps at these places."""
    return [node for node in inner_nodes(function) if isinstance(node, ast.stmt) and span(node) in places]


def unneeded_names(function: Function, pattern: Pattern, variant: Variant) -> set[str]:
    """The names that only the steps use which a variant does without."""
    steps = statements_at(function, left_out(pattern, variant))
    inside = {id(node) for step in steps for node in ast.walk(step)}
    others = (node for node in inner_nodes(function) if id(node) not in inside)
    return used(*steps) - {node.id for node in others if isinstance(node, ast.Name)}


def step_name(step: ast.stmt) -> str:
    """The step in a name: the word for what it does, "" for none."""
    value = step.value if isinstance(step, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    return last_name(call.func) if isinstance(call, ast.Call) else getattr(step, "name", "")


def _steps(body: Sequence[ast.stmt], function: Function) -> Iterator[ast.stmt]:
    """Those of a block and of the `with` blocks in it, but what is alone in one, or expected to raise."""
    for one in body:
        if isinstance(one, ast.With | ast.AsyncWith):
            if len(one.body) > 1 and not any(map(expects_raise, one.items)):
                yield from _steps(one.body, function)
        elif _does(one) or _registers(one, function):
            yield one


def _does(one: ast.stmt) -> bool:
    """Whether it calls or sets something, and binds no name that others need, nor keeps the machine out."""
    if any(replaces(call.func) for call in ast.walk(one) if isinstance(call, ast.Call)):
        return False
    if isinstance(one, ast.Assign):
        return len(one.targets) == 1 and isinstance(one.targets[0], ast.Attribute | ast.Subscript)
    return isinstance(one, ast.Expr) and not asserts(one) and step_name(one) not in {"", *NO_STEPS}


def _registers(one: ast.stmt, function: Function) -> bool:
    """Whether it is a function that only its decorator knows."""
    others = used(*(other for other in function.body if other is not one))
    return registers(one) and getattr(one, "name", "") not in others
