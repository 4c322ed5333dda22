"""The code of a function is exchanged only where importing the mutant would have come to the same."""

import pytest

from pytest_enrich.payload.mutate.swap import Swaps, differences

SOURCE = """\
def price(amount):
    if amount > 100:
        return amount * 2
    return amount


def keys(words):
    for word in words:
        yield word.upper()
    yield ""


def adder(one):
    def add(other):
        return one + other

    return add


BASE = price(1)
KEYS = keys(["a"])
next(KEYS)
ADD = adder(1)
"""


@pytest.fixture
def plan():
    """The plan for a change of one line of a file that was imported."""
    names = {}

    def plan(old, new):
        swaps, code = Swaps(), compile(SOURCE, "shop.py", "exec")
        swaps.watch("shop.py")
        exec(code, names)
        swaps.ready()
        line = SOURCE[: SOURCE.index(old)].count("\n") + 1
        changed = compile(SOURCE.replace(old, new, 1), "shop.py", "exec")
        pairs = swaps.plan(differences(code, changed), range(line, line + 1))
        if pairs:
            swaps.make(pairs)
        return names if pairs else None

    return plan


def test_a_line_that_did_not_run_is_exchanged_though_its_function_was_called(plan):
    assert plan("amount * 2", "amount * 3")["price"](200) == 600


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("amount > 100", "amount > 0"),
        ("return amount\n", "return None\n"),
        ('yield ""', 'yield "b"'),
        ("one + other", "one - other"),
        ("price(1)", "price(2)"),
    ],
    ids=["it ran", "it ran last", "its call is still going on", "what it made is there", "no function has it"],
)
def test_what_somebody_may_have_met_is_not(plan, old, new):
    assert plan(old, new) is None
