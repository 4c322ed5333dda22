from __future__ import annotations

import pytest

from pytest_enrich.proposers.ollama.line import FULL, Pace
from pytest_enrich.proposers.ollama.protocol import Counts


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
