from __future__ import annotations

import ast
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.writing import conditions, words

plain = st.recursive(
    st.tuples(
        st.sampled_from("ab1"), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from("ab2")
    ).map(" ".join)
    | st.sampled_from(["a", "not a", "a in [1, b]", "a not in [b]", "a < b < 3"]),
    lambda inner: st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join),
    max_leaves=3,
)


@given(plain, st.integers(0, 3), st.integers(0, 3))
def test_the_opposite_holds_when_the_condition_does_not(text, a, b):
    opposite = conditions.negated(ast.parse(text, mode="eval").body)
    source = ast.unparse(ast.fix_missing_locations(opposite))
    assert bool(eval(source, {"a": a, "b": b})) is not bool(eval(text, {"a": a, "b": b}))


def test_a_number_of_the_message_stays_in_it_though_the_same_one_is_passed():
    assert words.phrase("need more than 2 parts", given={"2"}) == "need_more_than_2_parts"


@given(st.text(max_size=60))
def test_a_phrase_is_part_of_a_name_or_nothing(prose):
    said = words.phrase(prose)
    assert said == "" or f"test_{said}".isidentifier()
    assert said.count("_") < words.MOST_WORDS


@pytest.mark.parametrize(
    ("prose", "said"),
    [
        ("only start or end allowed", "only_start_or_end_allowed"),
        ("no value for key 'key'", "no_value_for_key"),
        ("The unit G is not a valid bitmath unit", "invalid_bitmath_unit"),
        ("Ports are not allowed to be negative.", "ports_are_not_allowed_to_be_negative"),
        (
            "fractional years or months not supported for date calculations",
            "fractional_years_or_months_not_supported",
        ),
        ("The file can't be read: it is gone", "file_cannot_be_read"),
        ("Can't read a file", "cannot_read_file"),
        ("first argument to the large cache must be an int, a callable or nothing", ""),
        ("the size must be either a number that is not zero or None", ""),
        ("the size must be either a number or a subclass or an object of it", ""),
        ("there's no such file", "no_such_file"),
        ("a value isn't there", "value_is_not_there"),
        ("not an amount: 'a'", "not_an_amount"),
        ("only -1 of AB-12 reserved", "only_1_of_ab_12_reserved"),
        ("must be one of: a, b", ""),
        ("No such key 'size'", "no_such_key_size"),
        ("No such key 'weight'", "no_such_key"),
        ('unknown format string "a"', "unknown_format_string"),
        ("the `sep` is empty, so nothing happens", "sep_is_empty"),
        ("expected <shop.Cart object at 0x7f> here", "expected_here"),
        ("No <table> found in the input", "no_table_found_in_input"),
        ("one two three four five six seven eight", ""),
        ("größer", ""),
        ("", ""),
    ],
)
def test_prose_becomes_words_without_what_another_value_would_change(prose, said):
    assert words.phrase(prose, {"weight", "a"}) == said


@pytest.mark.parametrize(
    ("template", "slug"),
    [
        ("'1.2 K'", "1_2_k"),
        ("-1", "minus_1"),
        ("⟨m:Status.NEW⟩", "status_new"),
        ("'%'", "percent_sign"),
        ("'\\n'", "newline"),
        ("'" + "x" * 50 + "'", ""),
        ("''", ""),
        ("'é'", ""),
        (r"'-  -\n1  2'", ""),
        ("1200.5", "1200_5"),
        ("949449600000.0", ""),
        ("[1, 2]", ""),
    ],
)
def test_a_short_value_becomes_words(template, slug):
    assert words.value_slug(template) == slug


@given(st.text(max_size=20))
def test_a_qualname_becomes_part_of_a_name(text):
    assert f"test_{words.snake(text)}".isidentifier()
    assert not keyword.iskeyword(f"test_{words.snake(text)}")


@pytest.mark.parametrize(
    ("qualname", "name"),
    [
        ("Cart.add_item", "cart_add_item"),
        ("HTTPClient.get", "http_client_get"),
        ("PyJWKSet", "py_jwk_set"),
        ("Cart.itemIDs", "cart_item_ids"),
        ("GiB.__gt__", "gib_gt"),
        ("ProductCodeA.parse", "product_code_a_parse"),
        ("f", "f"),
        ("a built-in date", "a_builtin_date"),
        ("-in", "in"),
    ],
)
def test_a_method_is_named_with_its_class(qualname, name):
    assert words.snake(qualname) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("__add__", "add"),
        ("__rsub__", "subtract_from"),
        ("__eq__", "equality"),
        ("__str__", "str"),
        ("__hash__", "hash"),
        ("__reduce__", "reduce"),
        ("__repr__", "repr"),
        ("total", "total"),
    ],
)
def test_what_python_calls_by_itself_has_a_name_that_people_say(name, said):
    assert words.called(name) == said


@pytest.mark.parametrize(
    ("receiver", "subject"),
    [
        ("⟨shop.fields:Number⟩(3)", "Number.load"),
        ("⟨shop.fields:Field⟩()", "Field.load"),
        ("⟨shop:Outer.Inner⟩(a=⟨shop:Other⟩(1))", "Outer.Inner.load"),
        ("⟨shop.fields:Number⟩(3).child()", "Field.load"),
        ("⟨shop.fields:make⟩(3)", "Field.load"),
        ("⟨shop.fields:ONE⟩", "Field.load"),
        (None, "Field.load"),
        ("⟨shop:number⟩", "number.load"),
        ("⟨shop.fields:Number⟩", "Field.load"),
    ],
)
def test_an_inherited_method_is_named_with_the_class_of_its_object(receiver, subject):
    assert words.subject("Field.load", receiver) == subject


def test_a_function_is_named_as_it_is():
    assert words.subject("load", "⟨shop.fields:Number⟩(3)") == "load"


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("None", "none_text"),
        ("True", "with_text"),
        ("False", "without_text"),
        ("0", "zero_text"),
        ("-3", "negative_text"),
        ("0.5", "fractional_text"),
        ("2.0", ""),
        ("''", "empty_text"),
        ("' '", "blank_text"),
        ("{}", "empty_dictionary"),
        ("float('nan')", "nan_text"),
        ('float("nan")', "nan_text"),
        ("⟨math:inf⟩", "infinite_text"),
        ("-⟨math:inf⟩", "infinite_text"),
        ("float('-inf')", "infinite_text"),
        ("Cart(3)", "with_cart"),
        ("timedelta(3)", "with_timedelta"),
        ("⟨shop:URL⟩(3)", "with_url"),
        ("make(3)", ""),
        ("⟨colander:null⟩", "null_text"),
        ("Color.RED", "red_text"),
        ("⟨shop:Cart⟩", ""),
        ("⟨builtins:len⟩", ""),
        ("self.text", ""),
        ("'a'", ""),
        ("not python", ""),
    ],
)
def test_what_anybody_sees_of_a_value_is_said(value, seen):
    assert words.evident(value, "text", optional=False) == seen


def test_an_optional_argument_that_is_none_is_not_there():
    assert words.evident("None", "sep", optional=True) == "without_sep"
