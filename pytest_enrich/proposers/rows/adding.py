"""Where an existing test may do more or other things than it does: pass, set, or leave at its default.

A keyword of a call, a key, an attribute.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from pytest_enrich.data import Hole, Span, Template
from pytest_enrich.proposers.rows import steps
from pytest_enrich.proposers.rows.addable import ATTRIBUTE, INSTEAD, ITEM, KEYS, Addable
from pytest_enrich.proposers.rows.mocks import MOCKS, NOT_BY_ITSELF, PATCHES, RAISES, RETURNS
from pytest_enrich.writing.syntax import (
    Edit,
    Function,
    Text,
    arguments,
    calls,
    is_literal,
    last_name,
    nodes_of,
    span,
    texts,
)

NOTHING = {KEYS: "{}"}
"""What stands for nothing added; for a keyword it is `...`."""
Holder: TypeAlias = ast.Dict | ast.Call
MOST_HOLES, MOST_VALUES, MOST_KEYED = 24, 6, 48
MOST_DEFAULTS = 8
MOST_SETTINGS, MOST_SET = 12, 5


def added_holes(function: Function, known: Addable) -> list[Hole]:
    """The places in a test's body where something of what is known may be added."""
    made = list(calls(function))
    compared = {span(node) for test in nodes_of(ast.Compare, function) for node in test.comparators}
    holes = [
        *(hole for call in made for hole in (*_of_call(call, known), *_of_mock(call, known))),
        *(_of_keys(node, known) for node in nodes_of(ast.Dict, *function.body) if span(node) not in compared),
    ]
    return [hole for hole in holes if hole.offers][:MOST_HOLES]


def adding_edit(text: Text, hole: Hole, value: str) -> Edit:
    """What writes the value of such a hole into the test."""
    node = _holder(text.tree, hole)
    keywords = getattr(node, "keywords", ()) if hole.adds == RAISES else ()
    returned = next((keyword for keyword in keywords if keyword.arg == RETURNS), None)
    if returned is not None:  # what the mock gives says nothing any more
        return span(returned), f"{RAISES}={value}"
    added = value[1:-1] if hole.adds in NOTHING else f"{hole.adds}={value}"
    ends = [span(part)[2:] for part in _parts(node)]
    line, column = max(ends, default=(node.end_lineno or 0, (node.end_col_offset or 1) - 1))
    return (line, column, line, column), f", {added}" if ends else added


def with_default(hole: Hole, function: Function, known: Addable) -> Hole:
    """A literal that is an optional argument, with its default besides."""
    passed = _passed_defaults(function, known) if not hole.adds else ()
    return _offering(hole, [default for value, default in passed if span(value) == hole.span])


def default_holes(text: Text, function: Function, known: Addable) -> list[Hole]:
    """A place for each other optional argument."""
    passed = ((value, default) for value, default in _passed_defaults(function, known) if not is_literal(value))
    holes = (_instead(text, value, default) for value, default in passed)
    return [hole for hole in holes if hole.offers != hole.values][:MOST_DEFAULTS]


def is_setting(hole: Hole) -> bool:
    """Whether it is a place for one more assignment."""
    return hole.adds[:1] in {ATTRIBUTE, ITEM}


def setting_holes(function: Function, known: Addable) -> list[Hole]:
    """A place behind the last assignment to each object, for each of what the target asks of such objects."""
    assignments = [(step, ast.unparse(target.value), _set_part(target)) for step, target in _assignments(function)]
    last = {(receiver, part[0]): step for step, receiver, part in assignments}
    there = {f"{receiver}{part}" for _, receiver, part in assignments}
    asked_for = {ATTRIBUTE: known.attributes, ITEM: known.keys}
    holes = [
        Hole(span=span(step), values=("...",), adds=part, offers=keyword.values[:MOST_SET])
        for (receiver, kind), step in last.items()
        for keyword in asked_for[kind]
        if f"{receiver}{(part := _part(kind, keyword.name))}" not in there
    ]
    return holes[:MOST_SETTINGS]


def setting_edit(text: Text, hole: Hole, value: str) -> Edit:
    """What writes such an assignment below the one that is there."""
    statement = next(node for node in nodes_of(ast.Assign, text.tree) if span(node) == hole.span)
    target = statement.targets[0]
    assert isinstance(target, ast.Attribute | ast.Subscript)
    line, end = span(statement)[2:]
    code = f"{' ' * statement.col_offset}{text.source(target.value)}{hole.adds} = {value}"
    return (line, end, line, end), f"\n{code}"


def _offering(hole: Hole, values: Iterable[str]) -> Hole:
    """The hole with these besides."""
    return replace(hole, offers=(*hole.offers, *(value for value in values if value not in hole.values)))


def _instead(text: Text, node: ast.expr, other: Template) -> Hole:
    """A place for something else than an expression."""
    return Hole(span=span(node), values=(text.source(node),), adds=INSTEAD, offers=(other,))


def _holder(tree: ast.Module, hole: Hole) -> Holder:
    """The dictionary, or the call, that something is added to."""
    sort: type[Holder] = ast.Dict if hole.adds == KEYS else ast.Call
    holders = nodes_of(sort, tree)
    return next(node for node in holders if span(node.func if isinstance(node, ast.Call) else node) == hole.span)


def _parts(holder: Holder) -> list[ast.expr]:
    """What is in it by now."""
    if isinstance(holder, ast.Call):
        return arguments(holder)
    return holder.values


def _of_call(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """A keyword that it does not pass yet; none where the code cannot take it, or all of them are passed on."""
    is_about = set(map(last_name, (call.func, *call.args))) & known.callables
    passed = {keyword.arg for keyword in call.keywords}
    if is_about and None not in passed and not any(isinstance(value, ast.GeneratorExp) for value in call.args):
        for keyword in known.keywords:
            if keyword.name not in passed:
                yield _hole(span(call.func), keyword.name, keyword.values)


def _of_mock(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """That what stands for a collaborator raises what is caught, where the test says only what it gives."""
    name, passed = last_name(call.func), {keyword.arg for keyword in call.keywords}
    is_mock = (name in {*MOCKS, *PATCHES} and RETURNS in passed) or len(call.args) == PATCHES.get(name, -1)
    if is_mock and not passed & {RAISES, *NOT_BY_ITSELF}:
        yield _hole(span(call.func), RAISES, known.caught)


def _of_keys(mapping: ast.Dict, known: Addable) -> Hole:
    """Keys that a dictionary of texts lacks."""
    there = {getattr(key, "value", None) for key in mapping.keys}
    is_of_texts = all(isinstance(key, str) for key in there)
    lacking = [keyword for keyword in known.keys if keyword.name not in there] if is_of_texts else []
    offers = [f"{{{keyword.name!r}: {value}}}" for keyword in lacking for value in keyword.values]
    return _hole(span(mapping), KEYS, offers, most=MOST_KEYED)


def _hole(place: Span, adds: str, offers: Sequence[str], most: int = MOST_VALUES) -> Hole:
    return Hole(span=place, values=(NOTHING.get(adds, "..."),), adds=adds, offers=tuple(offers[:most]))


def _passed_defaults(function: Function, known: Addable) -> Iterator[tuple[ast.expr, str]]:
    """What the calls pass for parameters of which the default is known, and that."""
    defaults = {keyword.name: keyword.default for keyword in known.keywords if keyword.default}
    for call in (call for call in calls(function) if last_name(call.func) in known.callables):
        passed = ((keyword.value, defaults.get(keyword.arg or "", "")) for keyword in call.keywords)
        yield from ((value, default) for value, default in passed if default)


def _assignments(function: Function) -> Iterator[tuple[ast.stmt, ast.Attribute | ast.Subscript]]:
    """The steps that set an attribute or a key of what a name, or an attribute of one, stands for."""
    places = {hole.span for hole in steps.step_holes(function) if hole.span is not None}
    for step in steps.statements_at(function, places):
        target = step.targets[0] if isinstance(step, ast.Assign) else None
        if isinstance(target, ast.Attribute) or (isinstance(target, ast.Subscript) and [*texts([target.slice])]):
            yield step, target


def _set_part(target: ast.Attribute | ast.Subscript) -> str:
    """What it sets, as `Hole.adds` has it."""
    if isinstance(target, ast.Attribute):
        return _part(ATTRIBUTE, target.attr)
    return _part(ITEM, *texts([target.slice]))


def _part(kind: str, name: str) -> str:
    return f".{name}" if kind == ATTRIBUTE else f'["{name}"]'
