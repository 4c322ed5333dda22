"""What a function's body does with its parameters, and so what they may be: nobody else may have said it."""

from __future__ import annotations

import ast
import contextlib
import copy
import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .body import code_of, function_of, nodes, owner_of
from .clues import asked, names_of, suggested
from .files import DIRECTORY, FILE
from .standard import with_all, with_several

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
