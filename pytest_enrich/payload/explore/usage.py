"""Clues: what one piece of code says, by itself, of the variables in it."""

from __future__ import annotations

import ast
import collections.abc
import contextlib
import copy
import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..engine.probe import of_type
from .body import code_of, function_of, nodes, owner_of
from .files import DIRECTORY, FILE
from .types import ALIKE, ANY_NUMBER, TAKING, holders, with_all, with_several

TEXTUAL = {"match", "fullmatch", "search", "finditer", "findall", "sub", "split"}
FOLLOWED = 2
THROUGH = {"listdir", "os.walk", "scandir", "makedirs", "mkdir", "rmtree", "copytree"}
OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
}


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


class Use(NamedTuple):
    """The types that a body asks for by name or by a call (`stated`), and those that its way of using suggests."""

    stated: frozenset[Any] = frozenset()
    suggested: frozenset[Any] = frozenset()

    def __or__(self, other: Use) -> Use:
        """Both together."""
        return Use(self.stated | other.stated, self.suggested | other.suggested)


NO_USE = Use()


def of(function: object, followed: int = FOLLOWED) -> dict[str, Use]:
    """For each parameter that the body uses in a telling way, what it may be."""
    return _uses(nodes(function), function, followed)


def places(function: object) -> dict[str, str]:
    """The parameters that the body opens as files or goes through as directories, and which of both."""
    calls = [node for node in nodes(function) if isinstance(node, ast.Call) and node.args]
    named = ((node.args[0].id, _place(node.func)) for node in calls if isinstance(node.args[0], ast.Name))
    return {name: place for name, place in named if place}


def _place(called: ast.expr) -> str:
    names = names_of(called)
    return DIRECTORY if not THROUGH.isdisjoint(names) else FILE if names == ("open",) else ""


def is_read(function: object, name: str) -> bool:
    """Whether the body of a function does anything with a variable; True where there is no source to be read."""
    found = [*nodes(function)]
    return not found or any(isinstance(one, ast.Name) and one.id == name for one in found)


def awaits(function: object) -> bool:
    """Whether something is awaited in a function, or in one that it makes."""
    return any(isinstance(one, ast.Await) for one in nodes(function))


def refuses(function: object) -> bool:
    """Whether a function itself raises `TypeError`."""
    raised = (one.exc for one in nodes(function) if isinstance(one, ast.Raise))
    named = (one.func if isinstance(one, ast.Call) else one for one in raised)
    return any(isinstance(one, ast.Name) and one.id == "TypeError" for one in named)


def kept(owner: type) -> dict[str, Use]:
    """What a class's methods do with the parameters that its constructor keeps in attributes."""
    stored = dict(pair for node in nodes(vars(owner).get("__init__")) for pair in _keeps(node))
    found: dict[str, Use] = {}
    for method in vars(owner).values() if stored else ():
        tree = _Unfolded(stored).visit(copy.deepcopy((*nodes(method), ast.Module([], []))[0]))
        for name, use in _uses(tuple(ast.walk(tree)), method, 0).items():
            if name in stored.values():
                found[name] = found.get(name, NO_USE) | use
    return found


def _keeps(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The attribute's name and the parameter's in `self.name = parameter`."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and getattr(target.value, "id", "") == "self":
                yield target.attr, node.value.id


class _Unfolded(ast.NodeTransformer):
    """Puts the parameters in the place of the attributes that they are kept in."""

    def __init__(self, stored: Mapping[str, str]) -> None:
        self._stored = stored

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """`self.name`, and what is taken of it."""
        node.value = self.visit(node.value)
        is_kept = getattr(node.value, "id", "") == "self" and node.attr in self._stored
        return ast.Name(self._stored[node.attr], ast.Load()) if is_kept else node


def _uses(of_nodes: Iterable[ast.AST], function: object, followed: int) -> dict[str, Use]:
    found: dict[str, Use] = {}
    attributes: dict[str, set[str]] = {}
    for node in of_nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            attributes.setdefault(node.value.id, set()).add(node.attr)
        for name, use in _told(node, function, followed):
            found[name] = found.get(name, NO_USE) | use
    for name, wanted in attributes.items():
        fitting = with_all(wanted)
        more = Use(suggested=frozenset(fitting)) if fitting else Use(stated=frozenset(with_several(wanted)))
        found[name] = found.get(name, NO_USE) | more
    return found


def _told(node: ast.AST, function: object, followed: int) -> Iterator[tuple[str, Use]]:
    """What one node says of the names in it."""
    yield from ((name, Use(stated=frozenset(kinds))) for name, kinds in asked(node, function))
    yield from ((name, Use(suggested=frozenset(kinds))) for name, kinds in suggested(node))
    if isinstance(node, ast.Call) and followed:
        for name, use in _passed_on(node, function, followed - 1):
            yield name, Use(use.stated - {type(None)}, use.suggested)
    if isinstance(node, ast.BinOp) and followed:
        yield from ((name, Use(frozenset(kinds))) for name, kinds in _with_own(node, function, followed - 1))


def _passed_on(node: ast.Call, function: object, followed: int) -> Iterator[tuple[str, Use]]:
    """What another function of the project does with an argument that is passed on to it."""
    plain = [(at, part.id) for at, part in enumerate(node.args) if isinstance(part, ast.Name)]
    named = [(part.arg, part.value.id) for part in node.keywords if isinstance(part.value, ast.Name)]
    called = function_of(node.func, function) if plain or named else None
    if called is None or called is function or inspect.unwrap(called).__code__ is code_of(function):
        return
    with contextlib.suppress(TypeError, ValueError):
        order = list(inspect.signature(called).parameters)
        offset = int(bool(order) and order[0] in {"self", "cls"})
        used = of(called, followed)
        for at, name in plain:
            if at + offset < len(order):
                yield name, used.get(order[at + offset], NO_USE)
        for parameter, name in named:
            yield name, used.get(str(parameter), NO_USE)


def _with_own(node: ast.BinOp, function: object, followed: int) -> Iterator[tuple[str, set[Any]]]:
    """A parameter that is added to the object itself is what the object's operators take."""
    owner, word = owner_of(function), OPERATORS.get(type(node.op), "")
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if not (isinstance(one, ast.Name) and isinstance(other, ast.Name) and other.id == "self" and word):
            continue
        for name in (f"__{word}__", f"__r{word}__"):
            method = getattr(owner, name, None)
            if inspect.isfunction(method) and code_of(method) is not code_of(function):
                used = of(method, followed).get((*inspect.signature(method).parameters, "", "")[1], NO_USE)
                yield one.id, {kind for kind in used.stated | used.suggested if kind is not owner}
