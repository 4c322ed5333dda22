"""What a target's code takes: parameters, options, keys, and classes of its kind."""

from __future__ import annotations

import ast
import textwrap

import pytest
from msgspec.structs import replace

from pytest_enrich.data import NearTest, Vary
from pytest_enrich.proposers.rows import addable
from pytest_enrich.proposers.rows.addable import Keyword
from pytest_enrich.proposers.rows.options import Option
from tests.proposers.rows.conftest import variant

TAKING = """
    import click
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

    @click.command()
    @click.argument("path")
    @click.option("--limit", type=int)
    @click.option("-t", "--table", is_flag=True)
    @click.option("--kind", type=click.Choice(["new", "old"]))
    @click.option("--rename", nargs=2)
    @click.option("--other")
    def listed(path, limit, table, kind, rename, other):
        if limit or table or kind or rename:
            return 1

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

    def parse(parser):
        parser.add_argument("--verbose", "-v", action="store_true")
        parser.add_argument("--color/--no-color")
        parser.add_argument("name")
        return parser.verbose or parser.no_color
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


def test_options_of_the_command_are_those_that_its_function_asks_for(known):
    found = known("listed", "def listed")
    assert found.options == (
        Option("--limit", 1, ("1", "0", "100")),
        Option("--table", 0),
        Option("--kind", 1, ("new", "old")),
        Option("--rename", 2),
        Option("--other", 1),
    )


def test_those_of_a_parser_are_options_too(known):
    assert known("parse", "def parse").options == (Option("--verbose", 0), Option("--no-color", 0))


def test_what_is_looked_up_is_a_key(known):
    keys = known("ordered", "def ordered", constants=("'gold'",)).keys
    assert {one.name: one.values for one in keys} == {
        "coupon": ("'a'", "1", "True", "['a']", "{}", "'gold'"),
        "express": ("True", "'a'", "1", "'gold'"),
        "kind": ("'a'", "1", "True", "['a']", "{}", "'gold'"),
    }


def test_other_names_of_a_class_take_what_it_takes(known):
    assert known("Order.total", "def total").callables == {"Order", "total", "Basket", "ordered_by"}


def test_what_decides_something_of_an_object_is_an_attribute(known):
    found = known("shown", "def shown", constants=("'gold'",)).attributes
    assert found[0] == Keyword("open", ("True", "None", "'a'", "1", "False", "'gold'"))
    assert {one.name for one in found} == {"open", "total", "rank"}


def test_of_a_file_that_is_not_python_nothing_is_known(fakes):
    assert addable.of(fakes.target(), "def (") == addable.Addable()


KINDRED = """
    class Text:
        def check(self, field): ...
        def __str__(self): ...

    class Number:
        def check(self, field): ...
        def __str__(self): ...

    class Other:
        def render(self): ...
        def check(self, form): ...
        def update(self, other): ...

    class Like:
        def update(self, other): ...

    class _Hidden:
        def check(self, field): ...

    number = Number
    """


@pytest.mark.parametrize(
    ("qualname", "names"),
    [
        ("Text.check", {"Number", "number", "_Hidden"}),
        ("Number.check", {"Text", "_Hidden"}),
        ("Number.__str__", set()),
        ("Other.render", set()),
        ("Other.check", set()),
        ("Like.update", set()),
        ("_Hidden.check", set()),
        ("check", set()),
    ],
)
def test_classes_of_one_kind_have_the_same_method(fakes, qualname, names):
    target = replace(fakes.target(), qualname=qualname, nearest=())
    found = addable.kin_of(target, ast.parse(textwrap.dedent(KINDRED)))
    assert (found.names, bool(found.own)) == (names, bool(names))


def test_a_class_that_a_test_comes_to_needs_no_other(fakes):
    near = (NearTest(nodeid="tests/test_cart.py::test_a", shared=1),)
    target = replace(fakes.target(), qualname="Text.check", nearest=near)
    assert addable.kin_of(target, ast.parse(textwrap.dedent(KINDRED))) == addable.Kin()


TESTS = """
    import pytest

    from shop.cart import Number


    @pytest.mark.parametrize("value", ["a", "b"])
    def test_discount(value, field):
        field.data = value
        number = Number(3)
        with pytest.raises(ValueError):
            number.check(field)

    def test_total(field):
        assert field.total() == 3
    """


@pytest.fixture
def kin(fakes, rows):
    """The candidates for a class that no test comes to, and the job."""

    def kin(*variants):
        near = tuple(
            NearTest(nodeid=f"{fakes.TESTS}::{name}", shared=0) for name in ("test_discount", "test_total")
        )
        changes = {"qualname": "Text.check", "nearest": near}
        return rows(TESTS, *variants, source=textwrap.dedent(KINDRED), names=(), **changes)

    return kin


def test_only_tests_that_make_one_of_its_kind_are_tried_with_it(kin):
    _, sandbox = kin()
    (job,) = sandbox.asked(Vary)
    assert [one.nodeid.rpartition("::")[2] for one in job.patterns] == ["test_discount"]
    offers = [(one.values[0], one.offers) for one in job.patterns[0].holes if one.adds == "="]
    assert offers == [("Number", ("⟨shop.cart:Text⟩",)), ("Number(3)", ("⟨shop.cart:Text⟩()",))]


def test_the_test_of_the_other_class_is_named_after_it(kin):
    _, sandbox = kin()
    holes = sandbox.asked(Vary)[0].patterns[0].holes
    at = next(at for at, one in enumerate(holes) if one.offers == ("⟨shop.cart:Text⟩()",))
    raised = variant(
        values=((at, "⟨shop.cart:Text⟩()"),), raised="⟨builtins:ValueError⟩", message="no text", line=11
    )
    (made,), _ = kin(raised)
    assert made.code.splitlines()[1:] == [
        '    field.data = "a"',
        "    number = Text()",
        '    with pytest.raises(ValueError, match="no text"):',
        "        number.check(field)",
    ]
    assert made.name.startswith("test_check")
