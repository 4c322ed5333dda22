"""Where a test looks at what the code gave, and where the value stands that it expects there."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Point, Span
from pytest_enrich.proposers.rows import called, message, variables
from pytest_enrich.proposers.rows.literal import is_literal
from pytest_enrich.proposers.rows.names import last
from pytest_enrich.proposers.rows.text import span

EQUAL = {"assertEqual", "assertEquals", "assertListEqual", "assertDictEqual", "assertTupleEqual"}
HELPERS = {"assert_equal", "assert_equals", "assert_eq", "eq_"}
"""Functions that assert the same, in tests that are no classes of `unittest`."""
TRUTH = {"assertTrue": True, "assertFalse": False}
BOTH = 2
LONGEST_MESSAGE = 1000
"""What is matched is only its beginning."""


class Look(Struct, frozen=True, kw_only=True):
    """A point of a test, and the place of its expected value.

    Attributes:
        point: What is looked at.
        name: The parameter that is expected there, "" for none.
        site: The literal or the name that is expected there; None for a truth, which has no place.
        approx: Whether it is inside of `pytest.approx`.
        identity: Whether it is compared with `is`.
        constant: Whether it is a constant of a class or a module, whose like may stand there.
        room: The most characters of what may be expected there.
        conditional: Whether the parameter says, too, which way the test goes (`if expected is None:`): a row that
            goes another way does not come here.
    """

    point: Point
    name: str = ""
    site: Span | None = None
    approx: bool = False
    identity: bool = False
    constant: bool = False
    room: int = 72
    conditional: bool = False


def expecting(function: ast.AST, parameters: Collection[str]) -> list[Look]:
    """The looks at which a parameter is expected, of those that are used for nothing else but to choose a way."""
    looks = [look for node in ast.walk(function) for look in _looks(node) if look.name in parameters]
    uses = Counter(node.id for node in ast.walk(function) if isinstance(node, ast.Name))
    asked = Counter(_asked(function))
    pure = {
        name for name, count in Counter(look.name for look in looks).items() if uses[name] == count + asked[name]
    }
    return [replace(look, conditional=asked[look.name] > 0) for look in looks if look.name in pure]


def _asked(function: ast.AST) -> Iterator[str]:
    """Names of which an `if` asks whether they are None, or true, as often as it does."""
    for node in ast.walk(function):
        if not isinstance(node, ast.If):
            continue
        test = (
            node.test.operand
            if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
            else node.test
        )
        if (
            isinstance(test, ast.Compare)
            and isinstance(test.ops[0], ast.Is | ast.IsNot)
            and _is_none(test.comparators)
        ):
            test = test.left
        if isinstance(test, ast.Name):
            yield test.id


def _is_none(comparators: Sequence[ast.expr]) -> bool:
    return len(comparators) == 1 and isinstance(comparators[0], ast.Constant) and comparators[0].value is None


def of_literals(function: ast.AST, known: Collection[Look] = ()) -> list[Look]:
    """The looks at which a literal, or a truth, is expected; where nothing better is, that of a comparison.

    Statements that `known` looks are in have none.
    """
    taken = {look.point.span for look in known}
    values = variables.expected(function)
    found = []
    for node in ast.walk(function):
        looks = [_resolved(look, values) for look in _looks(node) if not look.name or look.name in values]
        looks = looks or list(_comparison(node))
        found += [look for look in looks if look.point.span not in taken]
    messages = (Look(point=point, room=LONGEST_MESSAGE) for point in message.points(function))
    return [*found, *(look for look in messages if look.point.span not in taken)]


def _resolved(look: Look, values: Mapping[str, ast.expr]) -> Look:
    """One at a variable that holds what is expected is one at its value."""
    if not look.name:
        return look
    room = max(look.room, 2 * len(ast.unparse(values[look.name])))
    return replace(look, name="", site=span(values[look.name]), room=room)


def sides(function: ast.AST) -> Iterator[ast.expr]:
    """What assertions compare with or are given just so: a literal there is expected, however that is said."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            yield from (node.test.left, *node.test.comparators)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from node.args if node.func.attr.startswith("assert") else ()


def _comparison(node: ast.AST) -> Iterator[Look]:
    """Whether two things that are no literals are equal, or one is in the other."""
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and len(node.test.ops) == 1:
        yield Look(point=Point(form="truth", span=span(node), subject=span(node.test)))


def _looks(node: ast.AST) -> Iterator[Look]:
    if isinstance(node, ast.Assert):
        yield from _asserted(node, node.test)
    elif isinstance(node, ast.Expr) and (mock := called.subject(node)) is not None:
        point = Point(form="called", span=span(node), subject=span(mock))
        yield Look(point=point, site=called.arguments(node))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _unittest(node, node.value)
    elif isinstance(node, ast.With | ast.AsyncWith):
        unused = (item.context_expr for item in node.items if item.optional_vars is None)
        yield from (look for expression in unused for look in _raising(expression))


def _asserted(statement: ast.stmt, test: ast.expr) -> Iterator[Look]:
    inner = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is):
        sides = (test.left, test.comparators[0])
        yield from _compared(statement, sides, identity=isinstance(test.ops[0], ast.Is))
    elif isinstance(inner, ast.Call | ast.Attribute):
        yield Look(point=Point(form="truth", span=span(statement), subject=span(inner)))


def _unittest(statement: ast.stmt, call: ast.Call) -> Iterator[Look]:
    function = call.func
    on_self = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
    name = function.attr if isinstance(function, ast.Attribute) and on_self else ""
    if name in EQUAL or getattr(function, "id", "") in HELPERS:
        both = call.args if len(call.args) == BOTH and not call.keywords else ()
        yield from _compared(statement, (both[0], both[1]), identity=False) if both else ()
    elif name in TRUTH and len(call.args) == 1 and isinstance(call.args[0], ast.Call | ast.Attribute):
        yield Look(point=Point(form="truth", span=span(statement), subject=span(call.args[0])))


def _compared(statement: ast.stmt, sides: tuple[ast.expr, ast.expr], *, identity: bool) -> Iterator[Look]:
    """The look at one side when the other one is a literal, and those when one is a name."""
    for expected, subject in (sides[::-1], sides):
        inner, approx = _inside(expected)
        if is_literal(subject) or isinstance(_inside(subject)[0], ast.Constant):
            continue
        point = Point(form="equal", span=span(statement), subject=span(subject))
        if is_literal(inner):
            yield Look(point=point, site=span(inner), approx=approx, identity=identity)
            return
        if _is_constant(inner):
            point = replace(point, constant=span(inner))
            yield Look(point=point, site=span(inner), approx=approx, identity=identity, constant=True)
            return
        if isinstance(inner, ast.Name):
            yield Look(point=point, name=inner.id, site=span(inner), approx=approx, identity=identity)


def _is_constant(node: ast.expr) -> bool:
    """`Colour.RED` or `status.HTTP_200_OK`: a name in capitals, of something that has a name itself."""
    if not isinstance(node, ast.Attribute) or not node.attr.isupper():
        return False
    return all(isinstance(one, ast.Attribute | ast.Name | ast.Load) for one in ast.walk(node.value))


def _inside(node: ast.expr) -> tuple[ast.expr, bool]:
    """What is in `pytest.approx(...)`, and whether it was."""
    if isinstance(node, ast.Call) and last(node.func) == "approx":
        return (node.args[0], True) if len(node.args) == 1 and not node.keywords else (node, False)
    return node, False


def _raising(node: ast.expr) -> Iterator[Look]:
    """`pytest.raises(expected)`, whose class is a parameter."""
    if not isinstance(node, ast.Call) or last(node.func) != "raises":
        return
    if len(node.args) == 1 and isinstance(node.args[0], ast.Name) and not node.keywords:
        point = Point(form="raises", span=span(node), subject=span(node))
        yield Look(point=point, name=node.args[0].id, site=span(node.args[0]))
