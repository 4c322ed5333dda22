"""Which calls are held for what they reach."""

from __future__ import annotations

from pytest_enrich.payload.explore.calls import Call
from pytest_enrich.payload.explore.worth import ALTERNATIVES, Find, best


class Plain:
    """Inputs to which each call is as usual as the next."""

    def oddness(self, _call):
        return 0

    def conforms(self, _call):
        return True


FIRST, SECOND = Plain(), Plain()


def find(inputs, number, rank=0):
    name = "first" if inputs is FIRST else "second"
    return Find(Call(name, (("number", str(number)),)), inputs, frozenset({(1, 2)}), rank)


def held(*finds):
    kept = []
    for one in finds:
        kept = best(kept, one)
    return kept


def test_the_plainest_comes_first():
    long, short = find(FIRST, 1000), find(FIRST, 1)
    assert held(long, short, short) == [short, long]


def test_of_one_function_a_few_are_held():
    many = [find(FIRST, 10**at) for at in range(ALTERNATIVES + 3)]
    assert held(*reversed(many)) == many[:ALTERNATIVES]
    assert held(*many) == many[:ALTERNATIVES]


def test_those_of_another_function_take_no_place():
    own = [find(SECOND, 7, rank=2), find(SECOND, 77, rank=2)]
    many = [find(FIRST, 10**at) for at in range(ALTERNATIVES + 3)]
    assert held(*own, *many) == [*many[:ALTERNATIVES], *own]
    assert held(*many, *own) == [*many[:ALTERNATIVES], *own]
