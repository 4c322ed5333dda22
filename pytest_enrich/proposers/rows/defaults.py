"""Optional arguments that a test passes and others leave out: their defaults."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec.structs import replace

from pytest_enrich.data import Hole
from pytest_enrich.proposers.rows.addable import Addable
from pytest_enrich.proposers.rows.literal import is_literal
from pytest_enrich.proposers.rows.marks import INSTEAD
from pytest_enrich.proposers.rows.names import Function, calls, last
from pytest_enrich.proposers.rows.text import Text, span

MOST = 8


def offered(hole: Hole, function: Function, known: Addable) -> Hole:
    """A literal that is an optional argument, with its default besides."""
    passed = (default for one, default in _passed(function, known) if span(one) == hole.span and not hole.adds)
    return replace(hole, offers=(*hole.offers, *(one for one in passed if one not in hole.values)))


def holes(text: Text, function: Function, known: Addable) -> list[Hole]:
    """A place for each other optional argument."""
    passed = [(one, default) for one, default in _passed(function, known) if not is_literal(one)]
    found = ((span(one), text.source(one), default) for one, default in passed)
    made = (Hole(span=at, values=(own,), adds=INSTEAD, offers=(default,)) for at, own, default in found)
    return [one for one in made if one.offers != one.values][:MOST]


def _passed(function: Function, known: Addable) -> Iterator[tuple[ast.expr, str]]:
    """What the calls pass for parameters of which the default is known, and that."""
    values = {one.name: one.default for one in known.keywords if one.default}
    for call in (one for one in calls(function) if last(one.func) in known.callables):
        yield from ((one.value, values[one.arg]) for one in call.keywords if one.arg in values)
