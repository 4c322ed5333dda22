"""Where an existing test may pass more or other things than it does.

A keyword of a call, a key of a mapping, the default of a parameter, a mock in the place of a function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Hole, Span
from pytest_enrich.proposers.rows import steps
from pytest_enrich.proposers.rows.addable import INSTEAD, KEYS, Addable
from pytest_enrich.writing.syntax import (
    Edit,
    Function,
    Text,
    arguments,
    calls,
    inner_nodes,
    is_literal,
    last_name,
    nodes_of,
    span,
)

RETURNS, RAISES = "return_value", "side_effect"
MOCKS, PATCHES = {"Mock", "MagicMock", "AsyncMock", "create_autospec"}, {"patch": 1, "object": 2}
"""What makes a mock; `patch` and `patch.object` do with so many arguments."""
NOT_BY_ITSELF = {"new", "new_callable", "wraps", None}
MOST_HOLES, MOST_VALUES, MOST_KEYS = 24, 6, 48
MOST_DEFAULTS = 8


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
    added = value[1:-1] if hole.adds == KEYS else f"{hole.adds}={value}"
    parts = arguments(node) if isinstance(node, ast.Call) else node.values
    ends = [span(part)[2:] for part in parts]
    line, column = max(ends, default=(node.end_lineno or 0, (node.end_col_offset or 1) - 1))
    return (line, column, line, column), f", {added}" if ends else added


def with_default(hole: Hole, function: Function, known: Addable) -> Hole:
    """A literal that is an optional argument, with its default besides."""
    passed = _passed_defaults(function, known) if not hole.adds else ()
    defaults = (default for value, default in passed if span(value) == hole.span)
    return replace(hole, offers=(*hole.offers, *(default for default in defaults if default not in hole.values)))


def default_holes(text: Text, function: Function, known: Addable) -> list[Hole]:
    """A place for each other optional argument."""
    passed = ((value, default) for value, default in _passed_defaults(function, known) if not is_literal(value))
    holes = (
        Hole(span=span(value), values=(text.source(value),), adds=INSTEAD, offers=(default,))
        for value, default in passed
    )
    return [hole for hole in holes if hole.offers != hole.values][:MOST_DEFAULTS]


def mock_holes(tree: ast.Module, function: Function, known: Addable) -> Iterator[Hole]:
    """What a test puts into the place of a function (`monkeypatch.setattr(shop, "load", lambda: 3)`): a mock."""
    own = {node.name: node for node in (*tree.body, *inner_nodes(function)) if isinstance(node, Function)}
    ways = [f"{RAISES}={f'⟨builtins:{kind}⟩' if kind.isidentifier() else kind}" for kind in known.caught]
    ways += [f"{RETURNS}={value}" for value in known.outcomes]
    for call in steps.replacing_calls(function) if ways else ():
        put = call.args[-1] if call.args else ast.Constant(None)
        stands_for = own.get(last_name(put), put)
        if isinstance(stands_for, ast.Lambda | Function):
            kind = "AsyncMock" if isinstance(stands_for, ast.AsyncFunctionDef) else "Mock"
            offers = tuple(f"⟨unittest.mock:{kind}⟩({way})" for way in ways)
            yield Hole(span=span(put), values=(ast.unparse(put),), adds=INSTEAD, offers=offers[:MOST_VALUES])


def _holder(tree: ast.Module, hole: Hole) -> ast.Dict | ast.Call:
    """The dictionary, or the call, that something is added to."""
    if hole.adds == KEYS:
        return next(node for node in nodes_of(ast.Dict, tree) if span(node) == hole.span)
    return next(call for call in nodes_of(ast.Call, tree) if span(call.func) == hole.span)


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
    return Hole(span=span(mapping), values=("{}",), adds=KEYS, offers=tuple(offers[:MOST_KEYS]))


def _hole(place: Span, adds: str, offers: Sequence[str]) -> Hole:
    return Hole(span=place, values=("...",), adds=adds, offers=tuple(offers[:MOST_VALUES]))


def _passed_defaults(function: Function, known: Addable) -> Iterator[tuple[ast.expr, str]]:
    """What the calls pass for parameters of which the default is known, and that."""
    defaults = {keyword.name: keyword.default for keyword in known.keywords if keyword.default}
    for call in (call for call in calls(function) if last_name(call.func) in known.callables):
        passed = ((keyword.value, defaults.get(keyword.arg or "", "")) for keyword in call.keywords)
        yield from ((value, default) for value, default in passed if default)
