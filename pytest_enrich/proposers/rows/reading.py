"""How an existing test is read: what may vary in it, and where it looks."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from pytest_enrich.data import Hole, Pattern, Placement
from pytest_enrich.proposers.rows import cases, exchange, given, look
from pytest_enrich.proposers.rows.cases import Cases
from pytest_enrich.proposers.rows.literal import is_literal
from pytest_enrich.proposers.rows.look import Look
from pytest_enrich.proposers.rows.names import Function, last
from pytest_enrich.proposers.rows.sheet import Kind, Sheet
from pytest_enrich.proposers.rows.text import Text, is_within, span

MOST_HOLES = 60
NOT_VALUES = {
    "setattr", "delattr", "setenv", "delenv", "patch", "object", "raises", "warns", "match", "getattr", "hasattr",
    "isinstance", "open", "encode", "decode", "importorskip", "skip", "fail", "approx",
}  # fmt: skip
"""Functions whose literal arguments say how a test works, not what it tries."""


def read(
    text: Text, nodeid: str, style: str, fixtures: Collection[str] = (), *, apart: bool = False
) -> Sheet | None:
    """The test of that node id (without parameters), or None where there is too much in it to vary.

    It may ask for others of these `fixtures`. Where it has no holes, it may still get some that are `added`. With
    `apart` a test that has cases is one to make tests beside it of: there, all of its body may vary.
    """
    path, *names = nodeid.split("::")
    function = _find(text.tree, names)
    if function is None:
        return None
    kind, found = _kind(function), cases.innermost(text, function)
    is_apart = apart and found is not None and not found.shared
    if is_apart and found is not None:
        found = replace(found, shared=True)
    looks, holes = _open(text, function, kind, found)
    if kind == "sibling":
        holes += exchange.holes(function, fixtures)
    if kind == "row" and found is not None and found.shared:
        kind = "sibling"
    if kind is None or len(holes) > MOST_HOLES:
        return None
    owner = ".".join(names[:-1]) or None
    placement = Placement(path=path, owner=owner, anchor=names[-1], style=_style(function, owner, style))
    pattern = Pattern(
        nodeid=nodeid,
        line=function.lineno,
        holes=tuple(holes),
        argnames=found.argnames if found else (),
        points=tuple(one.point for one in looks),
        given=kind == "example",
    )
    return Sheet(
        kind=kind,
        text=text,
        function=function,
        placement=placement,
        cases=found,
        looks=tuple(looks),
        pattern=pattern,
        is_apart=is_apart,
    )


def _open(
    text: Text, function: Function, kind: Kind | None, found: Cases | None
) -> tuple[Sequence[Look], list[Hole]]:
    """Where a test looks, and what may vary in it."""
    if kind == "row" and found is not None:
        looks = look.expecting(function, found.argnames)
        holes = _parameters(found, {one.name for one in looks})
        if found.shared:  # what is made of it is a test of its own, whose literals may be others
            more = look.of_literals(function, looks)
            literals = _literals(text, function, more)
            looks, holes = [*looks, *more], [*holes, *(_repeated(one, len(found.rows)) for one in literals)]
        return looks, holes
    if kind == "example":
        return (), [Hole(name=name) for name in given.names(function)]
    looks = look.of_literals(function)
    return looks, _literals(text, function, looks) if kind == "sibling" else []


def _repeated(hole: Hole, rows: int) -> Hole:
    return replace(hole, values=hole.values * rows)


def _find(tree: ast.Module, names: Sequence[str]) -> Function | None:
    """The function of that name in these classes; None when it is not written there, or twice."""
    body: Sequence[ast.stmt] = tree.body
    for name in names[:-1]:
        body = next((node.body for node in body if isinstance(node, ast.ClassDef) and node.name == name), ())
    found = [one for one in body if isinstance(one, Function) and one.name == names[-1]]
    return found[0] if len(found) == 1 else None


def _kind(function: Function) -> Kind | None:
    """What a variant of a test can be; None for nothing."""
    if any(cases.is_parametrize(one) for one in function.decorator_list):
        return "row" if given.decorator(function) is None else None
    if given.decorator(function) is not None:
        return "example"
    return "sibling"


def _style(function: Function, owner: str | None, known: str) -> Literal["function", "method", "unittest"]:
    if owner is None:
        return "function"
    asserts = (
        one for one in ast.walk(function) if isinstance(one, ast.Attribute) and one.attr.startswith("assert")
    )
    on_self = any(isinstance(one.value, ast.Name) and one.value.id == "self" for one in asserts)
    return "unittest" if on_self or known == "unittest" else "method"


def _parameters(found: Cases, expected: set[str]) -> list[Hole]:
    return [
        Hole(name=name, values=tuple(row[at] for row in found.rows))
        for at, name in enumerate(found.argnames)
        if name not in expected
    ]


def _literals(text: Text, function: Function, looks: Sequence[Look]) -> list[Hole]:
    """The largest literals of a body that are neither expected anywhere nor say how the test works."""
    sites, sides = [one.site for one in looks if one.site is not None], set(map(span, look.sides(function)))
    nodes = (node for statement in _body(function) for node in _tried(statement) if span(node) not in sides)
    varying = (node for node in nodes if not any(is_within(span(node), site) for site in sites))
    return [Hole(span=span(node), values=(text.source(node),)) for node in varying]


def _body(function: Function) -> Sequence[ast.stmt]:
    return function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body


def _tried(node: ast.AST) -> Iterator[ast.expr]:
    if (
        isinstance(node, ast.keyword)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, bool)
    ):
        yield node.value  # it has a name, so that a reader knows what the other one means
        return
    if isinstance(node, ast.expr) and is_literal(node):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, bool | None):
            yield node
        return
    if isinstance(node, ast.Call) and last(node.func) in NOT_VALUES:
        return
    if isinstance(node, ast.JoinedStr | Function | ast.ClassDef | ast.Lambda):
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return
    inner = [one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.Slice)]
    if isinstance(node, ast.Subscript):
        inner = [node.value]
    for one in inner:
        yield from _tried(one)
