"""What a run says about jobs that gave no answer."""

from __future__ import annotations

import threading

import pytest

from pytest_enrich.data import Answered, Explore, Explored, Failed
from pytest_enrich.session.noting import NotingSandbox

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
