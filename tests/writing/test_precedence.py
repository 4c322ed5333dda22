"""What is put together as text means what its parts mean."""

import ast

import pytest

from pytest_enrich.writing import syntax

PARTS = [
    ("a < b", "(a < b)"),
    ("(a == b)", "(a == b)"),
    ("(a) == (b)", "((a) == (b))"),
    ("a or b", "(a or b)"),
    ("not a", "(not a)"),
    ("a if b else c", "(a if b else c)"),
    ("lambda: a", "(lambda: a)"),
    ("1, 2", "(1, 2)"),
    ("(1, 2)", "(1, 2)"),
    ("(1, 2), 3", "((1, 2), 3)"),
    ("-a", "-a"),
    ("a + b", "a + b"),
    ("a\n+ b", "(a\n+ b)"),
    ("f(a == b)", "f(a == b)"),
    ("f('a == b')", "f('a == b')"),
    ("⟨shop:Money⟩(2) < ⟨shop:NONE⟩", "(⟨shop:Money⟩(2) < ⟨shop:NONE⟩)"),
]


@pytest.mark.parametrize(("code", "side"), PARTS)
def test_a_side_of_a_comparison_stays_whole(code, side):
    assert syntax.relation(code, "==", "7") == f"{side} == 7"
    assert syntax.relation("7", "in", code) == f"7 in {side}"
    assert syntax.relation(code, "is", "None") == f"{side} is None"
    assert syntax.denied(code) == f"not {side}"


@pytest.mark.parametrize(
    ("code", "true", "false"),
    [
        ("a == b", "a == b", "a != b"),
        ("(a) == (b)", "(a) == (b)", "not ((a) == (b))"),
        ("a != b", "a != b", "not (a != b)"),
        ("a in b", "a in b", "a not in b"),
        ("a or b", "a or b", "not (a or b)"),
        ("not a", "not a", "not (not a)"),
        ("f(a)", "f(a) is True", "f(a) is False"),
        ("a if b else c", "(a if b else c) is True", "(a if b else c) is False"),
    ],
)
def test_a_condition_is_stated_itself_and_anything_else_is_true_or_false(code, true, false):
    assert syntax.relation(code, "is", "True") == true
    assert syntax.relation(code, "is", "False") == false
    (stated,) = ast.parse(true).body
    assert len(getattr(stated.value, "ops", ())) <= 1


@pytest.mark.parametrize(
    ("code", "owner"),
    [
        ("f(a)", "f(a)"),
        ("⟨shop:box⟩.item[0]", "⟨shop:box⟩.item[0]"),
        ("a + b", "(a + b)"),
        ("(a + b)", "(a + b)"),
        ("-1", "(-1)"),
        ("1", "(1)"),
        ("await f()", "(await f())"),
    ],
)
def test_what_an_attribute_is_taken_of_stays_whole(code, owner):
    assert syntax.owner(code) == owner


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("", "[0]", "('a' * 3)[0]"),
        ("f(", ", 1)", "f('a' * 3, 1)"),
        ("f(key=", ")", "f(key='a' * 3)"),
        ("x % ", "", "x % ('a' * 3)"),
    ],
)
def test_what_is_put_in_the_place_of_a_name_stays_whole(before, after, text):
    assert before + syntax.within("'a' * 3", before, after) + after == text
