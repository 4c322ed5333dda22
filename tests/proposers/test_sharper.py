"""Of a call that told mutants apart: a test in the place of one that let them live."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Argument, Call, Explore, Explored, Observation
from pytest_enrich.proposers.search.sharper import sharpen

CALL = Call(qualname="discount", arguments=(Argument(name="total", value="-7"),))
FOUND = Explored(findings=(), executions=1)


@pytest.fixture
def ask(fakes):
    def ask(*findings, candidate=None):
        sandbox = fakes.ScriptedSandbox({Explore: replace(FOUND, findings=findings)})
        return sharpen(fakes.task(), candidate or fakes.candidate(), CALL, sandbox=sandbox), sandbox

    return ask


def test_it_is_a_test_of_the_call_with_the_origin_of_the_other(fakes, ask):
    first = fakes.candidate()
    first = replace(first, origin=replace(first.origin, executions=120))
    made, sandbox = ask(fakes.finding(action="⟨shop.cart:discount⟩(-7)"), candidate=first)
    assert "discount(-7)" in made.code
    assert made.origin == first.origin
    (job,) = sandbox.asked(Explore)
    assert job.only == (CALL,)


def test_what_takes_many_more_lines_is_not_worth_it(fakes, ask):
    states = [Observation(subject="state", expression=f"cart.field_{at}", value="1") for at in range(3)]
    made, _ = ask(fakes.finding(*states, lines=("cart = ⟨shop.cart:Cart⟩()", "other = 1")))
    assert made is None


def test_a_call_that_does_nothing_the_same_each_time_makes_none(ask):
    assert ask()[0] is None


def test_a_sandbox_that_fails_makes_none(fakes):
    assert sharpen(fakes.task(), fakes.candidate(), CALL, sandbox=fakes.ScriptedSandbox({})) is None
