from __future__ import annotations

import ast
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_enrich.session import executors
from pytest_enrich.session.executors import InlineExecutor


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


@pytest.fixture
def at_once(monkeypatch):
    """How many threads were in `ast.parse` at the same time, at most, when two parse while it is `is_safe`."""
    inside, most, second = [], [], threading.Event()

    def slow(text):
        inside.append(text)
        if len(inside) > 1:
            second.set()
        second.wait(0.2)
        most.append(len(inside))
        inside.remove(text)
        return text

    monkeypatch.setattr(ast, "parse", slow)

    def at_once(*, is_safe):
        with executors.parsing_in_turn(is_safe=is_safe), ThreadPoolExecutor(2) as executor:
            assert list(executor.map(ast.parse, ["a", "b"])) == ["a", "b"]
        assert ast.parse is slow
        return max(most)

    return at_once


def test_where_the_parser_is_not_safe_in_threads_they_take_turns(at_once):
    assert at_once(is_safe=False) == 1


def test_where_it_is_safe_nobody_waits(at_once):
    assert at_once(is_safe=True) == 2


def test_one_who_parses_may_parse_meanwhile(monkeypatch):
    monkeypatch.setattr(ast, "parse", lambda text: text and ast.parse(text[1:]) + text[0])
    with executors.parsing_in_turn(is_safe=False):
        assert ast.parse("abc") == "cba"
