"""Where an existing test may do more or other things than it does.

Pass a keyword or a key, ask a client by another method.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias
from urllib.parse import urlencode

from msgspec.structs import replace

from pytest_enrich.data import Hole, Span
from pytest_enrich.proposers.rows.addable import KEYS, METHOD, VERBS, Addable
from pytest_enrich.proposers.rows.mocks import MOCKS, NOT_BY_ITSELF, PATCHES, RAISES, RETURNS
from pytest_enrich.writing.syntax import (
    Edit,
    Function,
    Text,
    arguments,
    calls,
    last_name,
    literal_value,
    nodes_of,
    span,
)

Holder: TypeAlias = ast.Dict | ast.Call
PATH = re.compile(r"(https?:/)?/[\w./~-]*(\?\S*)?")
"""What stands for a page of a server."""
MOST_HOLES, MOST_VALUES, MOST_WORDS, MOST_NAMED = 24, 6, 8, 4


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
    parts = sorted(map(span, _parts(node)), key=lambda place: place[2:])
    if not parts:
        line, column = node.end_lineno or 0, (node.end_col_offset or 1) - 1
        return (line, column, line, column), added
    first, _, line, column = parts[-1]
    indent = text.indentation(first) if first > node.lineno else None
    return (line, column, line, column), f", {added}" if indent is None else f",\n{indent}{added}"


def with_query(hole: Hole, known: Addable) -> Hole:
    """A path on a server, and it with what the code behind it takes besides, as a query."""
    paths = [text for value in hole.values if isinstance(text := _value(value), str) and PATH.fullmatch(text)]
    if hole.adds or not paths or len(paths) < len(hole.values):
        return hole
    start = f"{paths[0].partition('?')[0]}?"
    given = (
        (keyword.name, _value(value)) for keyword in (*known.keywords, *known.keys) for value in keyword.values
    )
    plain = ((name, value) for name, value in given if isinstance(value, str | int))
    queries = dict.fromkeys(urlencode({name: value}) for name, value in plain)
    return _offering(hole, islice((repr(start + query) for query in queries), MOST_VALUES * MOST_NAMED))


def with_default(hole: Hole, function: Function, known: Addable) -> Hole:
    """A literal that is an optional argument, with its default besides."""
    defaults = {keyword.name: keyword.default for keyword in known.keywords if keyword.default}
    made = (call for call in calls(function) if not hole.adds and last_name(call.func) in known.callables)
    passed = (keyword for call in made for keyword in call.keywords if span(keyword.value) == hole.span)
    return _offering(hole, [defaults[keyword.arg] for keyword in passed if keyword.arg in defaults])


def verb_holes(function: Function, known: Addable) -> list[Hole]:
    """The places where a client asks by one method, for the others that the code tells apart."""
    named = (call.func for call in calls(function) if isinstance(call.func, ast.Attribute) and known.verbs)
    return [
        Hole(
            span=span(node),
            values=(repr(node.attr),),
            adds=METHOD,
            offers=tuple(repr(verb) for verb in sorted({"get", *known.verbs} - {node.attr})),
        )
        for node in named
        if node.attr in VERBS
    ]


def _offering(hole: Hole, values: Iterable[str]) -> Hole:
    """The hole with these besides."""
    return replace(hole, offers=(*hole.offers, *(value for value in values if value not in hole.values)))


def _value(template: str) -> object:
    """Of a literal; None for anything else."""
    return (literal_value(template) or (None,))[0]


def _holder(tree: ast.Module, hole: Hole) -> Holder:
    """The dictionary or the call that something is added to."""
    holders: Iterator[Holder] = nodes_of(ast.Dict, tree) if hole.adds == KEYS else nodes_of(ast.Call, tree)
    return next(node for node in holders if span(node.func if isinstance(node, ast.Call) else node) == hole.span)


def _parts(holder: Holder) -> list[ast.expr]:
    """What is in it by now."""
    return arguments(holder) if isinstance(holder, ast.Call) else holder.values


def _of_call(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """A keyword that it does not pass yet; none where the code cannot take it, or all of them are passed on."""
    is_about = set(map(last_name, (call.func, *call.args))) & known.callables
    keywords = known.keywords if is_about else known.made.get(last_name(call.func), ())
    passed = {keyword.arg for keyword in call.keywords}
    if None not in passed and not any(isinstance(value, ast.GeneratorExp) for value in call.args):
        for keyword in keywords:
            if keyword.name not in passed:
                yield _hole(span(call.func), keyword.name, keyword.values)


def _of_mock(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """That what stands for a collaborator raises what is caught, where the test says only what it gives."""
    name, passed = last_name(call.func), {keyword.arg for keyword in call.keywords}
    is_mock = (name in {*MOCKS, *PATCHES} and RETURNS in passed) or len(call.args) == PATCHES.get(name, -1)
    if is_mock and not passed & {RAISES, *NOT_BY_ITSELF}:
        yield _hole(span(call.func), RAISES, known.caught)


def _of_keys(mapping: ast.Dict, known: Addable) -> Hole:
    """Keys that a dictionary of texts lacks; a parameter or a field is one where a client sends it."""
    there = {getattr(key, "value", None) for key in mapping.keys}
    is_of_texts = all(isinstance(key, str) for key in there)
    names = (*known.keys, *known.keywords) if is_of_texts else ()
    lacking = [keyword for keyword in names if keyword.name not in there]
    offers = [f"{{{keyword.name!r}: {value}}}" for keyword in lacking for value in keyword.values]
    return _hole(span(mapping), KEYS, offers, most=MOST_VALUES * MOST_WORDS)


def _hole(place: Span, adds: str, offers: Sequence[str], most: int = MOST_VALUES) -> Hole:
    return Hole(span=place, values=("{}" if adds == KEYS else "...",), adds=adds, offers=tuple(offers[:most]))
