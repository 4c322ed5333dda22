"""What a target's code takes: parameters, keys, exceptions that it catches."""

from __future__ import annotations

import textwrap

import pytest
from msgspec.structs import replace

from pytest_enrich.data import NearTest, Varied, Vary
from pytest_enrich.proposers.rows import RowsProposer, addable
from pytest_enrich.proposers.rows.addable import Keyword
from tests.proposers.rows.conftest import variant

TAKING = """
    from typing import Literal

    class Shop:
        def __init__(self, name, *, open=True, taxes: list[str] = (), mode: Literal["plain", "rich"] = "plain"):
            self.taxes = taxes
            self.is_open = open
            self.mode = mode

        def bill(self, total, unit: str | None = None):
            if self.taxes and unit == "euro" and self.mode:
                return total
            return 0

    @dataclass
    class Order:
        items: list[str]
        rebate: int = 0
        tags: list[str] = field(default_factory=list)
        other: int = 1

        def total(self):
            return len(self.items) - self.rebate + len(self.tags)

    Basket = ordered_by = Order

    def parted(text, by=None):
        return text.split(by)

    def ordered(data):
        if "coupon" in data or data.get("express"):
            data["total"] = 1
        return data["kind"]
"""


@pytest.fixture
def known(fakes):
    """What may be passed besides to a function whose own lines are these."""

    def known(qualname, first, **changes):
        source = textwrap.dedent(TAKING)
        start = next(at for at, line in enumerate(source.splitlines()) if first in line)
        lines = source.splitlines()[start:]
        indent = len(lines[0]) - len(lines[0].lstrip())
        inside = [line for line in lines[1:] if not line.strip() or len(line) - len(line.lstrip()) > indent]
        own = textwrap.dedent("\n".join([lines[0], *inside[: len(lines) - 1]]))
        target = fakes.target(
            fakes.gap(qualname=qualname), qualname=qualname, source=own.split("\n\n")[0], **changes
        )
        return addable.of(target, source)

    return known


def test_optional_parameters_that_the_code_names_are_keywords(known):
    found = known("Shop.bill", "def bill", constants=("'euro'",))
    assert found.callables == {"Shop", "bill"}
    assert found.keywords == (
        Keyword("unit", ("'a'", "'euro'"), "None"),
        Keyword("taxes", ("['a']", "['euro']"), "()"),
        Keyword("mode", ("'rich'", "'a'", "'euro'"), "'plain'"),
    )


def test_of_a_parameter_without_a_hint_that_is_none_anything_may_be_tried(known):
    (found,) = known("parted", "def parted", constants=("'gold'",)).keywords
    assert found == Keyword("by", ("'a'", "True"), "None")


def test_a_constructor_takes_those_of_its_class(known):
    found = known("Shop.__init__", "def __init__")
    assert found.callables == {"Shop"}
    assert {one.name: one.values for one in found.keywords}["open"] == ("False",)


def test_the_fields_of_a_data_class_are_optional_where_they_have_a_default(known):
    found = known("Order.total", "def total")
    assert found.keywords == (Keyword("rebate", ("1", "2"), "0"), Keyword("tags", ("['a']",)))


def test_what_is_looked_up_is_a_key(known):
    keys = known("ordered", "def ordered", constants=("'gold'",)).keys
    assert {one.name: one.values for one in keys} == {
        "coupon": ("'a'", "1", "True", "['a']", "{}", "'gold'"),
        "express": ("True", "'a'", "1", "'gold'"),
        "kind": ("'a'", "1", "True", "['a']", "{}", "'gold'"),
    }


def test_other_names_of_a_class_take_what_it_takes(known):
    assert known("Order.total", "def total").callables == {"Order", "total", "Basket", "ordered_by"}


def test_of_a_file_that_is_not_python_nothing_is_known(fakes):
    assert addable.of(fakes.target(), "def (") == addable.Addable()


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
    found = addable.of(target, CATCHING).caught
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
        text = textwrap.dedent(MOCKED).lstrip("\n")
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
