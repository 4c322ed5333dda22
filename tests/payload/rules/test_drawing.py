from __future__ import annotations

import random
from collections.abc import Generator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.payload.express import evaluate
from pytest_enrich.payload.rules import draw
from pytest_enrich.payload.rules.draw import drawn
from pytest_enrich.payload.rules.plain import PLAIN
from pytest_enrich.payload.rules.types import conforms
from pytest_enrich.payload.rules.values import World

NUMBERS = draw.whole(6).map(repr)


def test_what_is_drawn_is_the_same_for_the_same_number():
    assert drawn(NUMBERS, 1) == drawn(NUMBERS, 1) != drawn(NUMBERS, 2)


def test_of_few_values_each_is_drawn_once():
    assert sorted(drawn(draw.sampled("ab"), 0)) == ["a", "b"]


@pytest.mark.parametrize(
    "empty",
    [
        draw.nothing(),
        draw.sampled(()),
        draw.one_of([]),
        draw.together([NUMBERS, draw.nothing()]),
        draw.nothing().map(str),
    ],
)
def test_nothing_is_drawn_from_what_has_nothing(empty):
    assert drawn(empty, 0) == ()


def test_one_of_several_is_never_the_empty_one():
    assert drawn(draw.one_of([draw.nothing(), draw.just("a")]), 0) == ("a",)


@given(st.integers())
def test_whole_numbers_have_no_more_digits_than_they_may(number):
    assert abs(draw.whole(2).draw(random.Random(number))) < 100


@pytest.mark.parametrize("kind", [one for one in PLAIN if one.__module__ in {"builtins", "datetime", "decimal"}])
def test_what_is_drawn_for_a_plain_type_is_of_it(kind):
    templates = drawn(PLAIN[kind], 0)
    assert templates
    assert all(conforms(evaluate(template), kind) for template in templates)


@pytest.mark.parametrize("kind", [Iterator[int], Generator[int, None, None]])
def test_what_is_drawn_for_what_has_no_literal_is_one(kind):
    templates = World((), {}).drawn(kind, 0)
    assert templates
    assert all(conforms(evaluate(template), kind) for template in templates)
