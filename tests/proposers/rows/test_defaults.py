"""Optional arguments that a test passes, and tests that pass their defaults."""

from __future__ import annotations

from pytest_enrich.data import Vary
from tests.proposers.rows.conftest import variant

SOURCE = """
def discount(total, coupon=None, level=0, made=list):
    if coupon is None and level and made:
        return total
    return 0
"""
TEST = """
    from shop.cart import Coupon, discount


    def test_discount():
        assert discount(9, coupon=Coupon(3), level=2) == 0
    """


def asked(rows, text):
    _, sandbox = rows(text, source=SOURCE)
    return sandbox.asked(Vary)[0].patterns[0].holes


def test_a_literal_may_be_what_it_is_when_it_is_left_out(rows):
    assert {one.values: one.offers for one in asked(rows, TEST)}[("2",)] == ("0",)


def test_so_may_any_other_optional_argument(rows):
    (hole,) = (one for one in asked(rows, TEST) if one.adds == "=")
    assert (hole.values, hole.offers) == (("Coupon(3)",), ("None",))


def test_a_default_that_is_passed_or_no_literal_is_nothing_to_try(rows):
    text = TEST.replace("Coupon(3), level=2", "None, made=sorted(x)")
    assert [one for one in asked(rows, text) if one.adds == "=" or "None" in one.offers] == []


def test_the_sibling_passes_the_default(rows):
    at = next(at for at, one in enumerate(asked(rows, TEST)) if one.adds == "=")
    (made,), _ = rows(TEST, variant(values=((at, "None"),), seen=("9",)), source=SOURCE)
    assert made.code.splitlines()[1:] == ["    assert discount(9, coupon=None, level=2) == 9"]


def test_where_the_condition_is_long_a_name_says_by_which_a_value_is_passed(rows, fakes):
    at = next(at for at, one in enumerate(asked(rows, TEST)) if one.values == ("2",))
    gaps = (fakes.gap(text="if total and coupon is not None and level > 3 or mode == 'a':"),)
    (made,), _ = rows(TEST, variant(values=((at, "0"),), seen=("9",)), source=SOURCE, gaps=gaps)
    assert made.name == "test_discount_with_level_0"
