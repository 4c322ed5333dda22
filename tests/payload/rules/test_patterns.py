from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.payload.rules import patterns


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\s*(.+?)\s*\(\s*(.*[^\s]+)\s*\)", "name(value)"),
        (r"(\d{4})-(\w+)", "2024-name"),
        (r"^  (?=\S)", "  1"),
        (r"(?P<quote>['\"]).*(?P=quote)", "''"),
        (r"(?!x)[^a-z]{3}", "a1A"),
    ],
)
def test_a_text_is_put_together_from_words(pattern, text):
    found = [*patterns.read(re.compile(pattern))]
    assert text in found or found[0] == re.match(pattern, found[0])[0]


def test_what_is_optional_is_left_out_once_and_given_once():
    found = [*patterns.read(re.compile(r"a(?:\.b)?"))]
    assert found == ["a", "a.b"]


def test_each_alternative_is_taken():
    assert {*patterns.read(re.compile(r"(Args|Returns|Raises):"))} == {"Args:", "Returns:", "Raises:"}


def test_a_date_is_a_date_and_not_any_digits():
    date = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
    assert patterns.matching(date)[0] == "'2024-02-29'"


def test_a_pattern_that_cannot_be_read_is_drawn_for_the_same_each_time():
    pattern = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])\w{8,}")
    assert not [*patterns.read(pattern)]
    texts = [*patterns.drawn(pattern)]
    assert texts == [*patterns.drawn(pattern)]
    assert texts
    assert all(map(pattern.fullmatch, texts))


def test_for_a_pattern_that_no_text_matches_there_is_none():
    assert patterns.matching(re.compile(r"[a-f]{3}(?<=fax)")) == ()


def test_a_pattern_of_bytes_is_given_bytes():
    assert patterns.matching(re.compile(rb"(?:C|D)[QR];?"))[0] == "b'CQ'"


PARTS = st.sampled_from([r"\d+", "[a-c]{2}", r"\s?", "x|y", "(?:z)*", r"\.", "[^0-9]", "."])


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_whatever_is_written_is_found_by_the_pattern(parts):
    pattern = re.compile("".join(f"({part})" for part in parts))
    assert all(pattern.search(text) for text in patterns.read(pattern))
