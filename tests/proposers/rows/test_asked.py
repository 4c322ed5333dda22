"""What a target's code asks for by name: methods that decide, exceptions that it catches."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from msgspec.structs import replace

from pytest_enrich.data import NearTest, Varied, Vary
from pytest_enrich.proposers.rows import RowsProposer, asked
from tests.proposers.rows.conftest import variant

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
        '    with patch("shop.cart.fetch", side_effect=ValueError), pytest.raises(',
        '        KeyError, match="no rate"',
        "    ):",
        "        discount()",
    ]
