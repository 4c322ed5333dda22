from __future__ import annotations

import pytest

from pytest_enrich.payload.engine.usual import known_texts, oddness, shape
from pytest_enrich.payload.explore.calls import Call


def odd(value, *seen):
    return oddness(Call("f", (("a", value),)), known_texts(seen))


@pytest.mark.parametrize(
    "value",
    [
        "1",
        "'abc'",
        "'key=value'",
        "'a=1\\nb=2\\n'",
        "⟨datetime:date⟩(2024, 2, 29)",
        "[1, 2]",
        "[f(), 1]",
        "float('inf')",
    ],
)
def test_what_people_write_is_not_odd(value):
    assert odd(value) == 0


@pytest.mark.parametrize(
    "value",
    [
        "''",
        "'%'",
        "'\\x00'",
        "' a'",
        "'a-1.b:2,c/3'",
        "10000000000",
        "⟨datetime:date⟩(2, 1, 1)",
        "float('nan')",
        "⟨a:chain⟩(_parts=[1])",
        "bool",
        "[[]]",
        "[(), 0, -1]",
        "{'a': {}}",
        "[None, False]",
    ],
)
def test_what_nobody_writes_is(value):
    assert odd(value) > 0


def test_what_a_test_passes_is_usual_and_so_is_what_looks_like_it():
    assert odd("'%d-%m'", "'%d-%m'") == 0
    assert odd("'P1Y2M3DT4H'", "'P9Y8M7DT6H'") == 0


def test_a_shape_keeps_what_is_neither_letter_nor_digit():
    assert shape("2024-02-29T1") == "9-9-9a9"


@pytest.mark.parametrize(
    ("arguments", "odd"),
    [
        ({"key": "'id'", "value": "'name'"}, 0),
        ({"key": "'id'", "value": "'id'"}, 1),
        ({"items": "[3, 3, 1]"}, 1),
        ({"key": "None", "value": "None"}, 0),
    ],
)
def test_of_two_that_are_the_same_nobody_sees_which_is_which(arguments, odd):
    assert oddness(Call("f", tuple(arguments.items()))) == odd


@pytest.mark.parametrize(("value", "odd"), [("'a'", 1), ("'ab'", 0), ("['a']", 0)])
def test_a_text_of_one_letter_is_what_nobody_would_pass_unless_tests_do(value, odd):
    assert oddness(Call("f", (("text", value),))) == odd
    assert oddness(Call("f", (("text", value),)), known_texts([value])) == 0


@pytest.mark.parametrize(("value", "odd"), [("'a'", 1), ("3", 0)])
def test_that_tests_pass_a_text_does_not_make_it_fit_for_two(value, odd):
    assert oddness(Call("f", (("a", value), ("b", value))), known_texts([value])) == odd


def test_an_object_made_from_nothing_shows_less_than_one_with_something_in_it():
    assert odd("⟨datetime:timedelta⟩()") > odd("⟨datetime:timedelta⟩(days=2)")


def test_an_object_that_a_method_is_called_on_may_be_made_from_nothing_unless_it_is_an_operand():
    assert oddness(Call("Cart.total", (), "⟨shop:Cart⟩()")) == 0
    assert oddness(Call("Cart.__add__", (), "⟨shop:Cart⟩()")) == 1


def test_an_object_that_tests_make_from_nothing_is_usual():
    assert odd("⟨shop:Cart⟩()", "⟨shop:Cart⟩()") == 0


def test_an_object_that_is_called_may_be_made_from_nothing_and_no_operand():
    made = "⟨shop:Scale⟩()"
    assert oddness(Call("Scale.__call__", (("number", "7"),), made)) == 0
    assert oddness(Call("Scale.__add__", (("other", "7"),), made)) == 1


def test_nobody_makes_a_class_on_the_spot_where_another_one_would_do():
    assert oddness(Call("of", (("cls", "⟨enum:Enum⟩('Color', ['RED'])"),))) > oddness(
        Call("of", (("cls", "int"),))
    )


@pytest.mark.parametrize("number", ["9.251098e-14", "3.14159265358"])
def test_a_number_of_many_digits_is_odd_in_an_object_too(number):
    plain, odd = (Call("Length.half", (), f"⟨shop:Length⟩({one})") for one in ("2.5", number))
    assert oddness(plain) == 0
    assert oddness(odd) > 0
