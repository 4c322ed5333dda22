"""The keys of tables, for the arguments that are looked up in them."""

from __future__ import annotations

import ast

import pytest

from pytest_enrich.data import Hole
from pytest_enrich.proposers.rows import adding, asked
from pytest_enrich.proposers.rows.addable import Addable
from pytest_enrich.writing.syntax import Text, span

SOURCE = """
STYLES = {"plain": None, "grid": 1, other: 2}
WIDE: dict = {"grid": 1, "wide": 2}
EMPTY = {}

def shown(text, style="plain", *, width=None):
    if style in WIDE:
        text = WIDE.get(style)
    return STYLES[style] + EMPTY[text]

class Table:
    def cell(self, name):
        return STYLES.get(name, 0)
"""
KNOWN = asked.tables(ast.parse(SOURCE))
STYLES = ("'grid'", "'wide'", "'plain'")


@pytest.mark.parametrize(
    ("call", "keys"),
    [
        ("shown('x', 'plain')", [(), STYLES]),
        ("shown('x', style='plain')", [(), STYLES]),
        ("table.cell('grid')", [("'plain'", "'grid'")]),
        ("shown('x', width='plain')", [(), ()]),
        ("other('plain')", [()]),
    ],
)
def test_an_argument_may_be_any_key_of_its_tables(call, keys):
    node = ast.parse(call, mode="eval").body
    arguments = (*node.args, *(one.value for one in node.keywords))
    assert [{*asked.table_keys(node, one, KNOWN)} for one in arguments] == [{*one} for one in keys]


def test_a_literal_and_a_parameter_are_offered_the_other_keys():
    text = Text("def test_it(style):\n    assert shown('x', style='plain') == shown('y', style)\n")
    function = text.tree.body[0]
    literal = next(one for one in ast.walk(function) if getattr(one, "value", None) == "plain")
    known = Addable(tables=KNOWN)
    first = adding.with_keys(Hole(span=span(literal), values=("'plain'",)), function, known)
    second = adding.with_keys(Hole(name="style", values=("'grid'", "'plain'")), function, known)
    assert set(first.offers) == {"'grid'", "'wide'"}
    assert second.offers == ("'wide'",)
