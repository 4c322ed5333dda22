"""The same tests are watched once a run, and what a search found is where the next one begins."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Call, Collect, Collected, Explore, Explored, Finding, Record, Recorded
from pytest_enrich.session.noting import Onward, Remembering

RECORDED = Recorded(calls=(), constructors=(), outcomes=())


def job(*tests):
    return Record(tests=tests, path="shop.py", module="shop", qualnames=("pay",))


@pytest.fixture
def inside(fakes):
    return fakes.ScriptedSandbox({Record: RECORDED, Collect: Collected(items=())})


def test_the_same_tests_are_watched_once(inside):
    sandbox = Remembering(inside)
    first, again, other = (sandbox.execute(job(name), timeout=1.0) for name in ("a", "a", "b"))
    assert first.answer == again.answer == other.answer == RECORDED
    assert inside.jobs == [job("a"), job("b")]


def test_what_failed_is_tried_again(fakes):
    inside = fakes.ScriptedSandbox({Record: [fakes.failed("timeout"), RECORDED]})
    sandbox = Remembering(inside)
    sandbox.execute(job("a"), timeout=1.0)
    assert sandbox.execute(job("a"), timeout=1.0).answer == RECORDED


def test_all_else_is_done_each_time(inside):
    sandbox = Remembering(inside)
    for _ in range(2):
        sandbox.execute(Collect(tests=()), timeout=1.0)
    assert len(inside.jobs) == 2


def test_it_is_as_the_one_inside(inside):
    sandbox = Remembering(inside)
    assert sandbox.isolation == inside.isolation
    sandbox.close()
    assert inside.closed


FOUND = Finding(
    call=Call(qualname="pay"), lines=(), action="pay()", expression=True, consume="", branches=(), reached=(),
    observations=(),
)  # fmt: skip


def explore(path="shop.py", **more):
    return Explore(path=path, module="shop", entries=(), branches=(), lines=(), **more)


def test_a_search_begins_with_what_was_found_in_its_file(fakes):
    inside = fakes.ScriptedSandbox({Explore: Explored(findings=(FOUND,), executions=1, dropped={})})
    sandbox = Onward(inside)
    for job in (explore(), explore("cart.py"), explore()):
        sandbox.execute(job, timeout=1.0)
    assert [job.starts for job in inside.jobs] == [(), (), (FOUND.call,)]


def test_calls_that_are_only_looked_at_begin_nothing(fakes):
    inside = fakes.ScriptedSandbox({Explore: Explored(findings=(FOUND,), executions=1, dropped={})})
    sandbox = Onward(inside)
    for _ in range(2):
        sandbox.execute(explore(only=(FOUND.call,)), timeout=1.0)
    assert inside.jobs[1].starts == ()
