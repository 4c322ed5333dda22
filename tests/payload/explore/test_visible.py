"""Values of the project's own classes, as a reader would write them."""

from __future__ import annotations

import pytest

from pytest_enrich.payload.explore.calls import Program
from pytest_enrich.payload.explore.run import Outcome
from pytest_enrich.payload.explore.stated import stated, visible_text


class Number(int):
    """As a parser makes it that remembers where it found it."""


class Word(str):
    __slots__ = ()

    def __str__(self):
        return f"<{self.upper()}>"


class Items(list):
    pass


class Unequal(list):
    def __eq__(self, other):
        return False

    __hash__ = None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Items([1, 2]), "[1, 2]"),
        (Items([Number(1), Word("a")]), "[1, 'a']"),
        ({Word("a"): Items([Number(2)])}, "{'a': [2]}"),
        ((Number(1), True, None), "(1, True, None)"),
        ([Items([Number(1)]), {"a": 1.5}], "[[1], {'a': 1.5}]"),
    ],
)
def test_a_value_that_is_equal_to_a_plain_one_is_written_as_that(value, text):
    assert visible_text(value) == text


@pytest.mark.parametrize("value", [Unequal([Number(1)]), [object()], Items([Number(1)] * 60), float("nan")])
def test_what_is_equal_to_nothing_plain_or_is_too_long_has_no_text(value):
    assert visible_text(value) is None


def test_of_a_dict_whose_values_cannot_be_written_its_keys_are_told():
    (record,) = stated(Outcome(result={"total": object(), "tax": object()}), Program((), "bill()"))
    assert (record["expression"], record["value"]) == ("list({result})", "['total', 'tax']")


def test_of_a_dict_that_fills_a_line_its_keys_are_told_as_well():
    result = dict.fromkeys(["latitude", "longitude", "distance", "azimuth"], "twelve and a half degrees")
    *_, record = stated(Outcome(result=result), Program((), "position()"))
    keys = "['latitude', 'longitude', 'distance', 'azimuth']"
    assert (record["expression"], record["value"]) == ("list({result})", keys)


def test_of_a_dict_that_fills_a_line_what_the_lines_speak_of_is_told_first():
    result = dict.fromkeys(
        ["metadata_version", "name", "project_url", "summary"], "a text of some length, by itself"
    )
    about = frozenset({"message", "Summary", "Project", "URL"})
    shown = [one["expression"] for one in stated(Outcome(result=result), Program((), "as_json()", about=about))]
    assert shown[:2] == ["{result}['project_url']", "{result}['summary']"]


PAGE = "<ul>\n" + "".join(f"  <li>item {number}</li>\n" for number in range(40)) + "</ul>\n"


def test_of_a_text_that_is_too_long_the_line_is_told_that_has_what_is_passed():
    (record,) = stated(Outcome(result=PAGE), Program((), "render('item', 17)"))
    assert (record["expression"], record["form"]) == ("'<li>item 0</li>' in {result}", "is")
    (record,) = stated(Outcome(result=PAGE), Program((), "render('7')"))
    assert record["expression"] == "'<li>item 7</li>' in {result}"
    (record,) = stated(Outcome(result=PAGE.replace("17", "pen")), Program((), "render('pen')"))
    assert (record["expression"], record["value"]) == ("'<li>item pen</li>' in {result}", "True")


@pytest.mark.parametrize("text", ["-" * 500, "word " * 100, f"at 0x{'0' * 12}\n" + "=" * 500])
def test_of_a_text_without_a_line_to_read_nothing_is_told(text):
    assert stated(Outcome(result=text), Program((), "render('word')")) == []


class Rate:
    def __init__(self, percent):
        self.percent = percent


class Bill:
    def __init__(self, rate):
        self.total = 0
        self.rate = rate


def test_of_what_a_dict_holds_a_part_is_told_where_the_whole_cannot_be_written():
    first, *_ = stated(Outcome(result={"options": {"rate": Rate(7)}}), Program((), "bill()"))
    assert (first["expression"], first["value"]) == ("{result}['options']['rate'].percent", "7")


def test_of_an_object_in_an_object_a_field_is_told_and_first_where_the_lines_speak_of_it():
    result = Outcome(result=Bill(Rate(7)))
    shown = [one["expression"] for one in stated(result, Program((), "bill()", about=frozenset({"rate"})))]
    assert shown == ["{result}.rate.percent", "{result}.total"]
