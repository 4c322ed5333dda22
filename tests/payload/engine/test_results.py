"""Which results are held for what they reach, and which of them are enough."""

from __future__ import annotations

from pytest_enrich.payload.engine.search import ALTERNATIVES, Cost, Result, best, cover
from pytest_enrich.payload.explore.calls import Call


def result(subject, size, rank=0, reached=((1, 2),)):
    cost = Cost(exceptional=False, uninformative=rank, changes=0, unusual=0, foreign=0, size=size)
    return Result(subject, Call(subject, (("number", str(size)),)), frozenset(reached), cost, rank > 0)


def held(*results):
    kept = []
    for one in results:
        kept = best([*kept, one])
    return kept


def test_the_plainest_comes_first():
    long, short = result("first", 1000), result("first", 1)
    assert held(long, short) == [short, long]


def test_of_one_subject_a_few_are_held():
    many = [result("first", at) for at in range(ALTERNATIVES + 3)]
    assert held(*reversed(many)) == many[:ALTERNATIVES]
    assert held(*many) == many[:ALTERNATIVES]


def test_those_of_another_subject_take_no_place():
    own = [result("second", 7, rank=2), result("second", 77, rank=2)]
    many = [result("first", at) for at in range(ALTERNATIVES + 3)]
    assert held(*own, *many) == [*many[:ALTERNATIVES], *own]
    assert held(*many, *own) == [*many[:ALTERNATIVES], *own]


def test_what_reaches_the_most_covers_it_and_is_held_for_what_is_left():
    both = result("first", 9, reached=(1, 2))
    one, other = result("first", 1, reached=(1,)), result("first", 2, reached=(3, 2))
    chosen = cover({1: [one, both], 2: [both, other], 3: [other]})
    assert [(found.call, found.reached) for found in chosen] == [(other.call, {2, 3}), (one.call, {1})]


def test_apart_each_is_reached_by_what_is_cheapest_for_it():
    both = result("first", 9, reached=(1, 2))
    one, other = result("first", 1, reached=(1,)), result("first", 2, reached=(2,))
    chosen = cover({1: [one, both], 2: [other, both]}, apart=True)
    assert [(found.call, found.reached) for found in chosen] == [(one.call, {1}), (other.call, {2})]
