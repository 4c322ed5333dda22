"""Which assertion of a test notices what."""

SOURCE = "src/shop/cart.py"
CODE = """
    import pytest
    from shop.cart import Cart, spelled


    def test_new():
        cart = Cart(most=1)
        result = cart.add("pen")
        assert result is cart
        assert cart.items == ["pen"]
        assert cart.limit == 3


    def test_new__1():
        cart = Cart(most=1)
        result = cart.add("pen")
        assert result is cart


    def test_new__2():
        cart = Cart(most=1)
        cart.add("pen")
        assert cart.items == ["pen"]


    def test_new__3():
        cart = Cart(most=1)
        cart.add("pen")
        assert cart.limit == 4


    @pytest.mark.parametrize("most", [1, 2])
    def test_new__4(most):
        assert Cart(most=most).add("pen")
    """
PARTS = tuple(f"tests/test_new.py::test_new__{at}" for at in (1, 2, 3, 4))
FIRST, SECOND, _THIRD, FOURTH = PARTS


def by_change(shop, mutate, code, part, **more):
    """The fates by the change, and the answer."""
    text = (shop / SOURCE).read_text()
    line = text[: text.index(part)].count("\n") + 1
    answer = mutate(shop, code, line, parts=PARTS, **more)
    changes = {one.id: one.change for one in mutate.made(shop, line)}
    return {changes[fate.id]: fate for fate in answer.fates}, answer


def test_each_part_that_fails_is_named(shop, mutate):
    fates, _ = by_change(shop, mutate, CODE, "return self\n")
    assert fates["return self -> return None"].fate == "killed"
    assert fates["return self -> return None"].parts == (FIRST, FOURTH)
    fates, _ = by_change(shop, mutate, CODE, "self.items.append")
    assert fates["self.items.append(name) -> pass"].parts == (SECOND,)


def test_a_part_that_does_not_pass_on_the_original_is_none(shop, mutate):
    _, answer = by_change(shop, mutate, CODE, "return self\n")
    assert answer.parts == (FIRST, SECOND, FOURTH)


def test_a_call_that_fails_by_itself_fails_in_each_part(shop, mutate):
    fates, _ = by_change(shop, mutate, CODE, "if len(")
    change = "len(self.items) >= self.most -> len(self.items) < self.most"
    assert (fates[change].fate, fates[change].parts) == ("killed", (FIRST, SECOND, FOURTH))


def test_what_only_a_part_notices_the_candidate_does_not(shop, mutate):
    code = CODE.replace("        assert result is cart\n        assert cart.items", "        assert cart.items", 1)
    fates, _ = by_change(shop, mutate, code, "return self\n")
    assert fates["return self -> return None"].fate == "survived"
    assert fates["return self -> return None"].parts == (FIRST, FOURTH)


def test_a_candidate_that_fails_says_nothing_though_its_parts_pass(shop, mutate):
    _, answer = by_change(shop, mutate, CODE.replace("limit == 3", "limit == 5"), "return self\n")
    assert answer.fates == ()
    assert "does not pass on the original" in answer.error


def test_a_test_that_is_gone_has_failed_in_all_its_parts(shop, mutate):
    code = CODE.replace(
        "from shop.cart import Cart, spelled", "from shop.cart import Cart\n    assert Cart.limit == 3"
    )
    fates, _ = by_change(shop, mutate, code, "limit = 3")
    assert fates["3 -> 4"].fate == "killed"
    assert fates["3 -> 4"].parts == (FIRST, SECOND, FOURTH)
