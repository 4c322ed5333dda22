"""Functions of other files through which tests come to the one that is watched."""

from __future__ import annotations

INNER = """
    def price(amount):
        return amount * 2
    """
SHOP = """
    from shop.cart import price


    def total(*amounts, rate=1):
        return sum(price(one) for one in amounts) * rate


    def title(text):
        return text.upper()


    def _hidden(amount):
        return price(amount)


    def lazily(amount):
        yield price(amount)


    class Till:
        def __init__(self, fee):
            self.fee = fee

        def pay(self, amount):
            return price(amount) + self.fee

        @classmethod
        def free(cls, amount):
            return price(amount)
    """
TESTS = """
    from shop import outer


    def help_with(amount):
        return outer.total(amount)


    def test_a():
        outer.total(1, 2, rate=3)
        outer.total(1, 2, rate=3)
        help_with(5)
        outer.title("a")
        outer._hidden(1)
        list(outer.lazily(1))
        outer.Till(4).pay(7)
        outer.Till.free(8)
        outer.total(1, rate=object())
    """


def test_they_are_the_public_ones_that_tests_call_and_that_come_to_it(project, record):
    root = project(src__shop__cart=INNER, src__shop__outer=SHOP, tests__test_cart=TESTS)
    seen = {}
    for call in record(root, "price").through:
        shown = [f"{one.name}={one.value}" for one in call.arguments], call.receiver
        seen.setdefault(call.qualname, []).append(shown)
    assert seen == {
        "shop.outer:total": [(["=1", "=2", "rate=3"], None), (["=5"], None)],
        "shop.outer:Till.pay": [(["amount=7"], "⟨shop.outer:Till⟩(4)")],
        "shop.outer:Till.free": [(["amount=8"], None)],
    }


def test_what_tests_call_directly_is_no_way(project, record):
    tests = "from shop.cart import price\n\n\ndef test_a():\n    assert price(1) == 2\n"
    root = project(src__shop__cart=INNER, src__shop__outer=SHOP, tests__test_cart=tests)
    assert record(root, "price").through == ()


def test_what_was_done_before_to_the_object_that_they_are_called_on_comes_with_them(project, record):
    shop = (
        SHOP
        + """
        def raise_fee(self, by):
            self.fee += by
    """
    )
    tests = """
        from shop.outer import Till

        def test_a():
            till = Till(4)
            till.raise_fee(2)
            till.pay(7)
        """
    root = project(src__shop__cart=INNER, src__shop__outer=shop, tests__test_cart=tests)
    (call,) = record(root, "price").through
    (step,) = call.setup
    assert (call.qualname, call.receiver) == ("shop.outer:Till.pay", "⟨shop.outer:Till⟩(4)")
    assert (step.qualname, step.arguments[0].value) == ("shop.outer:Till.raise_fee", "2")
