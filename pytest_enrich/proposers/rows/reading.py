"""How an existing test is read: what may vary in it, and where it looks."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Hole, Pattern, Placement, Target, Template, Variant
from pytest_enrich.imports.text import assigned
from pytest_enrich.proposers.rows import adding, looks, mocks, parameters, steps
from pytest_enrich.proposers.rows.addable import Addable
from pytest_enrich.proposers.rows.looks import Look
from pytest_enrich.proposers.rows.parameters import Cases
from pytest_enrich.writing.syntax import (
    Function,
    Text,
    arguments,
    calls,
    is_fixture,
    is_literal,
    is_within,
    last_name,
    nodes_of,
    span,
    stored,
    used,
)

MOST_HOLES = 60
NOT_VALUES = {
    "setattr", "delattr", "setenv", "delenv", "patch", "object", "raises", "warns", "match", "getattr", "hasattr",
    "isinstance", "open", "encode", "decode", "importorskip", "skip", "fail", "approx",
}  # fmt: skip
"""Functions whose literal arguments say how a test works, not what it tries."""


class Sheet(Struct, frozen=True, kw_only=True):
    """An existing test.

    Attributes:
        is_row: Whether a variant of it becomes one more row; else it becomes a test beside it.
        is_apart: Whether it takes rows, but tests beside it are to be made from it.
        text: The text of its file.
        function: The test.
        placement: Where it is, with itself as the anchor.
        cases: The cases of the `parametrize` that varies, None for none.
        looks: Where a new expected value can be derived, in the order of the pattern's points.
        pattern: The test as a job names it.
    """

    is_row: bool
    is_apart: bool
    text: Text
    function: Function
    placement: Placement
    cases: Cases | None
    looks: tuple[Look, ...]
    pattern: Pattern

    @property
    def local_names(self) -> set[str]:
        """Its parameters, and the names that it binds."""
        return stored(*self.function.body) | {node.arg for node in nodes_of(ast.arg, self.function)}

    def is_direct(self, target: Target) -> bool:
        """Whether it calls the target itself, on an object that it makes.

        It does not where a client, a helper of the file or a fixture is in between.
        """
        body, functions = self.function.body, (node for node in self.text.tree.body if isinstance(node, Function))
        mentioned = used(*body) | {node.attr for node in nodes_of(ast.Attribute, *body)}
        if any(node.name in mentioned and not is_fixture(node) for node in functions):
            return False
        entered = (entry.qualname for entry in target.entries)
        ways = (target.qualname, *entered, *(part.qualname for part in target.parts))
        paths = [[part for part in way.split(".") if part[:2] != "__"] for way in ways]
        return any(path and mentioned.issuperset(path) for path in paths)

    def changes(self, variant: Variant) -> list[tuple[Hole, Template]]:
        """Where a variant differs from the test, and the value there."""
        return [(self.pattern.holes[at], value) for at, value in variant.values]

    def is_of_cases(self, variant: Variant) -> bool:
        """Whether a variant has other values for parameters, and nothing else: it is one more case."""
        return all(hole.name for hole, _ in self.changes(variant))

    def values(self, variant: Variant) -> tuple[Template, ...]:
        """The values that a variant has instead of literals and parameters."""
        return tuple(value for hole, value in self.changes(variant) if not hole.adds and not hole.fixture)

    def with_added(self, known: Addable) -> Sheet:
        """The sheet with holes for what may be added or left out."""
        asking = (adding.with_query(hole, known) for hole in self.pattern.holes)
        holes = tuple(adding.with_default(hole, self.function, known) for hole in asking)
        if not self.is_row:
            holes = (*holes, *_in_each_row(self._more(known), self.cases))
        return replace(self, pattern=replace(self.pattern, holes=holes))

    def of_kin(self, known: Addable) -> Sheet:
        """The sheet with no holes but those for another class."""
        holes = _in_each_row(adding.kin_holes(self.text.tree, self.function, known), self.cases)
        return replace(self, pattern=replace(self.pattern, holes=tuple(holes) if not self.is_row else ()))

    def _more(self, known: Addable) -> Iterator[Hole]:
        """Holes for what is not in the test yet, or can be left out."""
        yield from adding.kin_holes(self.text.tree, self.function, known)
        yield from adding.added_holes(self.function, known)
        yield from adding.verb_holes(self.function, known)
        yield from mocks.mock_holes(self.text.tree, self.placement.owner, self.function, known)
        yield from steps.step_holes(self.function)


def read(
    text: Text, nodeid: str, style: str, fixtures: Collection[str] = (), *, apart: bool = False
) -> Sheet | None:
    """The test of that node id (without parameters), or None where there is too much in it to vary.

    It may ask for others of these `fixtures`. A test without holes may still get some by `with_added`. With
    `apart`, a test with cases is read for making tests beside it: then all of its body may vary.
    """
    path, *names = nodeid.split("::")
    function = _function(text.tree, names)
    if function is None or parameters.is_drawn(function):
        return None
    cases = parameters.innermost_cases(text, function)
    if cases is None and any(map(parameters.is_parametrize, function.decorator_list)):
        return None
    is_row = cases is not None and not cases.shared and not apart
    places, holes = _open(text, function, cases, is_row=is_row)
    if cases is None:
        holes += parameters.fixture_holes(function, fixtures)
    if len(holes) > MOST_HOLES:
        return None
    owner = ".".join(names[:-1]) or None
    pattern = Pattern(
        nodeid=nodeid,
        line=function.lineno,
        holes=tuple(holes),
        argnames=cases.argnames if cases else (),
        points=tuple(look.point for look in places),
    )
    return Sheet(
        is_row=is_row,
        is_apart=apart,
        text=text,
        function=function,
        placement=Placement(path=path, owner=owner, anchor=names[-1], style=_style(function, owner, style)),
        cases=cases,
        looks=tuple(places),
        pattern=pattern,
    )


def _open(text: Text, function: Function, cases: Cases | None, *, is_row: bool) -> tuple[list[Look], list[Hole]]:
    """Where a test looks, and what may vary in it: also its literals, unless it gets a row."""
    argnames = cases.argnames if cases is not None else ()
    expecting = looks.expecting(function, argnames)
    varying = [name for name in argnames if name not in {look.name for look in expecting}]
    holes = [Hole(name=name, values=cases.column(name)) for name in varying] if cases is not None else []
    if is_row:
        return expecting, holes
    more = looks.of_literals(function, expecting)
    holes += _in_each_row(_literals(text, function, more), cases)
    return [*expecting, *more], holes


def _in_each_row(holes: Iterable[Hole], cases: Cases | None) -> list[Hole]:
    """Holes in the body, which have the same value in every case."""
    rows = len(cases.rows) if cases is not None else 1
    return [replace(hole, values=hole.values * rows) for hole in holes]


def _function(tree: ast.Module, names: Sequence[str]) -> Function | None:
    """The function of that name in these classes; None when it is not defined there, or more than once."""
    body: Sequence[ast.stmt] = tree.body
    for name in names[:-1]:
        body = next((node.body for node in body if isinstance(node, ast.ClassDef) and node.name == name), ())
    functions = [node for node in body if isinstance(node, Function) and node.name == names[-1]]
    return functions[0] if len(functions) == 1 else None


def _style(function: Function, owner: str | None, known: str) -> Literal["function", "method", "unittest"]:
    if owner is None:
        return "function"
    asserts = (node for node in nodes_of(ast.Attribute, function) if node.attr.startswith("assert"))
    on_self = any(isinstance(node.value, ast.Name) and node.value.id == "self" for node in asserts)
    return "unittest" if on_self or known == "unittest" else "method"


def _literals(text: Text, function: Function, known: Sequence[Look]) -> list[Hole]:
    """The largest literals of a body that are neither expected anywhere nor say how the test works."""
    sites = [look.site for look in known if look.site is not None]
    sides = set(map(span, looks.compared_sides(function)))
    constants = _constants(text)
    nodes = (
        node for statement in steps.all_steps(function) for node in _tried(statement) if span(node) not in sides
    )
    varying = [node for node in nodes if not any(is_within(span(node), site) for site in sites)]
    passed = [
        node for call in calls(function) if last_name(call.func) not in NOT_VALUES for node in arguments(call)
    ]
    named = [node for node in passed if isinstance(node, ast.Name) and node.id in constants]
    return [
        *(Hole(span=span(node), values=(text.source(node),)) for node in varying),
        *(Hole(span=span(node), values=(constants[node.id],)) for node in named),
    ]


def _constants(text: Text) -> dict[str, Template]:
    """The constants of a test file whose values are literals, and those values."""
    pairs = assigned(text.tree.body)
    return {name: text.source(value) for name, value in pairs if name.isupper() and is_literal(value)}


def _tried(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.keyword(value=ast.Constant(bool()) as value):
            yield value  # it has a name, so that a reader knows what the opposite means
        case ast.Constant(bool() | None):
            return
        case ast.expr() if is_literal(node):
            yield node
        case _:
            for child in _parts(node):
                yield from _tried(child)


def _parts(node: ast.AST) -> Iterable[ast.AST]:
    """The parts whose literals may vary: a function inside a test stands in for something by its body."""
    match node:
        case ast.Lambda(body=part) | ast.Subscript(value=part):
            return [part]
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return steps.all_steps(node)
        case ast.JoinedStr() | ast.ClassDef() | ast.Slice() | ast.BinOp(op=ast.Pow()):
            return []
        case ast.Call(func) if last_name(func) in NOT_VALUES:
            return []
    return ast.iter_child_nodes(node)
