from __future__ import annotations

import threading

import pytest

from pytest_enrich.proposers.ollama.line import FULL, Pace, Turns
from pytest_enrich.proposers.ollama.protocol import Counts


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


@pytest.fixture
def pace():
    """Reads 100 characters and writes 10 tokens a second."""
    made = Pace()
    made.learn("inputs", 500, Counts(reading=5.0, writing=6.0, reply=60))
    return made


def test_nothing_is_expected_before_there_was_a_figure():
    pace = Pace()
    assert pace.expect("inputs", 9999, 320) == 0.0
    pace.learn("inputs", 500, Counts())
    assert pace.expect("inputs", 9999, 320) == 0.0


def test_a_reply_is_expected_to_be_as_long_as_those_of_its_kind(pace):
    assert pace.expect("inputs", 1000, 320) == pytest.approx(10.0 + 6.0)


def test_a_reply_of_another_kind_is_expected_to_fill_a_part_of_its_room(pace):
    assert pace.expect("scenario", 0, 400) == pytest.approx(0.1 * FULL * 400)


def test_what_the_server_has_read_takes_no_time(pace):
    assert pace.expect("inputs", 0, 320) == pytest.approx(6.0)


def test_the_shortest_is_one_of_a_kind(pace):
    pace.learn("", 10, Counts(reading=0.1, writing=0.1, reply=4))
    assert pace.shortest == 11.0
    pace.learn("fill", 10, Counts(reading=1.0, writing=2.0, reply=10))
    assert pace.shortest == 3.0
