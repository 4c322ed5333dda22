"""What an existing test may pass, set or leave at its default besides what it does."""

from __future__ import annotations

import textwrap

import pytest

from pytest_enrich.data import NearTest, Vary
from pytest_enrich.proposers.rows import adding
from pytest_enrich.proposers.rows.addable import KEYS, Addable, Keyword
from pytest_enrich.writing.syntax import Text
from tests.proposers.rows.conftest import variant

PASSED = Addable(
    frozenset({"Shop"}),
    (Keyword("open", ("False",)), Keyword("mode", ("'rich'",))),
    (Keyword("coupon", ("'a'", "1")), Keyword("express", ("True",))),
)


def places(body):
    """The text of a test with this body, and the places in it."""
    text = Text("def test_it(path, args):\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n")
    return text, adding.added_holes(text.tree.body[0], PASSED)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("Shop(1)", ["open", "mode"]),
        ("build(routes=[], with_=[Wrapped(Shop, mode='plain')])", ["open"]),
        ("Shop(**given)", []),
        ("Shop(x for x in y)", []),
        ("Other(1)", []),
    ],
)
def test_a_call_may_get_a_keyword_that_it_does_not_pass(body, names):
    assert [one.adds for one in places(body)[1]] == names


@pytest.mark.parametrize(
    ("body", "offers"),
    [
        (
            "send({'express': False, 'items': items})",
            ("{'coupon': 'a'}", "{'coupon': 1}", "{'open': False}", "{'mode': 'rich'}"),
        ),
        ("assert total == {'items': 1}", None),
        ("send({1: 2})", None),
        ("send({**others})", None),
    ],
)
def test_a_dictionary_may_get_a_key_that_it_lacks(body, offers):
    found = {one.adds: one.offers for one in places(body)[1]}
    assert found.get(KEYS) == offers


@pytest.mark.parametrize(
    ("body", "value", "written"),
    [
        ("Shop(1)", "False", "Shop(1, open=False)"),
        ("Shop()", "False", "Shop(open=False)"),
        ("Shop(\n    1,\n)", "False", "Shop(\n    1,\n    open=False,\n)"),
        ("(\n    make()\n    .Shop(1)\n)", "False", "(\n    make()\n    .Shop(1, open=False)\n)"),
        ("send({'items': [1]})", "{'coupon': 1}", "send({'items': [1], 'coupon': 1})"),
        ("send({})", "{'coupon': 1}", "send({'coupon': 1})"),
        (
            "send({\n    'items': [\n        1,\n    ]\n})",
            "{'coupon': 1}",
            "send({\n    'items': [\n        1,\n    ],\n    'coupon': 1\n})",
        ),
    ],
)
def test_what_is_added_stands_behind_the_rest(body, value, written):
    text, found = places(body)
    place, new = adding.adding_edit(text, found[0], value)
    lines = body.splitlines()
    whole = (2, 4, len(lines) + 1, 4 + len(lines[-1]))
    assert text.rewritten(whole, [(place, new)]) == written


def test_a_name_says_what_is_passed_besides_where_the_condition_is_long(rows, fakes):
    source = "def discount(total, coupon=None):\n    return total if total and coupon is None and coupon else 0\n"
    text = "from shop.cart import discount\n\n\ndef test_discount():\n    assert discount(9) == 9\n"
    gaps = (fakes.gap(text="if total and coupon is not None and level > 3 or mode == 'a':"),)
    _, sandbox = rows(text, source=source, gaps=gaps)
    holes = sandbox.asked(Vary)[0].patterns[0].holes
    at = next(at for at, one in enumerate(holes) if one.adds == "coupon")
    (made,), _ = rows(text, variant(values=((at, "'a'"),), seen=("0",)), source=source, gaps=gaps)
    assert made.code.splitlines()[1] == "    assert discount(9, coupon='a') == 0"
    assert made.name == "test_discount_with_coupon_returns_zero"


PASSING = """
    from shop.cart import Coupon, discount


    def test_discount():
        assert discount(9, coupon=Coupon(3), level=2) == 0
    """
DEFAULTED = """
def discount(total, coupon=None, level=0, made=list):
    if coupon is None and level and made:
        return total
    return 0
"""


def test_a_literal_may_be_what_it_is_when_it_is_left_out(rows):
    _, sandbox = rows(PASSING, source=DEFAULTED)
    holes = sandbox.asked(Vary)[0].patterns[0].holes
    assert {one.values: one.offers for one in holes}[("2",)] == ("0",)


SETS = """
    from shop.cart import Cart, discount


    def test_discount():
        with Cart() as cart:
            cart.owner = "ann"
            assert discount(cart) == 3
    """


def test_an_attribute_that_varies_has_to_do_with_what_is_asserted_of_its_object(rows):
    (made, *_), _ = rows(SETS, variant("'eve'", seen=("7",)))
    assert made.code.splitlines()[2:] == ["        cart.owner = 'eve'", "        assert discount(cart) == 7"]


FAMILY = """
class Rule:
    pass


class Append(Rule):
    def then(self, total):
        return [total]


class Remove(Rule):
    def then(self, total):
        if total:
            return []
        return None
"""
OF_KIN = """
    from shop import cart
    from shop.cart import Append
    from shop.rules import EarlyAppend, EarlyRemove


    def test_append():
        {statement}
        assert rule.then(3) == [3]
    """


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ("rule = Append()", "rule = cart.Remove()"),
        ("rule = cart.Append()", "rule = cart.Remove()"),
        ("rule = EarlyAppend(Append)", "rule = EarlyRemove(Append)"),
    ],
)
def test_a_test_of_a_related_class_may_be_one_of_the_target_s(rows, fakes, statement, written):
    near = (NearTest(nodeid=f"{fakes.TESTS}::test_append", shared=0),)
    known = {"source": FAMILY, "nearest": near, "relatives": ("Append",), "qualname": "Remove.then"}
    text = OF_KIN.format(statement=statement)
    _, sandbox = rows(text, **known)
    (hole,) = sandbox.asked(Vary)[0].patterns[0].holes
    (made, *_), _ = rows(text, variant(*hole.offers, seen=("[]",)), **known)
    assert made.name == "test_remove"
    assert made.code.splitlines()[1:] == [f"    {written}", "    assert rule.then(3) == []"]


def test_a_test_that_names_no_related_class_stays_as_it_is(rows, fakes):
    near = (NearTest(nodeid=f"{fakes.TESTS}::test_append", shared=0),)
    text = OF_KIN.format(statement="rule = make()")
    made, sandbox = rows(text, source=FAMILY, nearest=near, relatives=("Append",), qualname="Remove.then")
    assert (made, sandbox.asked(Vary)) == ([], [])
