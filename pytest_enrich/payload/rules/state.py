"""Which methods leave an object in another state for one: those that write attributes which that one reads."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import Any, NamedTuple

from . import rule
from .body import layers, remembered

DEEPEST = 2
"""So many methods further, from one that calls another one on the same object."""


class Touched(NamedTuple):
    """What a method does with the attributes of its object; what it calls on it is read."""

    read: frozenset[str]
    written: frozenset[str]


@rule("steps by state")
def writers(owner: type, function: object, name: str) -> Iterator[str]:
    """Public methods of a class that write what its method `name` reads, those that write the most of it first.

    Where no test shows what is done to an object before, `start()` is what makes `elapsed()` tell something.
    """
    read = _used(owner, function, DEEPEST).read
    methods = dict.fromkeys(one for kind in owner.__mro__ if kind is not object for one in vars(kind))
    public = (one for one in methods if one[:1] != "_" and one != name)
    held = {one: inspect.getattr_static(owner, one, None) for one in public}
    written = {
        one: len(_used(owner, method, DEEPEST).written & read)
        for one, method in held.items()
        if isinstance(method, FunctionType)
    }
    yield from sorted((one for one, much in written.items() if much), key=lambda one: -written[one])


@remembered(512)  # many call the same ones
def _used(owner: type, function: object, depth: int) -> Touched:
    """What a method of a class and those that it calls on its object, so many further, do with the attributes."""
    read, written = set[str](), set[str]()
    for own in layers(function):
        me = _self(own)
        held = [node for node in own if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == me]
        read |= {node.attr for node in held if isinstance(node.ctx, ast.Load)}
        written |= {node.attr for node in held if not isinstance(node.ctx, ast.Load)} | {*_changed(own, me)}
    for name in sorted(read) if depth else ():
        found: Any = inspect.getattr_static(owner, name, None)
        further = getattr(found, "fget", found)
        if isinstance(further, FunctionType):
            more = _used(owner, further, depth - 1)
            read |= more.read
            written |= more.written
    return Touched(frozenset(read), frozenset(written))


def _self(own: tuple[ast.AST, ...]) -> str:
    """The name that a method has for its object."""
    defined = (node for node in own if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return next((node.args.args[0].arg for node in defined if node.args.args), "self")


def _changed(own: tuple[ast.AST, ...], me: str) -> Iterator[str]:
    """Attributes whose object is changed: an item is set, or a method is called for nothing but what it does."""
    for node in own:
        match node:
            case ast.Subscript(ast.Attribute(ast.Name(name), attribute), ctx=ast.Store() | ast.Del()) if (
                name == me
            ):
                yield attribute
            case ast.Expr(ast.Call(ast.Attribute(ast.Attribute(ast.Name(name), attribute)))) if name == me:
                yield attribute
