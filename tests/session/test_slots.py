from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_enrich.data import Answered, Collect, Collected, Failed
from pytest_enrich.errors import OutOfTimeError
from pytest_enrich.session.noting import Slots


class Counting:
    """Notes how many jobs it does at the same time."""

    isolation = "counting"

    def __init__(self):
        self._lock = threading.Lock()
        self.now = self.most = self.closed = 0

    def execute(self, _job, *, timeout):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self._lock:
            self.now -= 1
        return Answered(answer=Collected(items=()), seconds=timeout)

    def close(self):
        self.closed += 1


def test_no_more_jobs_are_done_at_a_time_than_there_are_slots():
    inside = Counting()
    slots = Slots(inside, 2)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: slots.execute(Collect(tests=()), timeout=7.0), range(8)))
    assert inside.most == 2
    assert {one.seconds for one in found} == {7.0}


def test_it_is_as_the_one_inside():
    inside = Counting()
    slots = Slots(inside, 1)
    assert slots.isolation == "counting"
    slots.close()
    assert inside.closed == 1


class Told:
    """Says how long it was given; with `fails` it does not come to an end."""

    isolation = "told"

    def __init__(self, *, fails=False):
        self.given = []
        self.fails = fails

    def execute(self, _job, *, timeout):
        self.given.append(timeout)
        if self.fails:
            return Failed(reason="timeout", detail="", seconds=timeout)
        return Answered(answer=Collected(items=()), seconds=timeout)


def test_a_job_has_no_more_time_than_the_run():
    inside = Told()
    Slots(inside, 1, lambda: 3.0).execute(Collect(tests=()), timeout=7.0)
    Slots(inside, 1, lambda: 9.0).execute(Collect(tests=()), timeout=7.0)
    assert inside.given == [3.0, 7.0]


def test_after_the_run_no_job_begins():
    inside = Told()
    with pytest.raises(OutOfTimeError):
        Slots(inside, 1, lambda: 0.0).execute(Collect(tests=()), timeout=7.0)
    assert inside.given == []


def test_a_job_that_the_end_of_the_run_ends_is_no_failure():
    left = iter([3.0, 0.0])
    with pytest.raises(OutOfTimeError):
        Slots(Told(fails=True), 1, lambda: next(left)).execute(Collect(tests=()), timeout=7.0)


def test_a_job_that_had_its_time_is_one():
    failed = Slots(Told(fails=True), 1, lambda: 9.0).execute(Collect(tests=()), timeout=7.0)
    assert isinstance(failed, Failed)
