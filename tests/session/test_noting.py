"""What a run says about jobs that gave no answer."""

from __future__ import annotations

import threading

import pytest

from pytest_enrich.data import (
    Answered,
    Attempt,
    Dropped,
    Explore,
    Explored,
    Failed,
    Kept,
    Prove,
    Proved,
    Record,
    Recorded,
    TestOutcome,
)
from pytest_enrich.session.noting import IN_A_ROW, UNTRACED, NotingSandbox, Writing, streaks

JOB = Explore(path="m.py", module="m", entries=(), branches=(), lines=())


class Inside:
    """A sandbox whose jobs take until it is closed."""

    isolation = "none"

    def __init__(self):
        self.closed, self.begun = threading.Event(), threading.Event()

    def execute(self, job, *, timeout):  # noqa: ARG002 - as the protocol has it
        self.begun.set()
        self.closed.wait(10)
        return Failed(reason="refused", detail="the sandbox is closed", seconds=0.0)

    def close(self):
        self.closed.set()


@pytest.fixture
def inside():
    return Inside()


def test_a_job_that_fails_is_noted(inside):
    inside.close()
    sandbox = NotingSandbox(inside)
    sandbox.execute(JOB, timeout=1)
    sandbox.execute(JOB, timeout=1)
    assert sandbox.notes == ("exploring a function failed (refused): the sandbox is closed (2 times)",)


def test_what_closing_puts_an_end_to_is_no_failure(inside):
    sandbox = NotingSandbox(inside)
    worker = threading.Thread(target=sandbox.execute, args=(JOB,), kwargs={"timeout": 1})
    worker.start()
    inside.begun.wait(10)
    sandbox.close()
    worker.join(10)
    assert sandbox.notes == ()


def test_what_rules_had_a_part_in_is_counted():
    class Exploring(Inside):
        def execute(self, job, *, timeout):  # noqa: ARG002 - as the protocol has it
            explored = Explored(findings=(), executions=5, ideas={"name": 2, "default": 3})
            return Answered(answer=explored, seconds=0.0)

    sandbox = NotingSandbox(Exploring())
    sandbox.execute(JOB, timeout=1)
    sandbox.execute(JOB, timeout=1)
    assert sandbox.ideas == {"name": 4, "default": 6}


FRESH = "does not pass in its file, in a fresh process"
KEPT = Kept(gaps=("a",), lines=(1,), branches=(), runs=("measured",), seconds=0.1)


@pytest.fixture
def seen(fakes):
    """What is said of candidates with these verdicts, each for a function of its own or all for one."""

    def seen(*verdicts, isolation="landlock+seccomp", functions=9):
        attempts = [
            Attempt(
                path=fakes.PATH,
                qualname=f"f{number % functions}",
                digest="",
                candidate=fakes.candidate(),
                verdict=verdict,
            )
            for number, verdict in enumerate(verdicts)
        ]
        return streaks(attempts, isolation)

    return seen


def warned(number, rung="stable", reason=FRESH):
    detail = f"Traceback\nPytestCacheWarning: could not create cache path /scratch/x{number}/v: [Errno 1]"
    return Dropped(rung=rung, reason=reason, detail=detail)


def test_candidates_that_fall_by_one_error_in_a_row_are_told_with_what_helps(seen):
    (note,) = seen(*map(warned, range(IN_A_ROW)))
    assert note.startswith(
        f"5 candidates in a row fell for one reason (stable: {FRESH}): PytestCacheWarning: could"
    )
    assert "`apt-get install bubblewrap`" in note
    assert "`pytest-enrich doctor`" in note


def test_fewer_are_not_told(seen):
    assert seen(*map(warned, range(IN_A_ROW - 1))) == ()


def test_one_that_is_kept_between_them_ends_the_row(seen):
    assert seen(*map(warned, range(3)), KEPT, *map(warned, range(3))) == ()


def test_what_was_only_read_between_them_does_not(seen):
    read = Dropped(rung="new", reason="repeats an existing test")
    assert len(seen(*map(warned, range(3)), read, *map(warned, range(3)))) == 1


def test_another_error_ends_the_row(seen):
    other = Dropped(rung="stable", reason=FRESH, detail="E   OSError: no")
    assert seen(*map(warned, range(3)), other, *map(warned, range(3))) == ()


def test_failed_assertions_are_about_the_candidates(seen):
    wrong = Dropped(rung="stable", reason=FRESH, detail="E   assert 1 == 2\nE    +  where 1 = f()")
    assert seen(*[wrong] * 9) == ()


def test_what_falls_at_once_for_one_function_may_be_about_that_function(seen):
    fallen = [warned(number, "passes", "failed") for number in range(9)]
    assert seen(*fallen, functions=1) == ()
    assert len(seen(*fallen)) == 1


def test_runs_that_do_not_end_in_time_are_told_with_the_option_that_gives_more(seen):
    late = [
        Dropped(rung="runs", reason="timeout", detail=f"it did not end in time\nline {n} of x") for n in range(5)
    ]
    (note,) = seen(*late, isolation="bwrap+landlock+seccomp")
    assert note == (
        "5 candidates in a row fell for one reason (runs: timeout): it did not end in time. "
        "More time: --enrich-timeout=30s"
    )


def test_with_all_layers_nothing_is_to_be_installed(seen):
    (note,) = seen(*map(warned, range(6)), isolation="bwrap+landlock+seccomp")
    assert note.startswith("6 candidates")
    assert "apt-get" not in note


class Strict:
    """A sandbox in which a test of `t/test_a.py` passes when it may write `a.txt` and then `b.txt`."""

    isolation = UNTRACED

    def __init__(self):
        self.asked = []

    def execute(self, job, *, timeout):  # noqa: ARG002 - as the protocol has it
        self.asked.append(job)
        missing = [name for name in ("a.txt", "b.txt") if name not in job.writes][:1]
        result = "failed" if missing else "passed"
        ends = (
            TestOutcome(nodeid="t/test_a.py::test_a", result=result, denied=tuple(missing)),
            TestOutcome(nodeid="u/test_b.py::test_b", result="passed", denied=("c.txt",)),
        )
        return Answered(answer=Recorded(calls=(), constructors=(), outcomes=ends), seconds=0.0)


WATCH = Record(tests=("t/test_a.py", "u/test_b.py::test_b"), path="", module="", qualnames=())


def test_what_existing_tests_fell_over_they_and_those_beside_them_may_write():
    inside = Strict()
    sandbox = Writing(inside)
    execution = sandbox.execute(WATCH, timeout=1)
    assert {one.result for one in execution.answer.outcomes} == {"passed"}
    assert [job.writes for job in inside.asked] == [(), ("a.txt",), ("a.txt", "b.txt")]
    sandbox.execute(Prove(path="t/test_a.py", text=""), timeout=1)
    sandbox.execute(Prove(path="u/test_b.py", text=""), timeout=1)
    assert [job.writes for job in inside.asked[3:]] == [("a.txt", "b.txt"), ()]


def test_a_candidate_teaches_nothing_about_what_may_be_written():
    class Proving(Strict):
        def execute(self, job, *, timeout):
            outcome = TestOutcome(nodeid="t/test_a.py::test_new", result="failed", denied=("a.txt",))
            super().execute(job, timeout=timeout)
            return Answered(answer=Proved(outcomes=(outcome,), lines={}, branches={}), seconds=0.0)

    inside = Proving()
    sandbox = Writing(inside)
    for _ in range(2):
        sandbox.execute(Prove(path="t/test_a.py", text=""), timeout=1)
    assert [job.writes for job in inside.asked] == [(), ()]


def test_where_it_would_stay_nobody_learns_what_tests_write():
    inside = Strict()
    inside.isolation = "landlock+seccomp"
    sandbox = Writing(inside)
    sandbox.execute(WATCH, timeout=1)
    sandbox.learn(("t/test_a.py",), 1)
    assert [job.writes for job in inside.asked] == [()]


def test_what_tests_write_is_learnt_before_anybody_asks_for_them():
    inside = Strict()
    Writing(inside).learn(("t/test_a.py",), 1)
    assert [job.tests for job in inside.asked] == [("t/test_a.py",)] * 3
