"""What a test may set besides: another attribute of an object, or another key, of which it sets one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_enrich.data import Hole, Span
from pytest_enrich.proposers.rows import omitting
from pytest_enrich.proposers.rows.addable import Addable, Keyword
from pytest_enrich.proposers.rows.marks import ATTRIBUTE, ITEM
from pytest_enrich.proposers.rows.names import Function
from pytest_enrich.proposers.rows.text import Edit, Text, span

MOST, MOST_VALUES = 12, 5


def is_setting(hole: Hole) -> bool:
    """Whether it is a place for one more assignment."""
    return hole.adds[:1] in {ATTRIBUTE, ITEM}


def holes(function: Function, known: Addable) -> list[Hole]:
    """A place behind the last assignment to each object, for each of what the target asks of such objects."""
    assigned = {(ast.unparse(target.value), _added(target)[0]): one for one, target in _assignments(function)}
    known_by = {ATTRIBUTE: known.attributes, ITEM: known.keys}
    there = {f"{ast.unparse(target.value)}{_added(target)}" for _, target in _assignments(function)}
    found = []
    for (receiver, kind), statement in assigned.items():
        lacking = ((_adds(kind, one.name), one) for one in known_by[kind])
        found += [_hole(statement, adds, one) for adds, one in lacking if f"{receiver}{adds}" not in there]
    return found[:MOST]


def edit(text: Text, hole: Hole, value: str) -> Edit:
    """What writes such an assignment below the one that is there."""
    statements = (one for one in ast.walk(text.tree) if isinstance(one, ast.Assign))
    one = next(one for one in statements if span(one) == hole.span)
    target = one.targets[0]
    assert isinstance(target, ast.Attribute | ast.Subscript)
    last, end = span(one)[2:]
    line = f"{' ' * one.col_offset}{text.source(target.value)}{hole.adds} = {value}"
    return (last, end, last, end), f"\n{line}"


def _assignments(function: Function) -> Iterator[tuple[ast.stmt, ast.Attribute | ast.Subscript]]:
    """The steps that set an attribute or a key of what a name, or an attribute of one, stands for."""
    places = {one.span for one in omitting.holes(function) if one.span is not None}
    for step in omitting.statements(function, places):
        target = step.targets[0] if isinstance(step, ast.Assign) else None
        if isinstance(target, ast.Attribute) or (
            isinstance(target, ast.Subscript)
            and isinstance(target.slice, ast.Constant)
            and isinstance(target.slice.value, str)
        ):
            yield step, target


def _added(target: ast.Attribute | ast.Subscript) -> str:
    """What it sets, as `Hole.adds` has it."""
    if isinstance(target, ast.Attribute):
        return _adds(ATTRIBUTE, target.attr)
    assert isinstance(target.slice, ast.Constant)
    return _adds(ITEM, str(target.slice.value))


def _adds(kind: str, name: str) -> str:
    return f".{name}" if kind == ATTRIBUTE else f'["{name}"]'


def _hole(statement: ast.stmt, adds: str, asked: Keyword) -> Hole:
    place: Span = span(statement)
    return Hole(span=place, values=("...",), adds=adds, offers=asked.values[:MOST_VALUES])
