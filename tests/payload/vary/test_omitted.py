"""Tests that run without one of their steps."""

from __future__ import annotations

from pytest_enrich.data import Hole, Sighting

SOURCE = """
    class Cart:
        def __init__(self):
            self.items, self.name, self.hooks = [], "", []

        def hook(self, function):
            self.hooks.append(function)
            return function

    def total(cart):
        if not cart.name:
            return "nobody"  # here
        if not cart.hooks:
            return "no hook"  # here
        return cart.hooks[0]()
    """
TESTS = """
    from sample import Cart, total


    def test_total():
        cart = Cart()
        cart.name = "ann"

        @cart.hook
        def greet():
            return "hello"

        assert total(cart) == "hello"
    """


def test_a_test_is_run_without_each_of_its_steps(vary, written):
    tests = written(TESTS)
    named, _, asserted = (
        tests.span("cart.name = 'ann'"),
        ...,
        tests.point("assert total(cart) == 'hello'", "total(cart)"),
    )
    first = next(at for at, line in enumerate(tests.text.splitlines(), 1) if "@cart.hook" in line)
    steps = [
        Hole(span=one, values=("True",), adds="-", offers=("False",)) for one in (named, (first, 4, first + 2, 22))
    ]
    answer = vary(SOURCE, tests, tests.pattern("test_total", *steps, points=(asserted,)))
    found = {variant.values: variant.seen for variant in answer.variants}
    assert found == {
        ((0, "False"),): (Sighting(point=0, value="'nobody'"),),
        ((1, "False"),): (Sighting(point=0, value="'no hook'"),),
    }
