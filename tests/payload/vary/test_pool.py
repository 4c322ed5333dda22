from __future__ import annotations

import enum
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.payload.vary.names import Names
from pytest_enrich.payload.vary.pool import Added, Pool, is_literal

NAMES = Names({"Money": complex})


def pool(*rows, constants=(), near=()):
    return Pool(rows, NAMES, constants, near)


@pytest.mark.parametrize(
    ("rows", "fitting", "strange"),
    [
        (("'a'", "'abc'"), ["'xyz'", "''"], ["1", "b'a'", "None", "['a']"]),
        (("1",), ["-7"], ["True", "1.5", "'1'"]),
        (("[1, 2]",), ["[]", "[3]"], ["['a']", "[None]", "(1,)"]),
        (("{'a': 1}",), ["{}", "{'b': 2}"], ["{'a': []}", "{1: 1}", "['a']"]),
        (("None", "'a'"), ["'b'", "None"], ["1"]),
        (("Money(1)",), ["Money(2)"], ["1", "Gone(1)"]),
        (("'a'", "-1"), ["'b'", "2", "True", "0.5"], ["[1]", "None"]),
    ],
)
def test_only_what_is_made_of_the_types_of_the_rows_fits(rows, fitting, strange):
    assert [text for text in [*fitting, *strange] if pool(*rows).fits(text)] == fitting


def test_what_is_offered_fits_whatever_it_is_if_it_can_be_made():
    made = Pool(("'a'",), NAMES, (), (), ("None", "Money(1)", "Gone(1)"))
    assert [text for text in ("None", "Money(1)", "Gone(1)", "2") if made.fits(text)] == ["None", "Money(1)"]


def test_what_is_added_has_the_keys_that_were_offered():
    made = Added(("{}",), ("{'most': True}", "{'least': 3}"), NAMES)
    tried = ("{'most': False}", "{'least': 4}", "{'name': True}")
    assert [text for text in tried if made.fits(text)] == ["{'most': False}", "{'least': 4}"]


def test_what_stands_near_comes_into_what_is_made_of_such():
    made = Pool(("{'user': 'ann', 'word': 'x'}",), NAMES, (), ("'secret'", "7"))
    chance = random.Random(0)
    drawn = {made.any(chance, made.seen[0]) for _ in range(400)}
    assert "{'user': 'ann', 'word': 'secret'}" in drawn
    assert not made.fits("'secret'")


def test_keys_that_no_row_has_are_strange():
    made = pool("{'name': 'ada', 'size': 1}", "[{'name': 'bob'}]")
    known, other = (made.unusual(f"{{'{key}': 'eve'}}") for key in ("name", "nam"))
    assert known == 0 < other


def test_what_is_left_of_a_sum_is_not_tried():
    made = pool("3 + 4", "10")
    assert [text for text in ("3 + 5", "+4", "3 + 0", "0 - 3", "0 + 0", "0") if made.fits(text)] == ["3 + 5", "0"]


def test_what_would_take_all_memory_is_not_even_made():
    made = pool("10**3", "2")
    assert [text for text in ("10**30", "10**100000000000", "1 << 10**12", "2") if made.fits(text)] == [
        "10**30",
        "2",
    ]


def test_constants_come_first_with_their_neighbours_and_only_those_that_fit():
    made = pool("3", constants=("'xl'", "86400"), near=("7", "'a'"))
    assert made.promising[:3] == ("86400", "86399", "86401")
    assert "7" in made.promising
    assert not {"'xl'", "'a'"} & set(made.promising)


def test_what_is_beside_a_limit_of_the_code_is_preferred_to_what_is_far_from_it():
    made = pool("14", "15", constants=("14", "30", "500"))
    assert "31" in made.plain
    assert made.foreign("31") <= made.foreign("500") < made.foreign("100")


def test_a_value_that_a_row_has_is_never_strange_and_short_plain_ones_hardly():
    made = pool("'2024-02-29'", "'$'")
    values = ["'$'", "'2025-01-31'", "'\\x00\\x7f'"]
    first, second, third = map(made.unusual, values)
    assert (first, second) == (0, 0)
    assert third > 0


@pytest.mark.parametrize(
    ("rows", "value", "other"),
    [
        (("'/login'", "'/logout'"), "'/name'", "'name'"),
        (("'--all'",), "'--one'", "'one'"),
    ],
)
def test_what_does_not_begin_as_all_rows_do_is_strange(rows, value, other):
    made = pool(*rows, "''")
    assert made.unusual(value) < made.unusual(other)


@given(st.integers(0, 2**32), st.sampled_from(["12", "'ab-1'", "[1, 'a']"]))
def test_any_value_is_the_same_for_the_same_seed(seed, row):
    made = pool(row, constants=("'x'", "5"))
    first, second = (made.any(random.Random(seed), row) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("text", "expected"), [("[1, 'a']", True), ("-1", True), ("Money(1)", False), ("x", False)]
)
def test_a_literal_says_all_by_itself(text, expected):
    assert is_literal(text) is expected


class Color(enum.Enum):
    RED = 1
    ROT = 1  # noqa: PIE796 - another name of the same
    BLUE = 2


class Way(enum.IntEnum):
    PLAIN = 0
    BACK = 1
    LOUD = 2


def enumerated(*rows):
    return Pool(rows, Names({"Color": Color, "Way": Way}), (), ())


def test_where_rows_have_members_of_an_enumeration_the_others_are_tried_first_and_by_their_names():
    assert enumerated("Color.RED").promising[:2] == ("Color.RED", "Color.BLUE")


def test_a_bare_number_is_stranger_than_a_member_where_rows_have_names():
    made = enumerated("Way.PLAIN", "Way.BACK | Way.LOUD")
    assert made.fits("2")
    assert made.unusual("2") > made.unusual("Way.LOUD")


@pytest.mark.parametrize(
    ("rows", "value", "is_out"),
    [
        (("'a=b'", "'a=b\\nc=d'"), "'--file'", True),
        (("'a=b'", "'a=b\\nc=d'"), "'a=\\n'", False),
        (("'select 1'",), "'BETWEEN'", True),
        (("'select 1'",), "'select 2'", False),
        (("'select 1'",), "''", False),
        (("'lower'", "'select 1'"), "'upper'", False),
        (("1", "2"), "3", False),
        (("'select * from foo for update'",), "'WHILE * from foo for update'", True),
        (("'select * from foo for update'",), "'select * from foo, for update'", False),
        (("'2 days ago'",), "'2 WHILE ago'", False),
    ],
)
def test_a_word_alone_is_out_of_place_where_all_rows_have_several_and_another_one_in_a_long_text(
    rows, value, is_out
):
    assert pool(*rows).is_out_of_place(value) is is_out
