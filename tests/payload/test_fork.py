import itertools
import os
import signal
import time

import pytest

from pytest_enrich.payload import fork


def circle():
    for _ in itertools.count():
        pass
    return {}


def test_the_answer_comes_back():
    assert fork.run(lambda: {"a": [1, "é"]}, 60.0) == {"a": [1, "é"]}


def test_nothing_that_it_does_stays():
    made = []
    assert fork.run(lambda: made.append(1) or {}, 60.0) == {}
    assert made == []


@pytest.mark.parametrize(
    ("seconds", "processor"), [pytest.param(0.3, 0.0, id="wall clock"), pytest.param(600.0, 0.2, id="processor")]
)
def test_what_runs_in_circles_is_cut_short(seconds, processor):
    assert fork.run(circle, seconds, processor) == {"ended": "timeout"}


def test_waiting_uses_no_time_of_the_processor():
    assert fork.run(lambda: time.sleep(0.5) or {"a": 1}, 60.0, 0.3) == {"a": 1}


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda: os._exit(0), id="leaves"),
        pytest.param(lambda: os.kill(os.getpid(), signal.SIGKILL), id="is ended"),
        pytest.param(lambda: [1], id="no object"),
    ],
)
def test_no_answer_is_a_crash(work):
    assert fork.run(work, 60.0, 30.0) == {"ended": "crash"}


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: {"a": object()}, "TypeError: Object of type object is not JSON serializable"),
    ],
)
def test_what_it_raises_is_said(work, why):
    assert fork.run(work, 60.0, 30.0) == {"ended": "crash", "why": why}
