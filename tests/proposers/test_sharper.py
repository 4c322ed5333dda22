"""Of a call that told mutants apart: tests in the place of one that let them live."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Argument, Attempt, Call, Dropped, Explore, Explored, Kept, Observation
from pytest_enrich.proposers.search import sharpen

CALL = Call(qualname="discount", arguments=(Argument(name="total", value="-7"),))
FOUND = Explored(findings=(), executions=1)


@pytest.fixture
def candidate(fakes):
    """One with the name that such a call has."""
    return fakes.candidate(fakes.CODE.replace("test_negative", "test_discount_negative_total_is_zero"))


@pytest.fixture
def ask(fakes, candidate):
    def ask(*findings, candidate=candidate, attempts=()):
        sandbox = fakes.ScriptedSandbox({Explore: replace(FOUND, findings=findings)})
        task = replace(fakes.task(), attempts=attempts)
        made = sharpen(task, candidate, CALL, sandbox=sandbox)
        return [test for tests in made for test in tests], sandbox

    return ask


def test_the_first_is_a_test_of_the_call_with_the_origin_of_the_other(fakes, ask, candidate):
    first = replace(candidate, origin=replace(candidate.origin, executions=120))
    (alone, _), sandbox = ask(fakes.finding(action="⟨shop.cart:discount⟩(-7)"), candidate=first)
    assert "discount(-7)" in alone.code
    assert alone.origin == first.origin
    (job,) = sandbox.asked(Explore)
    assert job.only == (CALL,)


def test_the_second_states_both(fakes, ask, candidate):
    (_, both), _ = ask(fakes.finding(action="⟨shop.cart:discount⟩(-7)"))
    first = candidate
    assert both.code == f"{first.code}    assert discount(-7) == 0\n"
    assert (both.name, both.title, both.gaps) == (first.name, first.title, first.gaps)
    assert [(one.line, one.look) for one in both.oracle] == [(2, True), (3, False)]


def test_those_of_a_smaller_call_come_first(fakes, candidate):
    found = [fakes.finding(action=f"⟨shop.cart:discount⟩({number})") for number in (-7, -700)]
    sandbox = fakes.ScriptedSandbox({Explore: replace(FOUND, findings=tuple(found))})
    small, given = sharpen(fakes.task(), candidate, CALL, sandbox=sandbox)
    assert ["discount(-7)" in one.code for one in small] == [True, True]
    assert ["discount(-700)" in one.code for one in given] == [True, True]


def test_what_raises_is_not_stated_behind_what_gives_something(fakes, ask):
    raised = Observation(subject="raises", value="⟨shop.cart:Refused⟩", message="no rebate")
    assert ask(fakes.finding(raised, branches=(), reached=()))[0] == []


@pytest.mark.parametrize("reached", [(), (4,)])
def test_what_takes_many_more_lines_is_not_worth_it(fakes, ask, reached):
    states = [Observation(subject="state", expression=f"cart.field_{at}", value="1") for at in range(3)]
    scene = {"lines": ("cart = ⟨shop.cart:Cart⟩()", "other = 1"), "reached": reached, "branches": ()}
    assert ask(fakes.finding(*states, **scene))[0] == []


def test_a_call_that_does_nothing_the_same_each_time_makes_none(ask):
    assert ask()[0] == []


def test_a_sandbox_that_fails_makes_none(fakes):
    assert list(sharpen(fakes.task(), fakes.candidate(), CALL, sandbox=fakes.ScriptedSandbox({}))) == []


@pytest.mark.parametrize(
    ("verdict", "made"),
    [(Kept(gaps=(), lines=(), branches=(), runs=(), seconds=0.1), 1), (Dropped(rung="gains", reason=""), 2)],
)
def test_what_a_kept_test_states_is_not_stated_again(fakes, ask, candidate, verdict, made):
    other = replace(candidate, name="test_other", code=f"{candidate.code}    assert discount(-7) == 0\n")
    attempt = Attempt(path="shop/cart.py", qualname="discount", digest="", candidate=other, verdict=verdict)
    tests, _ = ask(fakes.finding(action="⟨shop.cart:discount⟩(-7)"), attempts=(attempt,))
    assert len(tests) == made


def test_a_test_that_closes_less_takes_no_place(fakes, ask, candidate):
    joint = replace(candidate, gaps=("cart-aaaaaaaa", "cart-bbbbbbbb"))
    (both,), _ = ask(fakes.finding(action="⟨shop.cart:discount⟩(-7)"), candidate=joint)
    assert both.code.startswith(joint.code)


def test_another_situation_is_a_test_of_its_own(fakes, ask):
    (alone,), _ = ask(fakes.finding(action="⟨shop.cart:discount⟩(-7)"), candidate=fakes.candidate())
    assert alone.code.count("assert") == 1


def test_a_call_of_another_function_is_not_stated_behind_it(fakes, ask):
    other = fakes.finding(call=Call(qualname="refund"), action="⟨shop.cart:refund⟩(-7)", branches=(), reached=())
    assert ask(other)[0] == []
