"""Where an existing test may do more, or something else.

Pass another keyword or key, or call another method of a client.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias
from urllib.parse import urlencode

from msgspec.structs import replace

from pytest_enrich.data import Hole, Span
from pytest_enrich.imports.text import bound
from pytest_enrich.proposers.rows.addable import INSTEAD, KEYS, METHOD, VERBS, Addable
from pytest_enrich.proposers.rows.mocks import MOCKS, NOT_BY_ITSELF, PATCHES, RAISES, RETURNS
from pytest_enrich.proposers.rows.steps import all_steps
from pytest_enrich.writing.syntax import (
    Edit,
    Function,
    Text,
    arguments,
    calls,
    last_name,
    literal_value,
    nodes_of,
    plain,
    span,
)

Holder: TypeAlias = ast.Dict | ast.Call
PATH = re.compile(r"(https?:/)?/[\w./~-]*(\?\S*)?")
"""The path or URL of a page on a server."""
MOST_HOLES, MOST_VALUES, MOST_WORDS, MOST_NAMED = 24, 6, 8, 4


def added_holes(function: Function, known: Addable) -> list[Hole]:
    """The places in a test's body where something known may be added."""
    call_nodes = list(calls(function))
    compared = {span(node) for test in nodes_of(ast.Compare, function) for node in test.comparators}
    holes = [
        *(hole for call in call_nodes for hole in (*_of_call(call, known), *_of_mock(call, known))),
        *(_of_keys(node, known) for node in nodes_of(ast.Dict, *function.body) if span(node) not in compared),
    ]
    return [hole for hole in holes if hole.offers][:MOST_HOLES]


def adding_edit(text: Text, hole: Hole, value: str) -> Edit:
    """The edit that writes the value of such a hole into the test."""
    node = _holder(text.tree, hole)
    keywords = getattr(node, "keywords", ()) if hole.adds == RAISES else ()
    returned = next((keyword for keyword in keywords if keyword.arg == RETURNS), None)
    if returned is not None:  # what the mock returns no longer matters
        return span(returned), f"{RAISES}={value}"
    added = value[1:-1] if hole.adds == KEYS else f"{hole.adds}={value}"
    parts = sorted(map(span, _parts(node)), key=lambda place: place[2:])
    if not parts:
        line, column = node.end_lineno or 0, (node.end_col_offset or 1) - 1
        return (line, column, line, column), added
    first, _, line, column = parts[-1]
    opened = node.func.end_lineno if isinstance(node, ast.Call) else node.lineno
    indent = text.indentation(first) if first > (opened or node.lineno) else None
    return (line, column, line, column), f", {added}" if indent is None else f",\n{indent}{added}"


def with_query(hole: Hole, known: Addable) -> Hole:
    """The hole, offering a server's path also with a query of what the code behind it takes."""
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
    """The hole, offering its default, too, where the literal is an optional argument."""
    defaults = {keyword.name: keyword.default for keyword in known.keywords if keyword.default}
    target_calls = (call for call in calls(function) if not hole.adds and last_name(call.func) in known.callables)
    passed = (keyword for call in target_calls for keyword in call.keywords if span(keyword.value) == hole.span)
    return _offering(hole, [defaults[keyword.arg] for keyword in passed if keyword.arg in defaults])


def verb_holes(function: Function, known: Addable) -> list[Hole]:
    """The places where a client calls one HTTP method, for the others that the code distinguishes."""
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


def kin_holes(tree: ast.Module, function: Function, known: Addable) -> Iterator[Hole]:
    """The first place where a test names a class related to the target's, or one called after it, for another.

    `RuleAppendTags` may become `RuleRemoveTags` if the file has such a name.
    """
    if not known.kin:
        return
    there, own = {binding.name for binding in bound(tree.body)}, plain(known.owner).rpartition(".")[2]
    named = [node for statement in all_steps(function) for node in nodes_of(ast.expr, statement)]
    for kin in known.kin:
        for node in named:
            if offer := _instead(node, kin, own, there) or (known.owner if last_name(node) == kin else ""):
                yield Hole(span=span(node), values=(ast.unparse(node),), adds=INSTEAD, offers=(offer,))
                break


def _instead(node: ast.expr, kin: str, own: str, there: Collection[str]) -> str:
    """The expression for the target's class, or for what is called after it; "" if nothing of it is there."""
    if isinstance(node, ast.Attribute):
        return f"{ast.unparse(node.value)}.{own}" if node.attr == kin else ""
    name = node.id if isinstance(node, ast.Name) else ""
    other = name.replace(kin, own)
    return other if other != name and other in there else ""


def _offering(hole: Hole, values: Iterable[str]) -> Hole:
    """The hole, offering these values, too."""
    return replace(hole, offers=(*hole.offers, *(value for value in values if value not in hole.values)))


def _value(template: str) -> object:
    """The value of a literal; None for anything else."""
    return (literal_value(template) or (None,))[0]


def _holder(tree: ast.Module, hole: Hole) -> Holder:
    """The dictionary or the call that something is added to."""
    holders: Iterator[Holder] = nodes_of(ast.Dict, tree) if hole.adds == KEYS else nodes_of(ast.Call, tree)
    return next(node for node in holders if span(node.func if isinstance(node, ast.Call) else node) == hole.span)


def _parts(holder: Holder) -> list[ast.expr]:
    """The elements or arguments that it has already."""
    return arguments(holder) if isinstance(holder, ast.Call) else holder.values


def _of_call(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """The keywords that a call does not pass yet; none where the code cannot take them, or there is a `**`."""
    is_about = set(map(last_name, (call.func, *call.args))) & known.callables
    keywords = known.keywords if is_about else known.made.get(last_name(call.func), ())
    passed = {keyword.arg for keyword in call.keywords}
    if None not in passed and not any(isinstance(value, ast.GeneratorExp) for value in call.args):
        for keyword in keywords:
            if keyword.name not in passed:
                yield _hole(span(call.func), keyword.name, keyword.values)


def _of_mock(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """A hole for making a mock raise what is caught, where the test only says what it returns, or nothing."""
    name, passed = last_name(call.func), {keyword.arg for keyword in call.keywords}
    is_mock = (name in {*MOCKS, *PATCHES} and RETURNS in passed) or len(call.args) == PATCHES.get(name, -1)
    if is_mock and not passed & {RAISES, *NOT_BY_ITSELF}:
        yield _hole(span(call.func), RAISES, known.caught)


def _of_keys(mapping: ast.Dict, known: Addable) -> Hole:
    """A hole for keys that a dictionary with string keys lacks; also for parameters, which clients send so."""
    there = {getattr(key, "value", None) for key in mapping.keys}
    is_of_texts = all(isinstance(key, str) for key in there)
    names = (*known.keys, *known.keywords) if is_of_texts else ()
    lacking = [keyword for keyword in names if keyword.name not in there]
    offers = [f"{{{keyword.name!r}: {value}}}" for keyword in lacking for value in keyword.values]
    return _hole(span(mapping), KEYS, offers, most=MOST_VALUES * MOST_WORDS)


def _hole(place: Span, adds: str, offers: Sequence[str], most: int = MOST_VALUES) -> Hole:
    return Hole(span=place, values=("{}" if adds == KEYS else "...",), adds=adds, offers=tuple(offers[:most]))
