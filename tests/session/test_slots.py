from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from pytest_enrich.data import Answered, Collect, Collected
from pytest_enrich.session.slots import Slots


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
