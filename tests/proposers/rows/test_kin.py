"""Tests of what stands beside a target that no test runs: the same for the target itself."""

from __future__ import annotations

import pytest

from pytest_enrich.data import NearTest, Vary
from pytest_enrich.proposers.rows import addable
from tests.proposers.rows.conftest import variant

SOURCE = """
class Rebate:
    def of(self, total):
        return total / 10


class Coupon(Rebate):
    def of(self, total):
        return 5


class Season(Rebate):
    def of(self, total):
        return 7


class Cart:
    pass


def discount(total):
    return total / 10


def surcharge(total):
    return total / 20


def count(items):
    return len(items)
"""
CLASSES = """
    from shop.cart import Coupon


    def test_coupon():
        assert Coupon().of(30) == 5
        assert Coupon().of(60) == 5
    """
FUNCTIONS = """
    from shop import cart


    def test_surcharge():
        assert cart.surcharge(60) == 3
    """


@pytest.mark.parametrize(
    ("qualname", "kin"),
    [
        ("Season.of", {"Coupon", "Rebate"}),
        ("Rebate.of", {"Coupon", "Season"}),
        ("Cart.add", set()),
        ("discount", {"surcharge"}),
        ("count", set()),
    ],
)
def test_classes_with_a_base_in_common_and_functions_that_take_the_same_are_kin(fakes, qualname, kin):
    target = fakes.target(qualname=qualname)
    assert addable.of(target, SOURCE).kin == kin


@pytest.fixture
def unrun(rows, fakes):
    """The candidates for a function that no test runs, from variants of tests of others in its file."""

    def unrun(qualname, text, *variants, **changes):
        test = text.partition("def ")[2].partition("(")[0]
        near = (NearTest(nodeid=f"{fakes.TESTS}::{test}", shared=0),)
        gaps = {"gaps": (fakes.gap(outcome="entered", text=f"def {qualname}"),), **changes}
        return rows(text, *variants, names=(), source=SOURCE, qualname=qualname, nearest=near, **gaps)

    return unrun


def test_all_places_where_a_class_beside_it_stands_are_exchanged_together(unrun):
    (candidate,), _ = unrun("Season.of", CLASSES, variant(seen=("7", "7"), values=((2, "⟨shop.cart:Season⟩"),)))
    assert candidate.code == (
        "def test_season():\n    assert Season().of(30) == 7\n    assert Season().of(60) == 7\n"
    )
    assert candidate.imports == ("from shop.cart import Season",)


def test_a_function_of_a_module_is_exchanged_behind_its_dot(unrun):
    (candidate,), _ = unrun("discount", FUNCTIONS, variant(seen=("6.0",), values=((1, "⟨shop.cart:discount⟩"),)))
    assert candidate.code == "def test_discount():\n    assert cart.discount(60) == 6.0\n"


def test_of_a_part_of_what_no_test_runs_it_is_said_which_one(unrun, fakes):
    (candidate,), _ = unrun(
        "discount", FUNCTIONS, variant(seen=("6.0",), values=((1, "⟨shop.cart:discount⟩"),)), gaps=(fakes.gap(),)
    )
    assert candidate.name == "test_discount_with_negative_total"


def test_tests_of_what_is_no_kin_are_not_asked_for(unrun):
    _, sandbox = unrun("Cart.add", CLASSES)
    assert sandbox.asked(Vary) == []
