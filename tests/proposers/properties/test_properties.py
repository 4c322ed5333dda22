from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import (
    Argument,
    Attempt,
    Call,
    Dropped,
    NearTest,
    Origin,
    Prove,
    Proved,
    Record,
    Recorded,
    TestOutcome,
)
from pytest_enrich.proposers.properties import PropertiesProposer, uses_hypothesis

TESTS = "from hypothesis import given\nfrom hypothesis import strategies as st\n\nfrom shop.cart import discount\n"
SOURCE = '''
def discount(total: int) -> int:
    """The price. Idempotent."""
    if total < 0:
        return 0
    return total
'''


class Answers:
    """Answers `Prove` jobs by what the test says: `fails` when a word is in it, else passed with this coverage."""

    def __init__(self, *fails, branches=((3, 4),), result="failed", seconds=0.01):
        self.fails, self.branches, self.result, self.seconds = fails, branches, result, seconds

    def __call__(self, job: Prove) -> Proved:
        (nodeid,) = job.tests
        result = self.result if any(word in job.text for word in self.fails) else "passed"
        taken = self.branches(job) if callable(self.branches) else self.branches
        outcome = TestOutcome(nodeid=nodeid, result=result, seconds=self.seconds)
        return Proved(outcomes=(outcome,), branches={path: tuple(taken) for path in job.measure})


@pytest.fixture
def propose(fakes):
    """The candidates for a task, and the sandbox that was asked."""

    def propose(answer, source=SOURCE, *, tests=TESTS, task=None, recorded=None):
        sandbox = fakes.ScriptedSandbox({Prove: answer, Record: recorded or fakes.failed()})
        task = task or fakes.task(text=tests)
        return list(PropertiesProposer(sandbox).propose(replace(task, source_text=source))), sandbox

    return propose


def test_a_law_that_holds_and_closes_a_gap_is_proposed(propose):
    (made,), sandbox = propose(Answers())
    assert made.code == (
        "@given(st.integers())\ndef test_discount_is_idempotent(total):\n    result = discount(total)\n"
        "    assert discount(result) == result\n"
    )
    assert (made.gaps, made.origin.proposer) == (("cart-aaaaaaaa",), "properties")
    seeds = [job.text.partition("@seed(")[2].partition(")")[0] for job in sandbox.asked(Prove)]
    assert seeds == ["1", "2", "3", "4"]
    assert [bool(job.measure) for job in sandbox.asked(Prove)] == [True, True, True, False]


def test_nothing_of_a_trial_depends_on_the_machine(propose):
    _, sandbox = propose(Answers())
    assert all("deadline=None, database=None)" in job.text for job in sandbox.asked(Prove))


def test_a_law_that_does_not_hold_is_not_proposed(propose):
    assert propose(Answers("@seed(2)"))[0] == []


def test_a_law_that_fails_only_with_many_examples_is_not_proposed(propose):
    assert propose(Answers("@seed(4)"))[0] == []


def test_a_gap_that_only_some_seeds_close_is_not_counted(propose):
    made, sandbox = propose(Answers(branches=lambda job: () if "@seed(3)" in job.text else ((3, 4),)))
    assert (made, len(sandbox.asked(Prove))) == ([], 3)


def test_a_law_that_closes_nothing_is_tried_once(propose):
    made, sandbox = propose(Answers(branches=()))
    assert (made, len(sandbox.asked(Prove))) == ([], 1)


@pytest.mark.parametrize("result", ["error", "skipped"])
def test_what_cannot_be_run_is_not_tried_in_another_way(propose, result):
    made, sandbox = propose(Answers("@seed", result=result))
    assert (made, len(sandbox.asked(Prove))) == ([], 1)


def test_a_slow_test_is_not_proposed(propose):
    assert propose(Answers(seconds=60.0))[0] == []


@pytest.mark.parametrize("reason", ["timeout", "crash", "no answer", "bad answer"])
def test_a_sandbox_that_fails_leaves_nothing_to_say(propose, fakes, reason):
    assert propose(fakes.failed(reason))[0] == []


def test_an_answer_about_another_test_is_none(propose):
    def other(_job):
        return Proved(outcomes=(TestOutcome(nodeid="tests/test_other.py::test", result="passed"),))

    assert propose(other)[0] == []


def test_calls_of_the_nearest_tests_show_what_is_taken(propose, fakes):
    calls = tuple(Call(qualname="discount", arguments=(Argument(name="total", value=one),)) for one in ("1", "2"))
    target = fakes.target(nearest=(NearTest(nodeid="tests/test_cart.py::test_discount[1]", shared=1),))
    recorded = Recorded(calls=calls, constructors=(), outcomes=())
    source = SOURCE.replace(": int", "")
    task = fakes.task(target=target, text=TESTS)
    (made,), sandbox = propose(Answers(), source, task=task, recorded=recorded)
    assert "@given(st.integers())" in made.code
    (job,) = sandbox.asked(Record)
    assert (job.tests, job.qualnames) == (("tests/test_cart.py::test_discount",), ("discount",))


def test_without_types_and_calls_nothing_is_drawn(propose):
    made, sandbox = propose(Answers(), SOURCE.replace(": int", ""))
    assert (made, sandbox.jobs) == ([], [])


def test_different_laws_give_a_test_each(propose):
    made, _ = propose(Answers(), f"{SOURCE}\ndef undiscount(total: int) -> int: ...\n")
    assert [one.name for one in made] == ["test_undiscount_undoes_discount", "test_discount_is_idempotent"]


def test_a_law_that_the_file_has_is_not_tried(propose):
    known = (
        TESTS
        + "@given(st.integers())\ndef test_discount_is_idempotent(total):\n    assert discount(discount(total))\n"
    )
    made, sandbox = propose(Answers(), tests=known)
    assert (made, sandbox.jobs) == ([], [])


def test_it_thinks_once_about_a_target(propose, fakes):
    made = replace(fakes.candidate(), origin=Origin(proposer="properties"))
    attempt = Attempt(
        path=fakes.PATH, qualname="discount", digest="d", candidate=made, verdict=Dropped(rung="kills", reason="x")
    )
    made, sandbox = propose(Answers(), task=fakes.task(text=TESTS, attempts=(attempt,)))
    assert (made, sandbox.jobs) == ([], [])


@pytest.mark.parametrize("source", ["", "def (:", "x = 1\n", "def other(total: int) -> int:\n    'Idempotent.'"])
def test_where_nothing_invites_a_law_nothing_is_run(propose, source):
    made, sandbox = propose(Answers(), source)
    assert (made, sandbox.jobs) == ([], [])


def test_when_the_time_is_up_no_law_is_tried(propose, fakes):
    made, sandbox = propose(Answers(), task=fakes.task(text=TESTS, seconds=-1.0))
    assert (made, sandbox.asked(Prove)) == ([], [])


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("from hypothesis import given\n", True),
        ("import hypothesis.strategies as st\n", True),
        ("def test_it():\n    from hypothesis import find\n", True),
        ("import pytest\n", False),
        ("TEXT = '''\nfrom hypothesis import given\n'''\n", False),
        ("# from hypothesis import given\n", False),
        ("from .hypothesis import given\n", False),
        ("import hypothesis_of_ours\n", False),
        ("from hypothesis import (\n", False),
    ],
)
def test_a_team_uses_what_its_tests_import(text, used):
    assert uses_hypothesis(["import pytest\n", text, ""]) is used
