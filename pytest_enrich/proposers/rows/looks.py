"""Where a test looks at what the code gave, and where the value that it expects there is written."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Point, Span
from pytest_enrich.proposers.rows import steps
from pytest_enrich.writing import body
from pytest_enrich.writing.syntax import is_literal, last_name, nodes_of, span

EQUAL = {"assertEqual", "assertEquals", "assertListEqual", "assertDictEqual", "assertTupleEqual"}
HELPERS = {"assert_equal", "assert_equals", "assert_eq", "eq_"}
"""Functions that assert the same, in tests outside `unittest` classes."""
APPROX, ALMOST = "⟨pytest:approx⟩", "assertAlmostEqual"
TRUTH = {"assertTrue", "assertFalse"}
BOTH = 2
LONGEST_MESSAGE = 1000
"""Only the beginning of a message is matched."""
WITH = {"assert_called_with", "assert_called_once_with", "assert_awaited_with", "assert_awaited_once_with"}
"""Assertions that say with which arguments a mock was called."""
AT_ALL = {"assert_called", "assert_called_once", "assert_not_called", "assert_awaited", "assert_not_awaited"}
NEVER = "None"
"""What is seen of a mock that nobody called; else `call("eur", by=2)`."""


ROOM = 72
"""How many characters an expected value may have in any case."""


class Look(Struct, frozen=True, kw_only=True):
    """A point where a test looks, and the place of its expected value.

    Attributes:
        point: What is looked at.
        name: The parameter that is expected there, "" for none.
        site: The literal or the name that is expected there; None for a truth, which has no place.
        approx: Whether it is inside `pytest.approx`, or compared by `assertAlmostEqual`.
        places: How many decimal places `assertAlmostEqual` compares.
        nearly: What compares an inexact number instead: `pytest.approx`, or the method named here; "" for
            nothing.
        method: The place of the name of the method that compares it now.
        identity: Whether it is compared with `is`.
        constant: Whether it is a constant of a class or a module, which another one may replace.
        room: How many characters an expected value there may have.
    """

    point: Point
    name: str = ""
    site: Span | None = None
    approx: bool = False
    places: int | None = None
    nearly: str = ""
    method: Span | None = None
    identity: bool = False
    constant: bool = False
    room: int = ROOM


def expecting(function: ast.AST, parameters: Collection[str]) -> list[Look]:
    """The looks at which a parameter is expected that is used for nothing else."""
    looks = [look for node in ast.walk(function) for look in _looks(node) if look.name in parameters]
    uses = Counter(node.id for node in nodes_of(ast.Name, function))
    expected = Counter(look.name for look in looks)
    return [look for look in looks if uses[look.name] == expected[look.name]]


def of_literals(function: ast.AST, known: Collection[Look] = ()) -> list[Look]:
    """The looks at which a literal, or a truth, is expected; failing that, the truth of a comparison.

    Statements with `known` looks are left out.
    """
    taken = {look.point.span for look in known}
    values = expected_variables(function)
    looks: list[Look] = []
    for node in ast.walk(function):
        literal = [_resolved(look, values) for look in _looks(node) if not look.name or look.name in values]
        looks += literal or _comparison(node)
    raising = map(span, _raising_calls(function))
    looks += [Look(point=Point(form="message", span=at, subject=at), room=LONGEST_MESSAGE) for at in raising]
    return [look for look in looks if look.point.span not in taken]


def compared_sides(function: ast.AST) -> Iterator[ast.expr]:
    """What assertions compare or take as arguments: a literal there is an expected value, whatever the form."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            yield from (node.test.left, *node.test.comparators)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from node.args if node.func.attr.startswith("assert") else ()


def called_mock(node: ast.AST) -> ast.expr | None:
    """The mock that a statement asserts something about; None for all other statements."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    has_stars = any(isinstance(value, ast.Starred) for value in call.args)
    is_open = has_stars or any(keyword.arg is None for keyword in call.keywords)
    return call.func.value if call.func.attr in WITH | AT_ALL and not is_open else None


def called_with(node: ast.AST) -> Span:
    """The place of the arguments that a mock is said to be called with, empty where there are none."""
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    places = sorted(map(span, (*node.value.args, *node.value.keywords)))
    if places:
        return *places[0][:2], *places[-1][2:]
    _, _, line, column = span(node)
    return line, column - 1, line, column - 1


def raising_call(function: ast.AST, point: Point) -> ast.Call:
    """The call that the block at such a point is entered with."""
    return next(call for call in _raising_calls(function) if span(call) == point.span)


def expected_variables(function: ast.AST) -> dict[str, ast.expr]:
    """The literals by variable, for variables that are assigned once and read once."""
    uses = Counter((node.id, isinstance(node.ctx, ast.Load)) for node in nodes_of(ast.Name, function))
    values: dict[str, ast.expr] = {}
    for node in nodes_of(ast.Assign, function):
        match node.targets:
            case [ast.Name(name)] if uses[name, True] == uses[name, False] == 1 and is_literal(node.value):
                values[name] = node.value
    return values


def _resolved(look: Look, values: Mapping[str, ast.expr]) -> Look:
    """The look, moved from a variable with the expected value to that value."""
    if not look.name:
        return look
    room = max(look.room, 2 * len(ast.unparse(values[look.name])))
    return replace(look, name="", site=span(values[look.name]), room=room)


def _comparison(node: ast.AST) -> Iterator[Look]:
    """A look at a comparison as a whole, such as of two things that are not literals."""
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and len(node.test.ops) == 1:
        yield Look(point=Point(form="truth", span=span(node), subject=span(node.test)))


def _looks(node: ast.AST) -> Iterator[Look]:
    if isinstance(node, ast.Assert):
        yield from _asserted(node, node.test)
    elif isinstance(node, ast.Expr) and (mock := called_mock(node)) is not None:
        point = Point(form="called", span=span(node), subject=span(mock))
        yield Look(point=point, site=called_with(node))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _unittest(node, node.value)
    elif isinstance(node, ast.With | ast.AsyncWith):
        unused = (item.context_expr for item in node.items if item.optional_vars is None)
        yield from (look for expression in unused for look in _raising(expression))


def _asserted(statement: ast.stmt, test: ast.expr) -> Iterator[Look]:
    inner = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is):
        sides = (test.left, test.comparators[0])
        looks = _compared(statement, sides, identity=isinstance(test.ops[0], ast.Is))
        yield from (replace(look, nearly=APPROX) for look in looks)
    elif isinstance(inner, ast.Call | ast.Attribute):
        yield Look(point=Point(form="truth", span=span(statement), subject=span(inner)))


def _unittest(statement: ast.stmt, call: ast.Call) -> Iterator[Look]:
    function, values = call.func, call.args
    owner = function.value if isinstance(function, ast.Attribute) else None
    name = function.attr if isinstance(function, ast.Attribute) and isinstance(owner, ast.Name) else ""
    if name == ALMOST and len(values) == BOTH:
        looks = _compared(statement, (values[0], values[1]), identity=False)
        yield from (replace(look, approx=True, places=body.PLACES) for look in looks)
    elif (name in EQUAL or getattr(function, "id", "") in HELPERS) and len(values) == BOTH and not call.keywords:
        almost = f"{ast.unparse(owner)}.{ALMOST}" if owner is not None else ""
        looks = _compared(statement, (values[0], values[1]), identity=False)
        yield from (replace(look, nearly=almost, method=span(function)) for look in looks)
    elif name in TRUTH and len(values) == 1 and isinstance(values[0], ast.Call | ast.Attribute):
        yield Look(point=Point(form="truth", span=span(statement), subject=span(values[0])))


def _compared(statement: ast.stmt, sides: tuple[ast.expr, ast.expr], *, identity: bool) -> Iterator[Look]:
    """The look at one side when the other is a literal or a constant, and those where a side is a name."""
    for expected, subject in (sides[::-1], sides):
        inner, approx = _inside(expected)
        if is_literal(subject) or isinstance(_inside(subject)[0], ast.Constant):
            continue
        point = Point(form="equal", span=span(statement), subject=span(subject))
        if is_literal(inner):
            yield Look(point=point, site=span(inner), approx=approx, identity=identity, room=_room(inner))
            return
        if _is_constant(inner):
            point = replace(point, constant=span(inner))
            yield Look(point=point, site=span(inner), approx=approx, identity=identity, constant=True)
            return
        if isinstance(inner, ast.Name):
            yield Look(point=point, name=inner.id, site=span(inner), approx=approx, identity=identity)


def _room(expected: ast.expr) -> int:
    """The room for another value: twice what is there, where that is a text of several lines."""
    is_block = isinstance(expected, ast.Constant) and expected.lineno != expected.end_lineno
    return max(ROOM, 2 * len(ast.unparse(expected)) * is_block)


def _is_constant(node: ast.expr) -> bool:
    """Whether it is like `Colour.RED` or `status.HTTP_200_OK`: a name in capitals of something named."""
    if not isinstance(node, ast.Attribute) or not node.attr.isupper():
        return False
    return all(isinstance(part, ast.Attribute | ast.Name | ast.Load) for part in ast.walk(node.value))


def _inside(node: ast.expr) -> tuple[ast.expr, bool]:
    """What is in `pytest.approx(...)`, and whether it was."""
    if isinstance(node, ast.Call) and last_name(node.func) == "approx":
        return (node.args[0], True) if len(node.args) == 1 and not node.keywords else (node, False)
    return node, False


def _raising(node: ast.expr) -> Iterator[Look]:
    """`pytest.raises(expected)`, whose class is a parameter."""
    if not isinstance(node, ast.Call) or last_name(node.func) != "raises":
        return
    if len(node.args) == 1 and isinstance(node.args[0], ast.Name) and not node.keywords:
        point = Point(form="raises", span=span(node), subject=span(node))
        yield Look(point=point, name=node.args[0].id, site=span(node.args[0]))


def _raising_calls(function: ast.AST) -> Iterator[ast.Call]:
    blocks = (node for node in ast.walk(function) if isinstance(node, ast.With | ast.AsyncWith))
    for item in (item for block in blocks for item in block.items if item.optional_vars is None):
        call = item.context_expr
        if steps.expects_raise(item) and isinstance(call, ast.Call) and _names_class(call):
            yield call


def _names_class(call: ast.Call) -> bool:
    """Whether it names a class, and apart from that at most a pattern for the message."""
    most = 2 if last_name(call.func) == "assertRaisesRegex" else 1
    named = bool(call.args) and isinstance(call.args[0], ast.Name | ast.Attribute)
    return named and len(call.args) <= most and all(keyword.arg == "match" for keyword in call.keywords)
