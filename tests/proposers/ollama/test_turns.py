from __future__ import annotations

import threading

import pytest

from pytest_enrich.proposers.ollama.line import Turns


@pytest.fixture
def order():
    """In which order prompts get their turn that come while `last` has it, in the order that is given."""

    def order(last, *prompts):
        turns, found, threads = Turns(), [], []

        def ask(prompt):
            with turns.take(prompt):
                turns.asked(prompt)
                found.append(prompt)

        with turns.take(last):
            turns.asked(last)
            for count, prompt in enumerate(prompts, 1):
                threads.append(threading.Thread(target=ask, args=(prompt,)))
                threads[-1].start()
                while len(turns._waiting) < count:  # each is in the queue before the next comes
                    pass
        for thread in threads:
            thread.join(5)
        return found

    return order


def test_those_that_go_on_as_the_last_one_come_first(order):
    assert order("a.py x", "b.py x", "a.py y", "b.py y", "a.py z") == ["a.py y", "a.py z", "b.py x", "b.py y"]


def test_of_equals_the_first_comes_first(order):
    assert order("q", "a1", "b1", "c1") == ["a1", "b1", "c1"]


def test_two_that_ask_the_same_both_have_their_turn(order):
    assert order("q", "same", "same") == ["same", "same"]


def test_a_turn_ends_with_an_error_too():
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.take("a"):
        raise ZeroDivisionError
    with turns.take("b"):
        pass


def test_what_the_last_prompt_had_beyond_what_both_begin_with_is_forgotten():
    turns = Turns()
    turns.asked("abcd")
    assert [turns.forgotten(prompt) for prompt in ("abXX", "", "abcdef")] == [2, 4, 0]


@pytest.mark.parametrize(
    ("prompt", "unread"), [("abcd", 0), ("abcdef", 2), ("abXdef", 4), ("ab", 0), ("", 0), ("X", 1)]
)
def test_what_is_not_as_the_last_prompt_began_is_read_anew(prompt, unread):
    turns = Turns()
    turns.asked("abcd")
    assert turns.unread(prompt) == unread
