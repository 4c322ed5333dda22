"""What a target's code asks for by name: the keys of its tables, exceptions that it catches."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Hole, NearTest, Varied, Vary
from pytest_enrich.proposers.rows import RowsProposer, adding, asked
from pytest_enrich.proposers.rows.addable import Addable
from pytest_enrich.writing.syntax import Text, span
from tests.proposers.rows.conftest import variant

TABLED = """
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
KNOWN = asked.tables(ast.parse(TABLED))
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


CATCHING = """
import json
import urllib.error as wrong
import requests.exceptions
from .errors import Refused
from socket import timeout

class Late(Exception):
    pass
"""


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("except ValueError:", ["ValueError", "ValueError('a')"]),
        ("except (Refused, timeout):", ["⟨shop.errors:Refused⟩", "⟨socket:timeout⟩"]),
        ("except (Refused, timeout) as error:", ["⟨shop.errors:Refused⟩('a')", "⟨socket:timeout⟩('a')"]),
        ("except wrong.URLError:", ["⟨urllib.error:URLError⟩"]),
        ("except requests.exceptions.Timeout:", ["⟨requests.exceptions:Timeout⟩"]),
        ("except json.JSONDecodeError:", ["⟨json:JSONDecodeError⟩", "⟨json:JSONDecodeError⟩('a', 'b', 0)"]),
        ("except Late:", ["⟨shop.cart:Late⟩"]),
        ("except unknown.Error:", []),
        ("except:", []),
        ("if total:", []),
    ],
)
def test_what_is_caught_is_known_by_where_it_comes_from(fakes, text, kinds):
    target = fakes.target(fakes.gap(text=text, outcome="raises"))
    found = asked.caught(target, ast.parse(CATCHING))
    assert list(found[: len(kinds)]) == kinds
    assert bool(found) == bool(kinds)


MOCKED = """
    from unittest.mock import Mock, patch

    from shop.cart import discount


    def test_discount():
        with patch("shop.cart.fetch", return_value=3):
            assert discount() == 3

    def test_given():
        load = Mock(return_value=3)
        assert discount(load) == 3

    def test_plain(mocker):
        load = mocker.patch("shop.cart.fetch")
        assert discount(load) == 3

    def test_told(mocker):
        load = mocker.patch("shop.cart.fetch", new=len)
        assert discount(load) == 3
    """
READ = {"source": "def discount(load=None):\n    try: ...\n    except ValueError: ...\n"}


@pytest.fixture
def mocked(fakes):
    """The candidates of a test in `MOCKED` for what catches `ValueError`, and the holes that were asked about."""

    def mocked(name, *variants):
        text = dedent(MOCKED).lstrip("\n")
        gap = fakes.gap(text="except ValueError:", outcome="raises")
        target = fakes.target(gap, nearest=(NearTest(nodeid=f"{fakes.TESTS}::{name}", shared=2),))
        sandbox = fakes.ScriptedSandbox({Vary: Varied(variants=variants, executions=9)})
        task = replace(fakes.task(text=text), target=target, source_text=READ["source"])
        made = list(RowsProposer(sandbox, lambda path: text if path == fakes.TESTS else "").propose(task))
        holes = [hole for job in sandbox.asked(Vary) for hole in job.patterns[0].holes]
        return made, [one for one in holes if one.adds == "side_effect"]

    return mocked


@pytest.mark.parametrize(
    ("name", "asked"), [("test_discount", 1), ("test_given", 1), ("test_plain", 1), ("test_told", 0)]
)
def test_what_stands_for_a_collaborator_may_raise(mocked, name, asked):
    holes = mocked(name)[1]
    assert [one.offers for one in holes] == [("ValueError", "ValueError('a')")] * asked


def test_what_it_raises_is_said_in_the_place_of_what_it_gives(mocked):
    (made,), _ = mocked("test_given", variant(values=((1, "ValueError"),), seen=("0",)))
    assert made.code.splitlines()[1:] == [
        "    load = Mock(side_effect=ValueError)",
        "    assert discount(load) == 0",
    ]


def test_what_a_block_with_a_stand_in_raises_is_expected_in_it(mocked):
    raising = variant(values=((0, "ValueError"),), raised="⟨builtins:KeyError⟩", message="no rate", line=8)
    (made,), _ = mocked("test_discount", raising)
    assert made.code.splitlines()[1:] == [
        '    with patch("shop.cart.fetch", side_effect=ValueError), pytest.raises(KeyError, match="no rate"):',
        "        discount()",
    ]
