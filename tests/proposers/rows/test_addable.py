"""What a target's code takes: parameters, keys, attributes."""

from __future__ import annotations

import textwrap

import pytest

from pytest_enrich.proposers.rows import addable
from pytest_enrich.proposers.rows.addable import Keyword

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

    def shown(order, other):
        if order.open and not other.find(order._hidden) and order.total.low:
            return order.name
        return 1 if other.rank else 2

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


def test_of_a_file_that_is_not_python_nothing_is_known(fakes):
    assert addable.of(fakes.target(), "def (") == addable.Addable()


LISTING = """
def listed(order):
    for name in order["lines"]:
        print(name)
    for name, price in order["prices"].items():
        print(name, price)
    if order["kind"] == "gift":
        return
"""


def test_keys_that_an_open_decision_is_about_come_first(fakes):
    gap = fakes.gap(text="if order['kind'] == 'gift':")
    target = fakes.target(gap, qualname="listed", source=LISTING, constants=())
    keys = addable.of(target, LISTING).keys
    assert [one.name for one in keys] == ["kind", "lines", "prices"]
