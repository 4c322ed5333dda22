from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_enrich.payload.explore.templates import literals, vary
from pytest_enrich.payload.express import evaluate, express

templates = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
).map(express)
numbers = st.integers(0, 200)
constants = st.lists(st.sampled_from(["3", "-1.5", "'/'", "b'x'", "True", "None"]), max_size=4)


@given(templates, numbers, numbers, numbers, constants)
@example("b'\\xff'", 0, 1, 13, [])
@example("b'\\xb5'", 0, 6, 0, [])
@example("[0.0, 1e+16]", 1, 4, 0, [])
@example("float('inf')", 0, 6, 0, [])
def test_a_variation_of_a_value_is_a_value(template, where, how, what, known):
    varied = vary(template, where, how, what, known)
    with contextlib.suppress(ValueError):  # of `float('in')`, which the search finds out by trying
        evaluate(varied)


@given(templates, numbers, numbers, numbers, constants)
def test_a_variation_is_the_same_each_time(template, where, how, what, known):
    assert vary(template, where, how, what, known) == vary(template, where, how, what, known)


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("⟨shop:Cart⟩('a', limit=3)", ["'a'", "3"]),
        ("⟨shop:Cart2.of⟩(x1, True)", ["True"]),
        ("[-1, 2.5, 1e-06, 'it\\'s', b'x', None]", ["-1", "2.5", "1e-06", "'it\\'s'", "b'x'", "None"]),
        ("'1 and True'", ["'1 and True'"]),
        ("cart.None_", []),
        ("⟨decimal:Decimal⟩('1')", ["'1'"]),
        ('"it\'s"', ['"it\'s"']),
    ],
)
def test_the_literals_of_a_template_are_found(template, found):
    assert [match[0] for match in literals(template)] == found


def test_names_to_be_imported_are_never_changed():
    for how in range(32):
        assert vary("⟨shop:Cart2⟩(7)", 0, how, 1, []).startswith("⟨shop:Cart2⟩(")


def test_what_has_no_literal_becomes_a_constant():
    assert vary("x", 0, 0, 1, ["1", "2"]) == "2"
    assert vary("x", 0, 0, 1, []) == "x"


def test_a_constant_takes_the_place_of_a_literal_of_its_kind():
    assert vary("f(1, 'a')", 1, 0, 0, ["5", "'b'"]) == "f(1, 'b')"
    assert vary("f(1, 'a')", 0, 0, 0, ["5", "'b'"]) == "f(5, 'a')"


@pytest.mark.parametrize(
    ("how", "changed"), [(0, "4"), (1, "6"), (2, "-5"), (3, "0"), (4, "50"), (5, "2"), (6, "5000"), (8, "10")]
)
def test_a_number_is_changed_as_a_curious_tester_would(how, changed):
    assert vary("5", 0, how, 0, []) == changed


def test_a_number_never_grows_out_of_sight():
    assert vary(str(10**17), 0, 6, 0, []) == str(10**17)
    assert vary("1e+300", 0, 4, 0, []) == "1e+300"


def test_true_becomes_false():
    assert vary("f(True)", 0, 1, 0, []) == "f(False)"


def test_a_number_in_a_text_is_made_larger_and_smaller():
    made = {vary("'PCT-10'", 0, how, what, []) for how in range(48) for what in range(8)}
    assert {"'PCT-11'", "'PCT-110'", "'PCT-9'"} <= made
