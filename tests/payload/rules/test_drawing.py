from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Generator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.payload.express import evaluate
from pytest_enrich.payload.rules import draw
from pytest_enrich.payload.rules.draw import drawn
from pytest_enrich.payload.rules.plain import PLAIN
from pytest_enrich.payload.rules.types import conforms
from pytest_enrich.payload.rules.values import PROVIDERS, World, from_hypothesis

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


def test_what_hypothesis_draws_does_not_depend_on_what_is_loaded(tmp_path, monkeypatch):
    before = from_hypothesis(st.integers(), 1)
    (tmp_path / "full_of_numbers.py").write_text(f"NUMBERS = {[*range(70_000, 90_000)]}", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        importlib.import_module("full_of_numbers")
        assert from_hypothesis(st.integers(), 1) == before
    finally:
        sys.modules.pop("full_of_numbers", None)


@pytest.mark.skipif(PROVIDERS not in sys.modules, reason="this release of Hypothesis draws elsewhere")
def test_hypothesis_is_left_as_it_was():
    before = dict(vars(sys.modules[PROVIDERS]))
    from_hypothesis(st.integers(), 3)
    assert vars(sys.modules[PROVIDERS]).keys() == before.keys()
    assert vars(sys.modules[PROVIDERS])["_get_local_constants"] is before["_get_local_constants"]


@pytest.mark.parametrize("kind", [Iterator[int], Generator[int, None, None]])
def test_what_is_drawn_for_what_has_no_literal_is_one(kind):
    templates = World((), {}).drawn(kind, 0)
    assert templates
    assert all(conforms(evaluate(template), kind) for template in templates)
