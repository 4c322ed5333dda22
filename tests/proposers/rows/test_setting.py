"""What a test may set besides, and tests that do."""

from __future__ import annotations

import ast
import textwrap

import pytest

from pytest_enrich.data import Vary
from pytest_enrich.proposers.rows import adding
from pytest_enrich.proposers.rows.addable import Addable, Keyword
from tests.proposers.rows.conftest import variant

KNOWN = Addable(
    attributes=(Keyword("open", ("True", "None")), Keyword("name", ("'a'",))),
    keys=(Keyword("mode", ("'x'",)), Keyword("level", ("1",))),
)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("shop.name = 'ann'\nassert shop.total() == 1", [".open"]),
        ("shop.name = 'ann'\nshop.open = True\nassert shop.total() == 1", []),
        ("shop.a = 1\nshop.b = 2\nassert shop.total()", [".open", ".name"]),
        ("shop.config['level'] = 2\nassert shop.total() == 1", ['["mode"]']),
        ("shop.config[0] = 2\nassert shop.total() == 1", []),
        ("with shop as s:\n    s.a = 1\n    assert s.total()", [".open", ".name"]),
        ("name = 1\nassert shop.total(name)", []),
    ],
)
def test_beside_what_is_set_the_rest_that_is_asked_may_be_set_too(body, found):
    (function,) = ast.parse("def test_it(shop):\n" + textwrap.indent(body, "    ")).body
    assert [hole.adds for hole in adding.setting_holes(function, KNOWN)] == found


TEST = """
    from shop.cart import Cart, discount


    def test_discount():
        with Cart() as cart:
            cart.owner = "ann"
            assert discount(cart) == 3
    """
SOURCE = "def discount(cart):\n    if cart.open:\n        return 1\n"


def test_the_sibling_sets_it_on_a_line_of_its_own(rows):
    _, sandbox = rows(TEST, source=SOURCE)
    holes = sandbox.asked(Vary)[0].patterns[0].holes
    at = next(at for at, one in enumerate(holes) if one.adds == ".open")
    (made, *_), _ = rows(TEST, variant(values=((at, "True"),), seen=("1",)), source=SOURCE)
    assert made.code.splitlines()[1:] == [
        "    with Cart() as cart:",
        '        cart.owner = "ann"',
        "        cart.open = True",
        "        assert discount(cart) == 1",
    ]


def test_an_attribute_that_varies_has_to_do_with_what_is_asserted_of_its_object(rows):
    (made, *_), _ = rows(TEST, variant("'eve'", seen=("7",)))
    assert made.code.splitlines()[2:] == ["        cart.owner = 'eve'", "        assert discount(cart) == 7"]
