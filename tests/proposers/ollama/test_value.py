from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.proposers.ollama import schema
from pytest_enrich.proposers.ollama.schema import ANYTHING, Hint
from pytest_enrich.proposers.ollama.value import expression_template, json_template, names_of

SOURCE = """
import datetime as dt
from shop.money import Money
import os

class Cart: ...
def make(): ...
def _hidden(): ...
"""
KNOWN = names_of("shop.cart", SOURCE)
LITERAL = names_of("shop.cart", SOURCE, literal=True)


@pytest.mark.parametrize(
    ("given", "annotation", "template"),
    [
        ("a", "str", "'a'"), ("a", "bytes", "b'a'"), (3, "int", "3"),
        (True, "bool", "True"), (None, "None", "None"),
        ([1, 2], "list[int]", "[1, 2]"), ([1], "tuple[int]", "(1,)"),
        ([1, "a"], "tuple[int, str]", "(1, 'a')"),
        ([], "set[int]", "set()"), ([1], "set[int]", "{1}"), ([1], "frozenset[int]", "frozenset({1})"),
        ({"a": [1]}, "dict[str, tuple[int, ...]]", "{'a': (1,)}"), ("a", "int | bytes", "b'a'"),
        ({"python": "(1, 2)"}, "object", "(1, 2)"), ("Cart()", "Cart", "⟨shop.cart:Cart⟩()"),
        ("⟨x⟩", "str", "'\\\\u27e8x\\\\u27e9'"),
        ("dt.timedelta(days=1)", "dt.timedelta | float", "⟨datetime:timedelta⟩(days=1)"),
        ("dt.date(1, 2, 3)", "dt.date | str", "⟨datetime:date⟩(1, 2, 3)"),
        ("nan", "Number", "'nan'"), ("2023-04-15", "Date", "'2023-04-15'"),
        ("1", "dt.date | str", "'1'"), ("1", "dt.date | float", "1"), ("a b", "dt.date | float", "'a b'"),
    ],
)  # fmt: skip
def test_json_becomes_a_value(given, annotation, template):
    assert json_template(given, schema.read_hint(annotation), KNOWN) == template.replace("\\\\", "\\")


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ([1], schema.read_hint("tuple[int, int]")),
        (float("inf"), ANYTHING),
        ("x" * 500, Hint(sort="text")),
        ({"python": 7}, ANYTHING),
        ([[[[[[[1]]]]]]], ANYTHING),
        ("unknown(1)", Hint(sort="python")),
        ("Cart(...)", Hint(sort="python")),
        ("open('x')", schema.read_hint("dt.date | float")),
    ],
)
def test_what_is_no_value_is_none(given, what):
    assert json_template(given, what, KNOWN) is None


@pytest.mark.parametrize(
    ("code", "template"),
    [
        ("make().total", "⟨shop.cart:make⟩().total"),
        ("Money(1, cents=2)", "⟨shop.money:Money⟩(1, cents=2)"),
        ("dt.date(2024, 2, 29)", "⟨datetime:date⟩(2024, 2, 29)"),
        ("Decimal('1.5')", "⟨decimal:Decimal⟩('1.5')"),
        ("[ValueError, dict(a=1)]", "[ValueError, dict(a=1)]"),
        ("lambda item: item > 3", "lambda item: item > 3"),
        ("-1 + 2", "-1 + 2"),
    ],
)
def test_an_expression_names_what_is_to_be_imported(code, template):
    assert expression_template(code, KNOWN) == template


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')", "__import__('os').system('x')", "eval('1')", "_hidden()", "Cart().__class__",
        "unknown",
        "os", "Cart()._x", "(yield)", "await x", "[x for x in (1,)]", "f'{1}'", "x := 1", "import os",
        "lambda x: open", "lambda x=eval('1'): x", "lambda *x: x", "lambda *, x: x",
        "'⟨os:system⟩'", "9 ** 9 ** 9", "(" * 500, "1; 2", "", "getattr(Cart, 'x')", "lambda x=open: x",
    ],
)  # fmt: skip
def test_an_expression_that_no_value_needs_is_none(code):
    assert expression_template(code, KNOWN) is None


@pytest.mark.parametrize("code", ["Cart()", "dict(a=1)", "lambda: 1", "'a' * 9"])
def test_where_only_literals_are_accepted_no_code_of_a_model_is(code):
    assert expression_template(code, LITERAL) is None
    assert expression_template("(1, {'a': [2]})", LITERAL) == "(1, {'a': [2]})"


def test_a_module_that_cannot_be_read_names_nothing():
    assert expression_template("Cart()", names_of("shop.cart", "def (")) is None


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(PLAIN)
def test_a_value_stays_what_it_is(given):
    template = json_template(given, ANYTHING, KNOWN)
    if template is not None and not (isinstance(given, dict) and set(given) == {"python"}):
        assert json.dumps(ast.literal_eval(template)) == json.dumps(given)


@given(st.text(max_size=40))
def test_no_text_breaks_an_expression(code):
    found = expression_template(code, KNOWN)
    assert found is None or isinstance(found, str)
