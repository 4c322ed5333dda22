"""Templates with a part less."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.payload.explore.templates import shorter


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("⟨shop:Cart⟩(1, size=2)", ["⟨shop:Cart⟩(1)", "⟨shop:Cart⟩(size=2)"]),
        ("[1, 'é, ⟨a:b⟩', x]", ["[1, 'é, ⟨a:b⟩']", "[1, x]", "['é, ⟨a:b⟩', x]"]),
        ("{'a': 1, 'b': 2}", ["{'a': 1}", "{'b': 2}"]),
        ("{'a': 1}", ["{}"]),
        ("{1}", []),
        ("(1, 2)", []),
        ("f(g(1))", ["f()", "f(g())"]),
        ("⟨a:b⟩(⟨a:c⟩(1))", ["⟨a:c⟩(1)", "⟨a:b⟩()", "⟨a:b⟩(⟨a:c⟩())"]),
        ("⟨a:b⟩(é=[1], x=2)", ["[1]", "⟨a:b⟩(é=[1])", "⟨a:b⟩(x=2)", "⟨a:b⟩(é=[], x=2)"]),
        ("⟨a:b⟩(1)()", ["⟨a:b⟩(1)", "⟨a:b⟩()()"]),
        ("⟨a:b⟩(1).copy()", ["⟨a:b⟩(1)", "⟨a:b⟩().copy()"]),
        ("⟨a:b⟩(1).times(2)", ["⟨a:b⟩(1).times()", "⟨a:b⟩().times(2)"]),
        ("x.copy()", []),
        ("str(⟨a:b⟩(1))", ["str(⟨a:b⟩())"]),
        ("bytearray(b'ab')", ["b'ab'"]),
        ("int('ab')", []),
        ("f(", []),
    ],
    ids=repr,
)
def test_a_part_goes_the_outer_ones_first_and_the_last_before_the_first(template, made):
    assert list(shorter(template)) == made


def test_of_many_parts_many_go_at_once_before_one_goes_alone():
    halves, quarters = ["[1, 2, 3, 4]", "[5, 6, 7, 8]"], "[1, 2, 3, 4, 5, 6]"
    made = [*shorter(repr([*range(1, 9)]))]
    assert made[:2] == halves
    assert made[2] == quarters
    assert made[6] == "[1, 2, 3, 4, 5, 6, 7]"
    assert len(made) == 2 + 4 + 8


def texts():
    literals = st.one_of(st.integers(), st.text(max_size=5), st.booleans()).map(repr)
    return st.recursive(
        literals,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"⟨a:B⟩({', '.join(parts)}, é=1)"),
            st.tuples(inner, inner).map(lambda pair: f"{{{pair[0]}: {pair[1]}}}"),
        ),
        max_leaves=6,
    )


@given(texts())
def test_what_is_left_can_be_read_and_is_shorter(template):
    for less in shorter(template):
        ast.parse(less.replace("⟨a:B⟩", "B"), mode="eval")
        assert len(less) < len(template)
