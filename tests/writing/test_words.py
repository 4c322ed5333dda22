from __future__ import annotations

import ast
import keyword

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_enrich.writing import words

OUTCOMES = ["true", "false", "iterates", "skips", "matches", "no match", "raises", "entered"]
names = st.sampled_from(["a", "self.total", "cls.MOST", "item", "order.lines", "Money_Type", "é"])
operands = st.one_of(
    names, st.sampled_from(["0", "-1", "'x'", "None", "f(a)", "isinstance(a, str)", "a.b(c, d)", "a[0]"])
)
comparisons = st.tuples(
    operands, st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "is", "is not", "in", "not in"]), operands
).map(" ".join)
conditions = st.recursive(
    st.one_of(operands, comparisons),
    lambda inner: st.one_of(
        inner.map("not ({})".format), st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join)
    ),
    max_leaves=3,
)
decisions = st.one_of(
    conditions.map("if {}:".format),
    conditions.map("elif {}:".format),
    conditions.map("while {}:".format),
    operands.map("case {}:".format),
    names.map("except {} as error:".format),
    st.text(max_size=30),
)


@given(decisions, st.sampled_from(OUTCOMES))
@example("if a if b else c:", "true")
@example("case _:", "matches")
@example("except*ValueError:", "raises")
def test_a_slug_is_part_of_a_name_or_nothing(text, outcome):
    slug = words.slug(text, outcome)
    assert slug == "" or f"test_{slug}".isidentifier()
    assert slug.isascii()
    assert len(slug) <= words.LONGEST


@given(decisions, st.sampled_from(OUTCOMES))
def test_a_title_is_one_line(text, outcome):
    made = words.title("f", "gives 0", text.replace("\n", " ").replace("\r", " "), outcome)
    assert made.startswith("f: gives 0")


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
    opposite = words.negated(ast.parse(text, mode="eval").body)
    source = ast.unparse(ast.fix_missing_locations(opposite))
    assert bool(eval(source, {"a": a, "b": b})) is not bool(eval(text, {"a": a, "b": b}))


@pytest.mark.parametrize(
    ("text", "outcome", "slug"),
    [
        ("if total < 0:", "true", "total_below_0"),
        ("if total < 0:", "false", "total_at_least_0"),
        ("if not sep:", "true", "not_sep"),
        ("if not sep:", "false", "sep"),
        ("if self.items:", "false", "not_items"),
        ("while left > 1:", "false", "left_at_most_1"),
        ("if isinstance(value, str):", "true", "value_is_str"),
        ("if isinstance(value, uuid.UUID):", "false", "value_is_not_uuid"),
        ("if isinstance(value, (int, str)):", "true", "value_is_int_str"),
        ("if not given and not callable(init):", "false", "given_or_callable_init"),
        ("if a is None or b > 1:", "false", "a_is_not_none_and_b_at_most_1"),
        ("if kind == 'refund':", "true", "kind_is_refund"),
        ("if a < b < c:", "true", "a_b_c"),
        ("if x == -1:", "true", "x_is_minus_1"),
        ("if a and b:", "true", "a_and_b"),
        ("if math.isfinite(x):", "false", "not_isfinite_x"),
        ("if not getattr(request, 'grant_type', None):", "true", "not_request_grant_type"),
        ("if not getattr(*both):", "true", "not_getattr"),
        ("if name == 'hmac-sha-1':", "true", "name_is_hmac_sha_1"),
        ("if not a.is_integer() or not b.is_integer():", "true", ""),
        ("if not (a.is_integer() and b.is_integer()):", "true", ""),
        ("if a and (b.is_integer() or c.is_integer()):", "true", ""),
        ("for one in many:", "skips", "nothing"),
        ("for one in many:", "iterates", ""),
        ("case [1, x]:", "matches", "1_x"),
        ("except ValueError as error:", "raises", "after_valueerror"),
        ("except (A, B):", "raises", "after_a_b"),
        ("if kind == '%':", "true", "kind_is_percent_sign"),
        ("if '=' not in text:", "false", "equals_sign_in_text"),
        ("if name == '':", "false", "name_is_not_empty"),
        ("if end == '\\n':", "true", "end_is_newline"),
        ("if mark == '::':", "true", ""),
        ("if rest == []:", "true", "rest_is_empty"),
        ("if (:", "true", ""),
        ("def f():", "entered", ""),
        ("if " + "very_long_name and " * 5 + "x:", "true", ""),
    ],
)
def test_a_condition_becomes_words(text, outcome, slug):
    assert words.slug(text, outcome).replace("value_error", "valueerror") == slug


@pytest.mark.parametrize(
    ("template", "slug"),
    [
        ("'1.2 K'", "1_2_k"),
        ("-1", "minus_1"),
        ("⟨m:Status.NEW⟩", "status_new"),
        ("'" + "x" * 50 + "'", ""),
        ("''", ""),
        ("'é'", ""),
        (r"'-  -\n1  2'", ""),
        ("1200.5", "1200_5"),
        ("949449600000.0", ""),
    ],
)
def test_a_short_value_becomes_words(template, slug):
    assert words.value_slug(template) == slug


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("split(text, sep=',')", "with_sep"),
        ("split(text)", ""),
        ("split(text, sep=',', maxSplit=2)", ""),
        ("split(**more)", ""),
        ("split(text, é=2)", ""),
        ("split(text, maxSplit=2)", "with_max_split"),
        ("parser + 2", ""),
        ("del cache[2]", ""),
    ],
)
def test_a_single_thing_that_is_passed_by_name_is_part_of_one(action, name):
    assert words.passed(action) == name


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
        ("f", "f"),
    ],
)
def test_a_method_is_named_with_its_class(qualname, name):
    assert words.snake(qualname) == name


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
    ],
)
def test_an_inherited_method_is_named_with_the_class_of_its_object(receiver, subject):
    assert words.subject("Field.load", receiver) == subject


def test_a_function_is_named_as_it_is():
    assert words.subject("load", "⟨shop.fields:Number⟩(3)") == "load"


@pytest.mark.parametrize(
    ("text", "outcome", "title"),
    [
        ("if total < 0:", "true", "f: gives 0 when total < 0"),
        ("if not sep:", "false", "f: gives 0 when sep"),
        ("for one in many:", "skips", "f: gives 0 with nothing to loop over"),
        ("case [a]:", "matches", "f: gives 0 for case [a]"),
        ("except ValueError as e:", "raises", "f: gives 0 after ValueError"),
        ("def f():", "entered", "f: gives 0"),
    ],
)
def test_a_title_says_when(text, outcome, title):
    assert words.title("f", "gives 0", text, outcome) == title
