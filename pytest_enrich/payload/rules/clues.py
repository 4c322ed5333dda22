"""Clues: what a single node of code says about the variables in it."""

from __future__ import annotations

import ast
import collections.abc
import typing
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any, TypeAlias

from . import rule
from .body import function_of, nodes, signed
from .keywords import default_values
from .types import ALIKE, ANY_NUMBER, GENERIC, TAKING, Dataclass, holders, is_kind

TEXTUAL = {"match", "fullmatch", "search", "finditer", "findall", "sub", "split"}
PAIR = 2
OF_BOTH = {"fields", "is_dataclass"}
NAMES_OF_CLASSES = {"cls", "klass", "class_"}
Proposals: TypeAlias = Iterator[tuple[str, Any]]
"""Variables, each with the types that it may have."""
NodeRule: TypeAlias = Callable[[ast.AST, object], Proposals]
"""What one node of a function says about the variables in it."""
ASKS: dict[str, NodeRule] = {}
"""The rules by which code asks for types by name or by a call."""
SUGGESTS: dict[str, NodeRule] = {}
"""The rules by which the way a variable is used suggests types."""


def node_rule(name: str, table: dict[str, NodeRule]) -> Callable[[NodeRule], NodeRule]:
    """Register a rule about nodes."""

    def register(proposing: NodeRule) -> NodeRule:
        table[name] = rule(name)(proposing)
        return proposing

    return register


@node_rule("compared with a constant", ASKS)
def _compared(node: ast.AST, _function: object) -> Proposals:
    """What is compared with a number, a length or a text is most often one itself. Alone: 14 of 120."""
    if not isinstance(node, ast.Compare):
        return
    for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
        for operand, opposite in ((left, right), (right, left)):
            if not isinstance(operand, ast.Name):
                continue
            parts = opposite.elts if isinstance(opposite, ast.Tuple | ast.List | ast.Set) else [opposite]
            values = {type(part.value) for part in parts if isinstance(part, ast.Constant)}
            values |= {int} if _last(opposite) == "len" else set()
            if isinstance(op, ast.In | ast.NotIn) and operand is right:
                yield operand.id, {str} if values == {str} else set()
            elif isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) and values == {int}:
                yield operand.id, ANY_NUMBER
            else:
                yield operand.id, values


@node_rule("called", ASKS)
def _called(node: ast.AST, _function: object) -> Proposals:
    """A parameter that the body calls. Alone: 2 of 120."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield node.func.id, {collections.abc.Callable}


@node_rule("isinstance", ASKS)
def _instance(node: ast.AST, function: object) -> Proposals:
    """`isinstance(a, b)` and `issubclass(a, b)`. Alone: 7 of 120."""
    if (name := _first(node, "isinstance", "issubclass")) and len(node.args) > 1:  # type: ignore[attr-defined]
        kinds = set(_classes(node.args[1], function))  # type: ignore[attr-defined]
        yield name, {type, *(type[kind] for kind in kinds)} if _last(node) == "issubclass" else kinds
        yield from [] if kinds else ((part.id, {type}) for part in _names(node.args[1:]))  # type: ignore[attr-defined]


@node_rule("class of", ASKS)
def _class_of(node: ast.AST, function: object) -> Proposals:
    """`type(a) is b` and `a.__class__ == b`."""
    match node:
        case ast.Compare(
            ast.Call(ast.Name("type"), [ast.Name(name)]) | ast.Attribute(ast.Name(name), "__class__"), [_], [kinds]
        ):
            yield name, set(_classes(kinds, function))


@node_rule("callable", ASKS)
def _callable(node: ast.AST, _function: object) -> Proposals:
    """`callable(a)`."""
    if name := _first(node, "callable"):
        yield name, {collections.abc.Callable}


@node_rule("beside a class", ASKS)
def _beside_class(node: ast.AST, function: object) -> Proposals:
    """`is_one(a, B)`: a function of the project that asks whether `a` is a `B`, or a subclass of it."""
    if not isinstance(node, ast.Call) or len(node.args) != PAIR or not isinstance(node.args[0], ast.Name):
        return
    called = function_of(node.func, function)
    checks = [part for part in nodes(called) if _first(part, "isinstance", "issubclass")] if called else []
    parameters = [*signed(called)]
    for check in checks:
        if [getattr(argument, "id", "") for argument in check.args] == parameters:  # type: ignore[attr-defined]
            kinds = set(_classes(node.args[1], function))
            yield node.args[0].id, {type, *(type[k] for k in kinds)} if _last(check) == "issubclass" else kinds


@node_rule("condition", SUGGESTS)
def _decides(node: ast.AST, function: object) -> Proposals:
    """A variable that alone is a condition is a switch if nothing else tells, or a text if its default is None."""
    tests = [node.test] if isinstance(node, ast.If | ast.While | ast.IfExp) else []
    parts = node.values if isinstance(node, ast.BoolOp) else tests
    parts = [node.operand] if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else parts
    defaults = default_values(function) if parts else {}
    yield from ((part.id, {str if defaults.get(part.id, ...) is None else bool}) for part in _names(parts))


@node_rule("dataclass", ASKS)
def _with_fields(node: ast.AST, function: object) -> Proposals:
    """`fields(a)`, `asdict(a)`: a dataclass, or an object of one."""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
        holder, name = names_of(node.func)[-1].rpartition(".")[::2]
        names = getattr(function, "__globals__", {})
        namespace = names if not holder else vars(names[holder]) if type(names.get(holder)) is ModuleType else {}
        value = namespace.get(name)
        called = value if type(value) is FunctionType else None
        if called is not None and called.__module__ == "dataclasses":
            variable = node.args[0].id
            kinds = {Dataclass, type[Dataclass]} if called.__name__ in OF_BOTH else {Dataclass}
            yield variable, {type[Dataclass]} if variable in NAMES_OF_CLASSES else kinds


@node_rule("parameters of a type", ASKS)
def _of_types(node: ast.AST, _function: object) -> Proposals:
    """`a.__args__`, `get_origin(a)`: a type as `typing` offers them; `a.__name__`: a class."""
    if name := _first(node, "get_args", "get_origin"):
        yield name, {type, GENERIC}
    kinds = {"__name__": {type}, "__args__": {type, GENERIC}, "__origin__": {type, GENERIC}}
    if isinstance(node, ast.Attribute) and node.attr in kinds:
        yield from ((part.id, kinds[node.attr]) for part in _names([node.value]))


@node_rule("hasattr", ASKS)
def _having(node: ast.AST, _function: object) -> Proposals:
    """Standard types that have the attribute that `hasattr` asks for. Alone: 2 of 120."""
    yield from ((name, set(holders(attribute))) for name, attribute in asked_for(node))


def asked_for(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The variable and the attribute in `hasattr(variable, "attribute")`."""
    if (name := _first(node, "hasattr")) and isinstance(node.args[-1], ast.Constant):  # type: ignore[attr-defined]
        yield name, str(node.args[-1].value)  # type: ignore[attr-defined]


def _classes(node: ast.expr, function: object) -> Iterator[type]:
    for part in node.elts if isinstance(node, ast.Tuple | ast.Set | ast.List) else [node]:
        try:
            value = eval(ast.unparse(part), dict(getattr(function, "__globals__", {})))
        except Exception:  # a local name of the function
            continue
        hints = value if isinstance(value, tuple) else (value,)
        origins: list[Any] = [hint if isinstance(hint, type) else typing.get_origin(hint) for hint in hints]
        for origin in (origin for origin in origins if isinstance(origin, type)):
            # Abstract number classes have no objects of their own: people pass Python's int and float.
            concrete = (int, float) if origin.__module__ == "numbers" else (origin,)
            yield from (kind for kind in concrete if origin is kind or is_kind(kind, origin))


@node_rule("passed to a standard function", SUGGESTS)
def _taken(node: ast.AST, _function: object) -> Proposals:
    """`len(a)`, `sorted(a)`, `int(a)`: the types that such functions are known to take. Alone: 8 of 120."""
    if not isinstance(node, ast.Call):
        return
    names = [part.id if isinstance(part, ast.Name) else "" for part in node.args]
    last = _last(node)
    if last == "join":
        parts = (
            part for argument in node.args if isinstance(argument, ast.Tuple | ast.List) for part in argument.elts
        )
        yield from ((part.id, {str}) for part in _names(parts))
    elif last in {"map", "filter", "reduce"}:
        yield from ((name, {list}) for name in names[1:])
    elif kinds := next((TAKING[name] for name in names_of(node.func) if name in TAKING), None):
        yield from ((name, kinds) for name in (names if last in ALIKE else names[:1]))


@node_rule("matched by a pattern", SUGGESTS)
def _matched(node: ast.AST, _function: object) -> Proposals:
    """`pattern.match(a)`. Alone: 0 of 120."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _last(node) in TEXTUAL:
        yield from ((part.id, {str}) for part in _names(node.args))


@node_rule("gone over", SUGGESTS)
def _gone_over(node: ast.AST, _function: object) -> Proposals:
    """`for b in a`. Alone: 0 of 120."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) and isinstance(node.iter, ast.Name):
        yield node.iter.id, {list}


@node_rule("calculated with", SUGGESTS)
def _calculated(node: ast.AST, _function: object) -> Proposals:
    """`a + 1`, `a + "b"`. Alone: 12 of 120."""
    for operand, opposite in (
        ((node.left, node.right), (node.right, node.left)) if isinstance(node, ast.BinOp) else ()
    ):
        if not isinstance(operand, ast.Name):
            continue
        constant = type(opposite.value) if isinstance(opposite, ast.Constant) else None
        if constant is str and isinstance(node.op, ast.Add):  # type: ignore[attr-defined]
            yield operand.id, {str}
        elif constant in ANY_NUMBER and not (isinstance(node.op, ast.Mult) and operand is node.right):  # type: ignore[attr-defined]
            yield operand.id, ANY_NUMBER


@node_rule("indexed", SUGGESTS)
def _indexed(node: ast.AST, _function: object) -> Proposals:
    """`a["key"]`, `a[0]`, `a[1:]`, and numbers in `text[a:b]`. Alone: 6 of 120."""
    if isinstance(node, ast.Slice):
        yield from ((part.id, {int}) for part in _names(filter(None, (node.lower, node.upper, node.step))))
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        by_text = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        is_part = isinstance(node.slice, ast.Slice | ast.Constant | ast.UnaryOp)
        yield from [(node.value.id, {dict} if by_text else {list, str})] if is_part else []


def _first(node: ast.AST, *called: str) -> str:
    """The variable that a call of one of these functions is passed first; "" for any other node."""
    is_call = isinstance(node, ast.Call) and _last(node) in called and node.args
    return getattr(node.args[0], "id", "") if is_call else ""  # type: ignore[attr-defined]


def _last(node: ast.AST) -> str:
    """The last name of what a node calls; "" where it calls nothing."""
    return names_of(node.func)[0] if isinstance(node, ast.Call) else ""


def names_of(called: ast.expr) -> tuple[str, ...]:
    """The last name of what is called, alone and with the name before it: `walk` and `os.walk`."""
    if isinstance(called, ast.Attribute):
        return called.attr, f"{getattr(called.value, 'id', '')}.{called.attr}"
    return (getattr(called, "id", ""),)


def _names(nodes_of: Iterable[ast.expr]) -> Iterator[ast.Name]:
    return (node for node in nodes_of if isinstance(node, ast.Name))
