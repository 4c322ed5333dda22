from __future__ import annotations

from itertools import pairwise

from pytest_enrich.payload.explore import examples
from pytest_enrich.payload.explore.calls import Call
from pytest_enrich.payload.explore.entry import Entry

PRICE = Entry(
    "shop", "price", "function", ({"name": "total", "kind": "positional"}, {"name": "unit", "kind": "positional"})
)
ADD = Entry("shop", "Cart.add", "method", ({"name": "item", "kind": "positional"},))


class Documented:
    """Prices.

    >>> price(3, unit="EUR")
    '3 EUR'
    >>> print(price(4, "USD"))
    4 USD
    >>> cart = Cart(2)
    >>> cart.add(1)
    >>> price(*many)
    >>> this is no code
    """


class Cart:
    pass


Cart.__module__ = "pytest_enrich.payload.explore.examples"


def test_calls_in_the_examples_of_a_docstring_are_calls_to_begin_with():
    assert examples.example_calls(PRICE, Documented, {}) == [
        Call("price", (("total", "3"), ("unit", "'EUR'"))),
        Call("price", (("total", "4"), ("unit", "'USD'"))),
    ]


def test_a_method_is_called_on_the_object_that_the_examples_made(monkeypatch):
    monkeypatch.setattr(examples, "Cart", Cart, raising=False)
    (call,) = examples.example_calls(ADD, Documented, {"Cart": Cart})
    assert call == Call("Cart.add", (("item", "1"),), "⟨pytest_enrich.payload.explore.examples:Cart⟩(2)")


def test_a_method_is_called_on_the_object_that_an_example_makes_just_there(monkeypatch):
    def add(item):
        """Add it.

        >>> Cart(3).add(item=80)
        """

    monkeypatch.setattr(examples, "Cart", Cart, raising=False)
    (call,) = examples.example_calls(ADD, add, {"Cart": Cart})
    assert call == Call("Cart.add", (("item", "80"),), "⟨pytest_enrich.payload.explore.examples:Cart⟩(3)")


def test_what_the_variables_of_an_example_stand_for_is_passed():
    def tokens():
        """
        >>> text = "This is Fred's book."
        >>> words = text.split()
        >>> price(words, unit=text)
        """

    (call,) = examples.example_calls(PRICE, tokens, {})
    text = '"This is Fred\'s book."'
    assert call == Call("price", (("total", f"{text}.split()"), ("unit", text)))


def test_what_a_value_binds_by_itself_stands_for_no_variable():
    def prices():
        """
        >>> total = 3
        >>> price([total for total in range(4)], lambda total: total)
        """

    (call,) = examples.example_calls(PRICE, prices, {})
    assert call.arguments == (("total", "[total for total in range(4)]"), ("unit", "lambda total: total"))


def test_of_variables_that_stand_for_much_nothing_is_unfolded():
    def much():
        pass

    lines = [
        ">>> a = [1, 2]",
        *(f">>> {name} = [{before}, {before}]" for before, name in pairwise("abcdefghijkl")),
    ]
    much.__doc__ = "\n".join([*lines, ">>> price(a, unit=l)"])
    assert examples.example_calls(PRICE, much, {}) == []


def test_what_has_no_docstring_has_no_examples():
    assert examples.example_calls(PRICE, None, {}) == []
