"""Stand-ins of a test, its mocks: what else a collaborator may give, or raise, told above what calls it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_enrich.data import Hole, Pattern, Span, Variant
from pytest_enrich.proposers.rows import mocks
from pytest_enrich.proposers.rows.addable import Addable
from pytest_enrich.proposers.rows.marks import INSTEAD, TOLD
from pytest_enrich.proposers.rows.mocks import RAISES, RETURNS
from pytest_enrich.proposers.rows.names import Function, calls, last, nodes
from pytest_enrich.proposers.rows.text import Edit, is_within, span
from pytest_enrich.validate.shield import replaces

MOST, MOST_VALUES = 16, 6


def holes(tree: ast.Module, owner: str | None, function: Function, known: Addable) -> list[Hole]:
    """A place for each thing that a stand-in of the test may be told: what it raises, and what it gives."""
    where = dict(mocks.places(tree, owner, function))
    assigned = [one for one in ast.walk(function) if isinstance(one, ast.Assign)]
    there = {ast.unparse(target) for one in assigned for target in one.targets}
    found = [
        Hole(span=place, values=("...",), adds=f"{TOLD}{name}.{more}", offers=offers[:MOST_VALUES])
        for more, offers in _tellable(known)
        for name, place in where.items()
        if offers and f"{name}.{more}" not in there
    ]
    return [*_given(assigned, known), *_put_in(tree, function, known), *found][:MOST]


def is_told(hole: Hole) -> bool:
    """Whether it is a place for what a stand-in is told."""
    return hole.adds[:1] == TOLD


def edit(hole: Hole, value: str) -> Edit:
    """What writes it above the statement that is there."""
    assert hole.span is not None
    line, column, *_ = hole.span
    indent = " " * column
    return (line, column, line, column), f"{hole.adds[1:]} = {value}\n{indent}"


def places(pattern: Pattern, variant: Variant) -> set[Span]:
    """The statements above which a variant tells something."""
    changed = (pattern.holes[at] for at, _ in variant.values)
    return {hole.span for hole in changed if is_told(hole) and hole.span is not None}


def reaching_all(function: Function, pattern: Pattern, variant: Variant) -> set[Span]:
    """The places of a variant's changes that reach all that comes after, whatever it is given.

    What stand-ins are told does, and what is changed where something is put into the place of something else.
    """
    changed = (pattern.holes[at] for at, _ in variant.values)
    found = {hole.span for hole in changed if hole.span is not None}
    put = [span(one) for one in calls(function) if replaces(one.func)]
    patched = {place for place in found if any(is_within(place, whole) for whole in put)}
    return patched | places(pattern, variant)


def told(hole: Hole, value: str) -> str:
    """In a few words: `fetch.return_value = None`, of the method alone."""
    return f"{'.'.join(hole.adds[1:].split('.')[-2:])} = {value}"


def method(hole: Hole) -> str:
    """The name of what is called."""
    return hole.adds[1:].split(".")[-2]


def _given(assigned: Sequence[ast.Assign], known: Addable) -> Iterator[Hole]:
    """What a test tells a method to give that decides something: it may give something else."""
    values = {f"{one.name}.{RETURNS}": one.values for one in known.outcomes if one.name}
    for one in assigned:
        own, told_to = ast.unparse(one.value), ".".join(ast.unparse(one.targets[0]).split(".")[-2:])
        if others := tuple(value for value in values.get(told_to, ()) if value != own):
            yield Hole(span=span(one.value), values=(own,), adds=INSTEAD, offers=others)


def _put_in(tree: ast.Module, function: Function, known: Addable) -> Iterator[Hole]:
    """What a test puts into the place of a function (`monkeypatch.setattr(shop, "load", lambda: 3)`): a mock."""
    own = {one.name: one for one in (*tree.body, *nodes(function)) if isinstance(one, Function)}
    told_to = [f"{RAISES}={f'⟨builtins:{one}⟩' if one.isidentifier() else one}" for one in known.caught]
    told_to += [f"{RETURNS}={value}" for one in known.outcomes for value in one.values]
    for call in calls(function) if told_to else ():
        put = call.args[-1] if replaces(call.func) and call.args else ast.Constant(None)
        stands_for = own.get(last(put), put)
        if isinstance(stands_for, ast.Lambda | Function):
            kind = "AsyncMock" if isinstance(stands_for, ast.AsyncFunctionDef) else "Mock"
            offers = tuple(f"⟨unittest.mock:{kind}⟩({one})" for one in dict.fromkeys(told_to))
            yield Hole(span=span(put), values=(ast.unparse(put),), adds=INSTEAD, offers=offers[:MOST_VALUES])


def _tellable(known: Addable) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a stand-in, or a method of one, may be told, with values: exceptions first, then what methods give."""
    if known.caught:
        yield from ((f"{name}.{RAISES}".lstrip("."), known.caught) for name in ("", *known.tried))
    yield from ((f"{one.name}.{RETURNS}", one.values) for one in known.outcomes if one.name)
    yield RETURNS, tuple(dict.fromkeys(value for one in known.outcomes for value in one.values))
