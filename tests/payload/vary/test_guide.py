from __future__ import annotations

from pytest_enrich.payload.vary.guide import MOST_WITNESSES, Guide
from pytest_enrich.payload.vary.subject import Variation

NEAR = [Variation(0, ((0, str(number)),)) for number in range(9)]


def asking(*lines, way=()):
    """A guide for these lines, and what it asks."""
    asked = []

    def ask(variation, wanted):
        asked.append((variation, list(wanted)))
        return [variation.with_value(1, "'near'")]

    return Guide(lines, ask, way), asked


def test_what_came_to_a_condition_is_asked_about_once():
    guide, asked = asking(4, 9)
    guide.see(NEAR[0], [(3, 4), (4, 5)])
    found = [*guide.ideas(lambda _line: True), *guide.ideas(lambda _line: True)]
    assert asked == [(NEAR[0], [4])]
    assert found == [Variation(0, ((0, "0"), (1, "'near'")))]


def test_a_few_witnesses_of_a_condition_are_enough():
    guide, asked = asking(4)
    for one in NEAR:
        guide.see(one, [(3, 4)])
    assert len([*guide.ideas(lambda _line: True)]) == len(asked) == MOST_WITNESSES


def test_nobody_asks_about_a_condition_that_is_met():
    guide, asked = asking(4, 9)
    guide.see(NEAR[0], [(3, 4), (8, 9)])
    guide.see(NEAR[1], [(3, 4)])
    assert len([*guide.ideas(lambda line: line == 9)]) == 1
    assert asked == [(NEAR[0], [9])]


def test_what_came_to_no_condition_is_not_asked_about():
    guide, asked = asking(4)
    guide.see(NEAR[0], [(1, 2)])
    assert ([*guide.ideas(lambda _line: True)], asked) == ([], [])


def test_a_condition_on_the_way_is_asked_about_until_both_its_ways_were_taken():
    guide, asked = asking(9, way=(4,))
    guide.see(NEAR[0], [(4, 5)])
    list(guide.ideas(lambda line: line == 9))
    guide.see(NEAR[1], [(4, 7)])
    list(guide.ideas(lambda line: line == 9))
    assert asked == [(NEAR[0], [4])]


def test_only_what_came_to_a_wanted_condition_is_near():
    guide, _ = asking(9, way=(4,))
    guide.see(NEAR[0], [(4, 5)])
    assert not guide.is_near
    guide.see(NEAR[1], [(8, 9)])
    assert guide.is_near


def test_where_no_condition_is_wanted_all_is_near():
    assert asking(way=(4,))[0].is_near
