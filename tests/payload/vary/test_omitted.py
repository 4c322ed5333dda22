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


SETTING = """
    class Shop:
        def __init__(self):
            self.name, self.open = "", True

    def greeting(shop):
        return "hello" if shop.open else (
            "closed"  # here
        )
    """
SETTING_TESTS = """
    from sample import Shop, greeting


    def test_greeting():
        shop = Shop()
        shop.name = "ann"
        assert greeting(shop) == "hello"
    """


def test_an_object_gets_one_more_attribute_that_it_has(vary, written):
    tests = written(SETTING_TESTS)
    asserted = tests.point("assert greeting(shop) == 'hello'", "greeting(shop)")
    place = tests.span("assert greeting(shop) == 'hello'")
    settings = [
        Hole(span=place, values=("...",), adds="!shop.open", offers=("None", "True")),
        Hole(span=place, values=("...",), adds="!shop.unknown", offers=("1",)),
    ]
    answer = vary(SETTING, tests, tests.pattern("test_greeting", *settings, points=(asserted,)))
    assert {variant.values: variant.seen for variant in answer.variants} == {
        ((0, "None"),): (Sighting(point=0, value="'closed'"),)
    }


INSTEAD = """
    def total(items, coupon=None):
        if coupon is None:
            return sum(items)  # here
        return coupon(sum(items))
    """
INSTEAD_TESTS = """
    from sample import total


    def test_total():
        def half(value):
            return value // 2

        assert total([4, 2], coupon=half) == 3
    """


def test_something_else_stands_in_the_place_of_an_expression_and_what_is_in_it_may_vary(vary, written):
    tests = written(INSTEAD_TESTS)
    asserted = tests.point("assert total([4, 2], coupon=half) == 3", "total([4, 2], coupon=half)")
    place = tests.span("half", after=asserted.span[0] - 1)
    hole = Hole(span=place, values=("half",), adds="=", offers=("None",))
    (variant,) = vary(INSTEAD, tests, tests.pattern("test_total", hole, points=(asserted,))).variants
    assert (variant.values, variant.seen) == (((0, "None"),), (Sighting(point=0, value="6"),))


def test_what_leads_to_the_target_by_itself_is_tried_first(vary, written):
    source = """
        def half(*values):
            return values[0] / 2

        def third(*values):
            return values[0] / 3  # here
        """
    tests = written("""
        import sample


        def test_half():
            assert sample.half(12, "a", "b", "c") == 6
        """)
    asserted = tests.point("assert sample.half(12, 'a', 'b', 'c') == 6", "sample.half(12, 'a', 'b', 'c')")
    given = [Hole(span=tests.span(text), values=(text,)) for text in ("12", "'a'", "'b'", "'c'")]
    hole = Hole(span=tests.span("sample.half"), values=("'half'",), adds=":", offers=("'third'",))
    pattern = tests.pattern("test_half", *given, hole, points=(asserted,))
    answer = vary(source, tests, pattern, executions=2, values=("'d'", "'e'", "13"))
    assert [one.values for one in answer.variants] == [((4, "'third'"),)]


STANDING = """
    def total(cart, load):
        try:
            rate = load.rate(cart)
        except KeyError:
            return -1  # here
        if rate is None:
            return 0  # here
        return rate
    """
STANDING_TESTS = """
    from unittest.mock import Mock

    from sample import total


    def test_total():
        load = Mock()
        load.rate.return_value = 3
        assert total("cart", load) == 3
    """


def test_a_stand_in_is_told_something_above_a_statement(vary, written):
    tests = written(STANDING_TESTS)
    asserted = tests.point("assert total('cart', load) == 3", "total('cart', load)")
    holes = [
        Hole(span=asserted.span, values=("...",), adds="!load.rate.side_effect", offers=("KeyError",)),
        Hole(span=asserted.span, values=("...",), adds="!load.rate.return_value", offers=("None",)),
        Hole(span=asserted.span, values=("...",), adds="!total.return_value", offers=("None",)),
    ]
    answer = vary(STANDING, tests, tests.pattern("test_total", *holes, points=(asserted,)))
    assert {variant.values: variant.seen for variant in answer.variants} == {
        ((0, "KeyError"),): (Sighting(point=0, value="-1"),),
        ((1, "None"),): (Sighting(point=0, value="0"),),
    }
