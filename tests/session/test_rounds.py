from __future__ import annotations

from types import SimpleNamespace

import pytest

from pytest_enrich.config import Budget
from pytest_enrich.pipeline import RemainingBudget
from pytest_enrich.session.panel import EARLY_PART, EARLY_SMALL, Panel
from pytest_enrich.session.walker import EARLY_PLACES, Round, by_module, deeper, plan_round


def test_without_a_model_there_is_one_round():
    assert plan_round(("rows", "search"), early=0) == (Round(names=("rows", "search")),)


def test_a_model_that_was_asked_for_and_is_not_there_is_in_no_round():
    assert plan_round(("search", "ollama"), early=0) == (Round(names=("search",)),)
    assert plan_round(("ollama",), early=0) == ()


def test_a_model_comes_after_the_others_and_leaves_them_the_rest():
    first, second, third = plan_round(("rows", "search", "ollama"), early=EARLY_PART)
    assert (first.names, first.part) == (("rows", "search"), 0.5)
    assert (second.names, second.after, second.part) == (("ollama",), ("rows", "search"), 0.8)
    assert (third.names, third.part) == (("rows", "search"), 1.0)


def test_a_model_alone_waits_for_nobody():
    assert plan_round(("ollama",), early=EARLY_PART) == (Round(names=("ollama",)),)


def test_a_round_has_its_part_of_what_is_left():
    whole = RemainingBudget(Budget(seconds=100.0), 1)
    assert Round(names=(), part=0.5).budget(Budget(seconds=100.0), whole).seconds == pytest.approx(50, abs=1)


@pytest.mark.parametrize(
    ("seconds", "early", "first"),
    [(300.0, EARLY_PART, 150), (300.0, EARLY_SMALL, 255), (80.0, EARLY_PART, 60), (40.0, EARLY_PART, 40)],
)
def test_the_others_have_a_minute_and_most_of_the_time_before_a_small_model_is_asked(seconds, early, first):
    others, _, _ = plan_round(("rows", "search", "ollama"), early)
    budget = Budget(seconds=seconds)
    assert others.budget(budget, RemainingBudget(budget, 1)).seconds == pytest.approx(first, abs=1)


def test_a_budget_in_executions_is_each_rounds():
    budget = Budget(executions=500)
    assert Round(names=(), part=0.5).budget(budget, RemainingBudget(budget, 1)) == budget


def test_with_time_left_there_is_another_walk_with_more_time_for_each():
    turns = deeper(("rows", "search", "ollama"), RemainingBudget(Budget(seconds=100.0), 1))
    first, second = next(turns), next(turns)
    assert (first.names, first.depth, second.depth) == (("rows", "search"), 1, 2)
    assert second.patience == 2 * first.patience == 4 * Round(names=()).patience


@pytest.mark.parametrize("budget", [Budget(seconds=9.0), Budget(executions=500)])
def test_without_time_left_there_is_none(budget):
    assert list(deeper(("search",), RemainingBudget(budget, 1))) == []


def test_a_model_alone_is_asked_once():
    assert list(deeper(("ollama",), RemainingBudget(Budget(seconds=100.0), 1))) == []


def test_targets_of_a_module_come_together(fakes):
    one, two, three = (
        fakes.target(fakes.gap(path=path, qualname=name)) for path, name in (("a", "x"), ("b", "y"), ("a", "z"))
    )
    assert by_module([one, two, three]) == [one, three, two]


def test_while_a_model_may_be_asked_the_others_leave_places_for_it():
    first, last, rest = plan_round(("rows", "search", "ollama"), early=EARLY_PART)
    assert (first.places, last.places, rest.places) == (EARLY_PLACES, 1.0, 1.0)
    assert [turn.places for turn in plan_round(("rows", "search"), early=0)] == [1.0]


@pytest.mark.parametrize(
    ("model", "early"),
    [(None, 0.0), (SimpleNamespace(is_small=True), EARLY_SMALL), (SimpleNamespace(is_small=False), EARLY_PART)],
)
def test_how_long_the_others_go_first_is_said_by_the_size_of_the_model(settings, model, early):
    panel = Panel(settings, None)
    panel.model = model
    assert panel.early == early
