from __future__ import annotations

import math
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from msgspec.structs import replace

from pytest_enrich import patch, pipeline, validate
from pytest_enrich.config import Budget
from pytest_enrich.data import Dropped, Kept, NearTest, Prove, Proved, TestOutcome
from pytest_enrich.errors import OutOfTimeError
from pytest_enrich.pipeline import RemainingBudget, RunContext, Slice
from pytest_enrich.pipeline.budget import (
    FEWEST_EXECUTIONS,
    FIRST_IDLE,
    LONGEST,
    MOST_IDLE,
    MOST_PARTS,
    SHORTEST,
    SHORTEST_SLICE,
    Pace,
)
from pytest_enrich.session.executors import InlineExecutor

SLICE = Slice(seconds=2.0, executions=500)


@pytest.fixture
def context(fakes):
    """A context where every candidate that is run passes and takes these lines."""

    def context(*proposers, lines=(4,), branches=((3, 4),), budget=None, gaps=None):
        def proved(job):
            tests = job.tests or [
                f"{job.path}::{name}" for name in re.findall(r"^def (test\w+)", job.text, re.MULTILINE)
            ]
            outcomes = tuple(TestOutcome(nodeid=test, result="passed", seconds=0.01) for test in tests)
            measured = dict.fromkeys(job.measure, lines)
            return Proved(outcomes=outcomes, lines=measured, branches=dict.fromkeys(job.measure, branches))

        return RunContext(
            proposers=proposers,
            sandbox=fakes.ScriptedSandbox({Prove: proved}),
            remaining=RemainingBudget(budget or Budget(seconds=60.0), 1),
            existing=validate.Existing(),
            timeout=5.0,
            seed=3,
            test_text=lambda _path: fakes.TEST_TEXT,
            gaps=gaps or (),
        )

    return context


def worked(target, context, slice_):
    """What is done with a target that nobody waits behind, nor for a first test."""
    pace = Pace(1)
    pace.closed.add("cart-shown")
    return pipeline.watched(target, pipeline.work(target, context, slice_, pace), context)


def candidates(fakes, *values, gaps=("cart-aaaaaaaa",)):
    code = "def test_{0}():\n    assert discount(-1) == {0}\n".format
    return [fakes.candidate(code(value), gaps=gaps) for value in values]


def test_a_candidate_that_is_kept_closes_its_gap(fakes, context):
    proposer = fakes.FakeProposer(*candidates(fakes, 1, 2))
    done = worked(fakes.target(), context(proposer), SLICE)
    (attempt,) = done.attempts
    assert isinstance(attempt.verdict, Kept)
    assert (attempt.path, attempt.qualname, attempt.digest) == (fakes.PATH, "discount", "digest")
    assert (done.complete, proposer.taken) == (True, 1)


def test_the_first_test_of_a_run_is_given_before_more_is_tried(fakes, context):
    gaps = fakes.gap("cart-aaaaaaaa"), fakes.gap("cart-bbbbbbbb", 8)
    proposer = fakes.FakeProposer(*candidates(fakes, 1), *candidates(fakes, 2, gaps=["cart-bbbbbbbb"]))
    working = pipeline.run(
        [fakes.target(*gaps)], context(proposer, budget=Budget(seconds=60.0)), InlineExecutor(), 1
    )
    first = next(working)
    assert (len(first.attempts), first.complete, proposer.taken) == (1, False, 1)
    (second,) = working
    assert (len(second.attempts), second.complete, proposer.taken) == (1, True, 2)


def test_what_was_kept_stays_when_the_time_of_the_run_is_over(fakes, context):
    gaps = fakes.gap("cart-aaaaaaaa"), fakes.gap("cart-bbbbbbbb", 8)

    class Late(fakes.FakeProposer):
        def propose(self, _task):
            yield from candidates(fakes, 1)
            raise OutOfTimeError("over")

    spent = replace(
        context(Late()), remaining=RemainingBudget(Budget(seconds=60.0), 1, started=time.monotonic() - 59.0)
    )
    done = worked(fakes.target(*gaps), spent, SLICE)
    assert [type(one.verdict) for one in done.attempts] == [Kept]


def test_a_candidate_that_the_end_of_the_run_comes_before_is_tried_again(fakes, context):
    def over(_job):
        raise OutOfTimeError("over")

    late = replace(
        context(fakes.FakeProposer(*candidates(fakes, 1))), sandbox=fakes.ScriptedSandbox({Prove: over})
    )
    done = worked(fakes.target(), late, SLICE)
    assert (done.attempts, done.complete) == ((), False)


def test_a_budget_is_spent_since_the_run_began():
    remaining = RemainingBudget(Budget(seconds=60.0), 1, started=time.monotonic() - 50.0)
    assert 0 < remaining.left <= 10.0


def test_what_is_tried_for_joined_methods_is_noted_for_the_one_that_it_was_tried_for(fakes, context):
    gaps = fakes.gap("cart-aaaaaaaa", qualname="Cart.size"), fakes.gap("cart-bbbbbbbb", 8, qualname="Cart.total")
    parts = [replace(fakes.target(gap), qualname=gap.qualname, digest=gap.id) for gap in gaps]
    target = replace(fakes.target(*gaps), qualname="Cart", parts=tuple(parts))
    (tried,) = candidates(fakes, 1, gaps=("cart-bbbbbbbb",))

    done = worked(target, context(fakes.FakeProposer(tried), lines=(9,), branches=((8, 9),)), SLICE)

    (attempt,) = done.attempts
    assert (attempt.qualname, attempt.digest) == ("Cart.total", "cart-bbbbbbbb")
    again = replace(context(proposer := fakes.FakeProposer()), earlier={(fakes.PATH, "Cart.total"): (attempt,)})
    worked(target, again, SLICE)
    assert proposer.tasks[0].attempts == (attempt,)


def test_a_proposer_is_told_what_is_known(fakes, context):
    proposer = fakes.FakeProposer()
    worked(fakes.target(), context(proposer), SLICE)
    (task,) = proposer.tasks
    assert (task.seconds, task.executions, task.seed, task.test_text) == (2.0, 500, 3, fakes.TEST_TEXT)


def test_a_dropped_candidate_is_followed_by_the_next(fakes, context):
    first, second = candidates(fakes, 1, 2)
    answers = [
        fakes.proved("tests/test_cart.py::test_1", "failed"),
        *[fakes.proved("tests/test_cart.py::test_2")] * 4,
    ]
    sandboxed = replace(
        context(fakes.FakeProposer(first, second)), sandbox=fakes.ScriptedSandbox({Prove: answers})
    )
    done = worked(fakes.target(), sandboxed, SLICE)
    assert [type(attempt.verdict) for attempt in done.attempts] == [Dropped, Kept]


def test_what_a_reader_would_doubt_is_not_tried_where_tests_come_to_the_module(fakes, context):
    first, second = candidates(fakes, 1, 2)
    doubtful = replace(first, origin=replace(first.origin, doubt=2))
    near = (NearTest(nodeid="tests/test_cart.py::test_discount", shared=0),)
    alone, among = (
        worked(fakes.target(nearest=nearest), context(fakes.FakeProposer(doubtful, second)), SLICE).attempts
        for nearest in ((), near)
    )
    assert [type(one.verdict) for one in alone] == [Kept]
    assert [type(one.verdict) for one in among] == [Dropped, Kept]


def test_a_test_with_the_path_of_the_checkout_is_for_nobody_else(fakes, context):
    first, second = candidates(fakes, 1, 2)
    placed = replace(first, code=first.code.replace("-1", "'/home/me/shop/data.txt'"))
    there = replace(context(fakes.FakeProposer(placed, second)), rootdir="/home/me/shop")
    done = worked(fakes.target(), there, SLICE)
    assert [type(one.verdict) for one in done.attempts] == [Dropped, Kept]
    assert done.attempts[0].verdict.reason == "holds the path of this checkout"


@pytest.mark.parametrize(("place", "is_dropped"), [("a.txt", True), ("missing.txt", False)])
def test_a_test_that_names_a_place_of_this_machine_is_for_nobody_else(fakes, context, tmp_path, place, is_dropped):
    (tmp_path / "a.txt").touch()
    (first,) = candidates(fakes, 1)
    placed = replace(first, code=first.code.replace("-1", repr(str(tmp_path / place))))
    there = replace(context(fakes.FakeProposer(placed)), exists=os.path.lexists)
    done = worked(fakes.target(), there, SLICE)
    assert [isinstance(one.verdict, Dropped) for one in done.attempts] == [is_dropped]


def test_a_test_that_was_turned_down_is_followed_by_another_idea(fakes, context):
    first, second = candidates(fakes, 1, 2)
    asked = []

    def is_rejected(gap, body, path, qualname):
        asked.append((gap, path, qualname))
        return body == patch.body_of(first)

    done = worked(
        fakes.target(),
        replace(context(fakes.FakeProposer(first, second)), is_rejected=is_rejected),
        SLICE,
    )

    dropped, kept = (attempt.verdict for attempt in done.attempts)
    assert dropped == Dropped(rung="new", reason="was turned down before")
    assert isinstance(kept, Kept)
    assert set(asked) == {("cart-aaaaaaaa", fakes.PATH, "discount")}


def test_what_is_kept_of_a_larger_test_may_have_been_turned_down(fakes, context, monkeypatch):
    whole, part = candidates(fakes, 1, 2)
    kept = Kept(
        gaps=("cart-aaaaaaaa",), lines=(4,), branches=((3, 4),), runs=("alone",), seconds=0.1, smaller=part
    )
    monkeypatch.setattr(validate, "judge", lambda *_, **__: kept)
    rejecting = replace(
        context(fakes.FakeProposer(whole)), is_rejected=lambda _gap, body, *_: body == patch.body_of(part)
    )

    (attempt,) = worked(fakes.target(), rejecting, SLICE).attempts

    assert attempt.verdict.rung == "new"
    assert attempt.candidate.code == whole.code


def test_the_next_proposer_gets_what_is_still_open_and_what_was_tried(fakes, context):
    target = fakes.target(fakes.gap(), fakes.gap("cart-bbbbbbbb", 6))
    first, second = fakes.FakeProposer(*candidates(fakes, 1)), fakes.FakeProposer()
    done = worked(target, context(first, second), SLICE)
    (task,) = second.tasks
    assert [gap.id for gap in task.target.gaps] == ["cart-bbbbbbbb"]
    assert len(task.target.conditions) == 1
    assert task.attempts == done.attempts
    assert len(done.target.gaps) == 2


def test_a_candidate_for_a_gap_that_is_closed_is_not_run(fakes, context):
    target = fakes.target(fakes.gap(), fakes.gap("cart-bbbbbbbb", 6))
    working = context(fakes.FakeProposer(*candidates(fakes, 1, 2)))
    done = worked(target, working, SLICE)
    assert done.attempts[1].verdict == Dropped(rung="gains", reason="closes no gap that is still open")
    assert {job.tests for job in working.sandbox.jobs} <= {("tests/test_cart.py::test_1",), ()}


@pytest.mark.parametrize(("taken", "tried"), [(((3, 4),), 1), ((), 2)], ids=["kept", "dropped"])
def test_a_spare_is_tried_only_when_the_one_before_it_was_not_kept(fakes, context, taken, tried):
    one, other = candidates(fakes, 1, 2)
    spare = replace(other, origin=replace(other.origin, spare=True))
    found = context(fakes.FakeProposer(one, spare), lines=(), branches=taken)
    assert len(worked(fakes.target(), found, SLICE).attempts) == tried


def test_a_spare_has_its_turn_when_all_proposers_have_had_a_say(fakes, context):
    spare, other = candidates(fakes, 1, 2)
    spare = replace(spare, origin=replace(spare.origin, spare=True))
    both = context(fakes.FakeProposer(spare), fakes.FakeProposer(other), lines=(), branches=())
    names = [one.candidate.name for one in worked(fakes.target(), both, SLICE).attempts]
    assert names == [other.name, spare.name]


def test_what_people_did_not_want_has_its_turn_after_all_others(fakes, context):
    unwanted, other = candidates(fakes, 1, 2)
    both = context(fakes.FakeProposer(unwanted), fakes.FakeProposer(other), lines=(), branches=())
    both = replace(both, comes_last=lambda one: one.name == unwanted.name)
    names = [one.candidate.name for one in worked(fakes.target(), both, SLICE).attempts]
    assert names == [other.name, unwanted.name]


def test_what_people_did_not_want_is_not_tried_where_something_else_closed_the_gap(fakes, context):
    unwanted, other = candidates(fakes, 1, 2)
    both = replace(context(fakes.FakeProposer(unwanted, other)), comes_last=lambda one: one.name == unwanted.name)
    (attempt,) = worked(fakes.target(), both, SLICE).attempts
    assert attempt.candidate.name == other.name


def test_a_target_without_ideas_is_done(fakes, context):
    assert worked(fakes.target(), context(fakes.FakeProposer()), SLICE).complete


def test_a_target_that_was_thought_about_until_the_budget_was_used_up_is_not_complete(fakes, context):
    working = context(fakes.FakeProposer(), budget=Budget(seconds=1e-9))
    assert not worked(fakes.target(), working, SLICE).complete


def test_whose_turn_is_over_makes_room_with_what_it_has(fakes, context):
    working = context(fakes.FakeProposer(*candidates(fakes, 1)))
    done = worked(fakes.target(), working, replace(SLICE, ends=time.monotonic()))
    assert (done.complete, done.attempts) == (False, ())


def test_no_candidate_is_asked_for_when_the_budget_is_used_up(fakes, context):
    working = context(fakes.FakeProposer(*candidates(fakes, 1)), budget=Budget(seconds=1e-9))
    done = worked(fakes.target(), working, SLICE)
    assert (done.complete, done.attempts, working.sandbox.jobs) == (False, (), [])


@pytest.mark.parametrize("ahead", [1, 2, 4])
def test_what_is_done_comes_in_the_order_of_the_targets(fakes, context, ahead):
    targets = [
        fakes.target(fakes.gap(f"cart-{line}", line, lines=(), branches=((line, 99),))) for line in range(10, 18)
    ]
    with ThreadPoolExecutor(ahead) as executor:
        done = list(pipeline.run(targets, context(fakes.FakeProposer()), executor, ahead))
    assert [one.target.gaps[0].line for one in done] == list(range(10, 18))


def test_a_target_that_takes_long_keeps_no_other_waiting(fakes, context):
    last_begun = threading.Event()

    class FirstIsSlow(fakes.FakeProposer):
        def propose(self, task):
            line = task.target.gaps[0].line
            if line == 13:
                last_begun.set()
            assert line != 10 or last_begun.wait(20), "the others wait for the first"
            return super().propose(task)

    targets = [
        fakes.target(fakes.gap(f"cart-{line}", line, lines=(), branches=((line, 99),))) for line in range(10, 14)
    ]
    with ThreadPoolExecutor(2) as executor:
        done = list(pipeline.run(targets, context(FirstIsSlow()), executor, 2))
    assert [one.target.gaps[0].line for one in done] == [10, 11, 12, 13]


@pytest.mark.parametrize(
    ("budget", "order"),
    [(Budget(seconds=60.0), [10, 2, 1]), (Budget(executions=9000), [10, 2])],
    ids=["by the clock", "counted"],
)
def test_what_closes_little_for_its_time_waits_until_others_had_their_turn(
    fakes, context, monkeypatch, budget, order
):
    def judge(_task, candidate, *_, **__):
        return Kept(gaps=candidate.gaps, lines=(), branches=(), runs=("alone",), seconds=0.1)

    monkeypatch.setattr(validate, "judge", judge)
    monkeypatch.setattr(Pace, "is_slow", lambda pace, gaps, _left: gaps < pace.waiting)
    *many, one, other, another = (
        fakes.gap(f"cart-{at}", at, lines=(), branches=((at, 99),)) for at in (*range(100, 109), 200, 300, 400)
    )
    large = candidates(fakes, 1, gaps=[gap.id for gap in many])
    small = candidates(fakes, 2, gaps=[one.id]), candidates(fakes, 3, gaps=[other.id, another.id])
    proposer = fakes.FakeProposer(*large, *small[0], *small[1])
    targets = [fakes.target(*many, one), fakes.target(other, another)]
    done = list(pipeline.run(targets, context(proposer, budget=budget), InlineExecutor(), 1))
    assert [len(turn.target.gaps) for turn in done if turn.attempts] == order


@pytest.mark.parametrize(
    ("waiting", "left", "is_slow"),
    [(0, 1.0, False), (1, 100.0, False), (100, 1.0, True)],
    ids=["nobody waits", "there is time", "time is short"],
)
def test_what_closes_little_makes_room_only_where_others_would_not_come_to_their_turn(waiting, left, is_slow):
    pace = Pace(1, started=time.monotonic() - 2.0)
    pace.judged(2, time.monotonic() - 1.0)
    pace.waiting = waiting
    assert pace.is_slow(0, left) == is_slow


def test_a_gap_that_was_closed_in_passing_is_not_worked_on_again(fakes, context):
    first = fakes.target(fakes.gap())
    second = fakes.target(fakes.gap("cart-bbbbbbbb", 6, lines=(4,), branches=()))
    proposer = fakes.FakeProposer(*candidates(fakes, 1))
    done = list(pipeline.run([first, second], context(proposer), InlineExecutor(), 1))
    assert [one.target.gaps[0].id for one in done] == ["cart-aaaaaaaa"]
    assert len(proposer.tasks) == 1


def test_nothing_is_begun_when_the_budget_is_used_up(fakes, context):
    proposer = fakes.FakeProposer()
    assert (
        list(pipeline.run([fakes.target()], context(proposer, budget=Budget(seconds=1e-9)), InlineExecutor(), 1))
        == []
    )
    assert proposer.tasks == []


def test_a_test_closes_gaps_of_other_targets_in_passing(fakes, context):
    first, second = fakes.gap(), fakes.gap("cart-bbbbbbbb", 6, qualname="total")
    working = context(fakes.FakeProposer(*candidates(fakes, 1)), branches=((3, 4), (6, 7)), gaps=(first, second))
    done = list(pipeline.run([fakes.target(first), fakes.target(second)], working, InlineExecutor(), 1))
    assert len(done) == 1
    assert done[0].attempts[0].verdict.gaps == (first.id, second.id)


def test_no_targets_are_done_at_once(context):
    assert list(pipeline.run([], context(), InlineExecutor(), 1)) == []


def test_an_interrupt_ends_the_run_and_keeps_what_was_done(fakes, context):
    def interrupt(number):
        if number == 1:
            raise KeyboardInterrupt

    targets = [fakes.target(fakes.gap(f"cart-{line}", line, branches=((line, 99),))) for line in (3, 6)]
    proposer = fakes.FakeProposer(*candidates(fakes, 1, gaps=("cart-3", "cart-6")), before=interrupt)
    done = []
    with pytest.raises(KeyboardInterrupt):
        done.extend(pipeline.run(targets, context(proposer), InlineExecutor(), 1))
    assert len(done) == 1


def test_executions_are_shared_out_evenly_beforehand():
    remaining = RemainingBudget(Budget(executions=9000), 3)
    assert {remaining.slice(left).executions for left in (3, 2, 1)} == {3000}
    assert (remaining.left, str(remaining)) == (float("inf"), "")


def test_a_share_of_executions_is_never_too_small_to_be_of_use():
    assert RemainingBudget(Budget(executions=10), 50).slice(50).executions == FEWEST_EXECUTIONS


@pytest.mark.parametrize(
    ("budget", "patience", "is_short"),
    [
        (Budget(seconds=100.0), 1, True),
        (Budget(seconds=100.0), 2, False),
        (Budget(seconds=400.0), 1, False),
        (Budget(executions=9000), 1, False),
    ],
)
def test_a_search_is_short_on_the_first_walk_unless_there_is_plenty(budget, patience, is_short):
    slice_ = RemainingBudget(budget, 20, patience).slice(20)
    assert slice_.idle == (FIRST_IDLE if is_short else MOST_IDLE)


def test_executions_that_are_counted_are_never_cut_short_by_a_clock():
    assert RemainingBudget(Budget(executions=9000), 20).slice(20).ends == math.inf


def test_time_is_shared_among_those_who_are_left():
    remaining = RemainingBudget(Budget(seconds=100.0), 20)
    assert SHORTEST <= remaining.slice(20).seconds < remaining.slice(1).seconds <= LONGEST


def test_those_who_are_worked_on_at_a_time_share_it_side_by_side():
    remaining = RemainingBudget(Budget(seconds=100.0), 20)
    assert remaining.slice(20, 2).seconds == pytest.approx(2 * remaining.slice(20, 1).seconds, rel=0.01)
    assert remaining.slice(1, 2).seconds == remaining.slice(1, 1).seconds == LONGEST


def test_nobody_waits_for_a_target_for_more_than_a_few_times_its_part():
    start, remaining = time.monotonic(), RemainingBudget(Budget(seconds=1000.0), 20)
    ends = remaining.slice(20).ends - start
    assert 1000 / 20 < ends <= MOST_PARTS * 1000 / 20 + 1
    assert remaining.slice(500).ends - start >= SHORTEST_SLICE


def test_where_nobody_waits_a_turn_has_no_end():
    assert RemainingBudget(Budget(seconds=1000.0), 2).slice(2, at_once=2).ends == math.inf


def test_the_time_that_is_left_is_shown_in_minutes():
    assert str(RemainingBudget(Budget(seconds=185.9), 1)) == "3:05"
    assert str(RemainingBudget(Budget(seconds=1e-9), 1)) == "0:00"


@pytest.mark.parametrize("workers", [1, 2, 4, 7])
def test_with_a_budget_in_executions_workers_change_nothing_of_what_is_asked(fakes, context, workers):
    """The second target of each pair has a gap that a test for the first one closes in passing."""
    gaps = [fakes.gap(f"cart-{at}", at, lines=(4,) if at % 2 else (at,), branches=()) for at in range(10, 20)]
    targets = [fakes.target(gap) for gap in gaps]
    proposer = fakes.FakeProposer(*candidates(fakes, 1, gaps=tuple(f"cart-{at}" for at in range(10, 20))))
    counted = context(proposer, budget=Budget(executions=1000), gaps=gaps)
    with ThreadPoolExecutor(workers) as executor:
        done = list(pipeline.run(targets, counted, executor, workers))
    found = [(one.target.gaps[0].id, [type(attempt.verdict).__name__ for attempt in one.attempts]) for one in done]
    asked = sorted(task.target.gaps[0].id for task in proposer.tasks)
    expected = ["cart-10", "cart-11", "cart-12", "cart-13", "cart-14", "cart-16", "cart-18"]
    assert asked == expected
    assert [gap for gap, _ in found] == expected
    assert [gap for gap, verdicts in found if verdicts == ["Kept"]] == ["cart-11"]


def test_a_test_that_closes_only_what_an_earlier_target_closed_meanwhile_is_dropped(fakes, context):
    first, second = fakes.gap(), fakes.gap("cart-bbbbbbbb", 6, lines=(4,), branches=())
    proposer = fakes.FakeProposer(*candidates(fakes, 1, gaps=("cart-aaaaaaaa", "cart-bbbbbbbb")))
    working = context(proposer, gaps=(first, second))
    with ThreadPoolExecutor(2) as executor:
        done = list(pipeline.run([fakes.target(first), fakes.target(second)], working, executor, 2))
    verdicts = [attempt.verdict for one in done for attempt in one.attempts]
    assert isinstance(verdicts[0], Kept)
    assert verdicts[1:] == [Dropped(rung="gains", reason="closes no gap that is still open")]


def test_a_target_of_which_a_job_failed_is_not_complete(fakes, context):
    failing = replace(context(fakes.FakeProposer()), watch=lambda: nullcontext([fakes.failed()]))
    (done,) = pipeline.run([fakes.target()], failing, InlineExecutor(), 1)
    assert (done.complete, done.attempts) == (False, ())


# --- better versions of what was kept


@pytest.fixture
def improve(fakes, context):
    """A kept test, improved by these versions of it."""

    def improve(*versions, more=False, comes_last=lambda _one: False, **changes):
        made = replace(context(fakes.FakeProposer(*candidates(fakes, 1)), **changes), comes_last=comes_last)
        (kept,) = worked(fakes.target(), made, SLICE).attempts
        made.sandbox.jobs.clear()
        think = lambda _task, one: [version(one.candidate) for version in versions]  # noqa: E731
        return pipeline.improve(fakes.target(), kept, think, made, more=more), made.sandbox.asked(Prove)

    return improve


def renamed(test):
    return replace(test, name="test_better_name", code=test.code.replace(test.name, "test_better_name"))


def rewritten(test):
    return replace(test, code=test.code.replace("-1", "-5"))


def broken(test):
    return replace(test, code="def test_1(:\n")


def test_a_better_name_needs_no_proof(improve):
    attempt, proved = improve(renamed)
    assert (attempt.candidate.name, type(attempt.verdict)) == ("test_better_name", Kept)
    assert proved == []


def test_other_values_are_proven_again(improve):
    attempt, proved = improve(rewritten)
    assert "discount(-5)" in attempt.candidate.code
    assert "discount(-5)" in proved[-1].text


def test_a_version_that_people_did_not_want_before_is_passed_over(improve):
    attempt, _ = improve(renamed, rewritten, comes_last=lambda one: one.name == "test_better_name")
    assert "discount(-5)" in attempt.candidate.code


def test_a_version_that_is_dropped_makes_room_for_the_next(improve):
    attempt, _ = improve(broken, renamed)
    assert attempt.candidate.name == "test_better_name"


def test_without_a_better_version_there_is_none(improve):
    assert improve(broken) == (None, [])


def test_where_more_is_to_be_noticed_as_much_is_not_enough(improve):
    assert improve(rewritten, more=True)[0] is None
    assert improve(renamed, more=True)[0] is None
