import pytest

from pytest_enrich import patch
from pytest_enrich.data import Attempt, Gap, Kept, NewTest, Oracle, Origin, Placement
from pytest_enrich.data.suggestion import MadePart

CART = '''\
"""Tests of the cart."""

from shop.cart import discount


def test_pct():
    assert discount(10, "PCT10") == 9.0


class TestCart:
    """A cart."""

    def test_empty(self):
        assert not Cart().items

    def test_full(self):
        assert Cart([1]).items


def test_last():
    assert discount(10, "") == 10
'''


def make_test(name="test_new", code=None, *, imports=(), title="parse: it works", look="is it 1?", **place):
    parameters = "self" if place.get("owner") else ""
    return NewTest(
        name=name,
        code=code or f"def {name}({parameters}):\n    assert {name.removeprefix('test_')!r} != 1\n",
        imports=tuple(imports),
        placement=Placement(**{"path": "tests/test_cart.py", **place}),
        title=title,
        look=look,
        oracle=(Oracle(line=2, what="equals 1", source="observed", look=True),),
        origin=Origin(proposer="search", seed=7, executions=120),
        gaps=("cart-6e2m3fea",),
    )


def make_suggestion(test, text, *, number=0, others=(), **gap):
    facts = {"id": f"cart-{number:08}", "path": "src/shop/cart.py", "qualname": "parse", "line": 26 + number}
    facts |= {"outcome": "true", "text": "if not sep:", "lines": (26, 28), "branches": ((26, 28),)}
    missing = Gap(**(facts | gap))
    verdict = Kept(
        gaps=(missing.id,), lines=(26, 28), branches=((26, 28),), runs=("alone", "in file"), seconds=0.01
    )
    attempt = Attempt(path=missing.path, qualname="parse", digest="d1", candidate=test, verdict=verdict)
    made = MadePart(at="2026-11-25T00:00:00Z", pytest_enrich="0.1", python="3.12.1", commit="a1b2c3d")
    return patch.suggest(attempt, missing, [missing, *others], text, made=made, isolation="rlimits-only")


@pytest.fixture
def cart():
    return CART


@pytest.fixture
def new_test():
    return make_test


@pytest.fixture
def suggestion():
    return make_suggestion


@pytest.fixture
def made_of():
    return lambda **facts: make_suggestion(make_test(**facts), CART)
