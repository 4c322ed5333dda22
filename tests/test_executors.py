from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_enrich import executors
from pytest_enrich.executors import InlineExecutor


def test_one_worker_works_where_it_is_asked():
    executor = executors.choose(1)
    assert isinstance(executor, InlineExecutor)
    assert executor.submit(threading.get_ident).result() == threading.get_ident()


def test_several_workers_are_threads():
    with executors.choose(3) as executor:
        assert isinstance(executor, ThreadPoolExecutor)
        assert executor.submit(threading.get_ident).result() != threading.get_ident()


def test_arguments_are_passed_on():
    assert InlineExecutor().submit(divmod, 7, 2).result() == (3, 1)
    assert InlineExecutor().submit(int, "11", base=2).result() == 3


def test_an_exception_is_raised_by_its_result():
    future = InlineExecutor().submit(int, "x")
    assert isinstance(future.exception(), ValueError)
    with pytest.raises(ValueError, match="invalid literal"):
        future.result()


def test_an_interrupt_is_not_kept():
    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        InlineExecutor().submit(interrupt)


def test_what_was_submitted_is_done_in_its_order():
    done = []
    with InlineExecutor() as executor:
        futures = [executor.submit(done.append, number) for number in range(5)]
    assert all(future.done() for future in futures)
    assert done == [0, 1, 2, 3, 4]
