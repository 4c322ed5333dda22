from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.writing.messages import unfilled


def raising(message):
    return f"def price(total):\n    raise ValueError({message})\n"


@pytest.mark.parametrize(
    ("source", "message", "left"),
    [
        ('f"no total {total!r} in the cart"', "no total Bound(3) in the cart", "no total   in the cart"),
        ('"no total %r in the cart" % total', "no total Bound(3) in the cart", "no total   in the cart"),
        ('"no total {!r} in the cart".format(total)', "no total Bound(3) in the cart", "no total   in the cart"),
        ('"no total " + str(total)', "no total Bound(3)", "no total  "),
        ('"no total {0} {{x}}".format(total)', "no total 3 {x}", "no total   {x}"),
        ('"no total %s of 5%%" % total', "no total 3 of 5%", "no total   of 5%"),
        ('f"{name} must be positive"', "total must be positive", "total must be positive"),
        ('f"{type(total).__name__} is no total"', "Bound is no total", "Bound is no total"),
        ('f"no total {total!r} in the cart"', "another message", "another message"),
        ('f"no: {total!r}"', "no: Bound(3)", "no: Bound(3)"),
        ('f"{total!r}{name!r} is no total"', "3'x' is no total", "  is no total"),
        ('f"{total!r} in {cart!r} is no total"', "[1 in 2] in 3 is no total", "  in   is no total"),
        ('f"no total {total!r}!"', "no total 3! or so!", "no total  !"),
        ('f"no total {total!r}"', "no total ", "no total "),
        ('f"total{total!r} in the cart"', "total in the cart", "total in the cart"),
        ('"no total"', "no total", "no total"),
    ],
)
def test_what_the_code_puts_into_a_message_is_taken_out_unless_it_is_a_word_of_the_sentence(source, message, left):
    assert unfilled(raising(source), message) == left


def test_the_text_with_most_letters_of_its_own_is_believed():
    source = 'def price(total):\n    f"{total} in the cart"\n    f"no total {total} in the cart"\n'
    assert unfilled(source, "no total 3 in the cart") == "no total   in the cart"


def test_a_message_of_many_holes_is_gone_through_once():
    holes = "".join(f"{{a{at}}}a" for at in range(40))
    message = "a" * 20_000 + "b"
    assert unfilled(raising(f'f"{holes} in the cart"'), message) == message


@given(st.text(), st.text())
def test_any_source_and_any_message_are_read(source, message):
    assert isinstance(unfilled(source, message), str)


@given(st.text(min_size=1).filter(lambda text: not text.replace("_", " ").strip().isalpha()))
def test_whatever_was_put_in_is_no_part_of_it(value):
    left = unfilled(raising('f"no total {total} in the cart"'), f"no total {value} in the cart")
    assert left in {"no total   in the cart", f"no total {value} in the cart"}
