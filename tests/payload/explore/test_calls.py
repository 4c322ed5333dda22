from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.payload.explore import calls
from pytest_enrich.payload.explore.calls import Call, lengthy, program, variable_for
from pytest_enrich.payload.explore.entry import Entry

names = st.sampled_from(["a", "b", ""])
some_calls = st.recursive(
    st.builds(
        Call, st.sampled_from(["f", "C.m"]), st.lists(st.tuples(names, st.just("1")), max_size=3).map(tuple)
    ),
    lambda inner: st.builds(
        Call,
        st.just("C.m"),
        st.lists(st.tuples(names, st.just("'x'")), max_size=2).map(tuple),
        st.none() | st.just("⟨m:C⟩()"),
        st.lists(inner, max_size=2).map(tuple),
    ),
    max_leaves=3,
)


def parameters(text):
    """`a, b=1, *rest, key=2, **more` as the JSON forms of parameters."""
    found, keyword_only = [], False
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, default = part.partition("=")
        if name == "/":
            found = [{**one, "kind": "positional only"} for one in found]
            continue
        kind = "keywords" if name.startswith("**") else "variadic" if name.startswith("*") else "positional"
        kind = "keyword only" if keyword_only and kind == "positional" else kind
        keyword_only = keyword_only or kind == "variadic"
        if name != "*":
            found.append({"name": name.lstrip("*"), "kind": kind, "default": default or None})
    return tuple(found)


def action(qualname, signature, *arguments, kind="function", receiver=None, setup=()):
    entry = Entry("m", qualname, kind, parameters(signature))
    return program(Call(qualname, arguments, receiver, setup), {qualname: entry}).action


@given(some_calls)
def test_a_call_survives_its_json_form(call):
    assert calls.load(calls.dump(call)) == call


@pytest.mark.parametrize(
    ("signature", "arguments", "text"),
    [
        ("a, b=1", [("a", "5")], "⟨m:f⟩(5)"),
        ("a, b=1", [("a", "5"), ("b", "2")], "⟨m:f⟩(5, b=2)"),
        ("a, b=1, c=2", [("a", "5"), ("c", "3")], "⟨m:f⟩(5, c=3)"),
        ("a, b=1, /", [("a", "5"), ("b", "2")], "⟨m:f⟩(5, 2)"),
        ("a, *rest", [("a", "5"), ("", "6"), ("", "7")], "⟨m:f⟩(5, 6, 7)"),
        ("a, b=1, *rest", [("a", "5"), ("b", "2"), ("", "7")], "⟨m:f⟩(5, 2, 7)"),
        ("*, key", [("key", "5")], "⟨m:f⟩(key=5)"),
        ("a, **more", [("a", "5"), ("x", "1")], "⟨m:f⟩(5, x=1)"),
        ("", [], "⟨m:f⟩()"),
    ],
)
def test_required_arguments_go_by_position_and_optional_ones_by_name(signature, arguments, text):
    assert action("f", signature, *arguments) == text


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        ("__getitem__", ["1"], "cart[1]"),
        ("__getitem__", ["slice(-1)"], "cart[:-1]"),
        ("__getitem__", ["slice(1, None)"], "cart[1:]"),
        ("__getitem__", ["slice(None, None, -1)"], "cart[::-1]"),
        ("__getitem__", ["slices(1)"], "cart[slices(1)]"),
        ("__getitem__", ["⟨shop:Key⟩(1)"], "cart[⟨shop:Key⟩(1)]"),
        ("__setitem__", ["1", "2"], "cart[1] = 2"),
        ("__delitem__", ["1"], "del cart[1]"),
        ("__contains__", ["1"], "1 in cart"),
        ("__len__", [], "len(cart)"),
        ("__eq__", ["1"], "cart == 1"),
        ("__eq__", ["-1"], "cart == -1"),
        ("__eq__", ["lambda value: value"], "cart == (lambda value: value)"),
        ("__contains__", ["lambda *args: 1"], "(lambda *args: 1) in cart"),
        ("__mod__", ["'a' * 300"], "cart % ('a' * 300)"),
        ("__rand__", ["⟨m:Flag.A⟩ | ⟨m:Flag.B⟩"], "(⟨m:Flag.A⟩ | ⟨m:Flag.B⟩) & cart"),
        ("__getitem__", ["'a' * 300"], "cart['a' * 300]"),
        ("__radd__", ["1"], "1 + cart"),
        ("__call__", ["1"], "cart(1)"),
        ("__format__", ["'x'"], "format(cart, 'x')"),
        ("__iadd__", ["1"], "cart += 1"),
        ("__deepcopy__", ["{}"], "⟨copy:deepcopy⟩(cart)"),
        ("__hash__", [], "hash(⟨m:Cart⟩()) == hash(⟨m:Cart⟩())"),
        ("add", ["1"], "cart.add(1)"),
    ],
)
def test_special_methods_are_written_as_their_operators(name, arguments, text):
    signature = ", ".join(f"p{at}" for at in range(len(arguments)))
    pairs = [(f"p{at}", value) for at, value in enumerate(arguments)]
    assert action(f"Cart.{name}", signature, *pairs, kind="method", receiver="⟨m:Cart⟩()") == text


def test_makers_class_methods_and_static_methods_are_called_on_their_class():
    assert action("Cart.__init__", "a", ("a", "1"), kind="method") == "⟨m:Cart⟩(1)"
    assert action("Cart.of", "a", ("a", "1"), kind="classmethod") == "⟨m:Cart⟩.of(1)"
    assert action("Cart.rate", "a", ("a", "1"), kind="staticmethod") == "⟨m:Cart⟩.rate(1)"


def test_a_property_is_read():
    assert action("Cart.size", "", kind="property", receiver="⟨m:Cart⟩()") == "cart.size"


def test_a_setter_is_assigned_to():
    entry = Entry("m", "Cart.size=", "setter", parameters("value"))
    made = program(Call("Cart.size=", (("value", "1"),), "⟨m:Cart⟩()"), {"Cart.size=": entry})
    assert (made.lines, made.action, made.expression) == (("cart = ⟨m:Cart⟩()",), "cart.size = 1", False)


def test_what_has_no_value_is_a_statement():
    entry = Entry("m", "Cart.__delitem__", "method", parameters("key"))
    made = program(Call("Cart.__delitem__", (("key", "1"),), "⟨m:Cart⟩()"), {"Cart.__delitem__": entry})
    assert (made.lines, made.action, made.expression) == (("cart = ⟨m:Cart⟩()",), "del cart[1]", False)


def test_steps_come_between_the_object_and_the_call():
    add, total = (
        Entry("m", f"Cart.{name}", "method", parameters(text)) for name, text in (("add", "a"), ("total", ""))
    )
    call = Call("Cart.total", (), "⟨m:Cart⟩()", (Call("Cart.add", (("a", "1"),)),))
    made = program(call, {"Cart.add": add, "Cart.total": total})
    assert made.text == "cart = ⟨m:Cart⟩()\ncart.add(1)\ncart.total()"


def test_a_hoisted_argument_gets_a_variable():
    entry = Entry("m", "f", "function", parameters("items, n"))
    made = program(Call("f", (("items", "[1]"), ("n", "2"))), {"f": entry}, frozenset({"items"}))
    assert made.text == "items = [1]\n⟨m:f⟩(items, 2)"


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("⟨shop:TTLCache⟩(1)", "cache"),
        ("⟨shop:Cart⟩.of(1)", "cart"),
        ("⟨shop.x:URL⟩()", "url"),
        ("⟨m:A1⟩()", "a1"),
        ("⟨m:_⟩()", "subject"),
        ("⟨m:Class⟩()", "subject"),
        ("⟨m:Lambda⟩()", "subject"),
        ("⟨m:SortedList⟩()", "sorted_list"),
        ("⟨m:List⟩()", "subject"),
    ],
)
def test_an_object_is_named_after_its_class(template, name):
    assert variable_for(template) == name


def test_long_arguments_get_variables_where_the_call_is_too_long_for_a_line():
    entry = Entry(
        "shop", "pay", "function", tuple({"name": name, "kind": "positional"} for name in ("cart", "to"))
    )
    long, short = "[" + ", ".join(["'apples'"] * 12) + "]", Call("pay", (("cart", "['apples']"), ("to", "'me'")))
    assert lengthy(short, {"pay": entry}) == frozenset()
    assert lengthy(short.with_argument("cart", long), {"pay": entry}) == {"cart"}


@pytest.mark.parametrize(
    ("signature", "arguments", "written"),
    [
        ("path='', depth=0", (("path", "'a/b'"), ("depth", "3")), "⟨m:f⟩('a/b', depth=3)"),
        ("path='', depth=0", (("path", "[1]"),), "⟨m:f⟩([1])"),
        ("path='', depth=0", (("path", "⟨m:Path⟩('a')"),), "⟨m:f⟩(⟨m:Path⟩('a'))"),
        ("path='', depth=0", (("depth", "'a'"),), "⟨m:f⟩(depth='a')"),
        ("path='', to=''", (("path", "'a'"), ("to", "'b'")), "⟨m:f⟩(path='a', to='b')"),
        ("key=None", (("key", "⟨builtins:len⟩"),), "⟨m:f⟩(key=⟨builtins:len⟩)"),
        ("strict=False", (("strict", "True"),), "⟨m:f⟩(strict=True)"),
        ("depth=0", (("depth", "3"),), "⟨m:f⟩(depth=3)"),
    ],
)
def test_what_a_call_is_about_is_passed_by_position_and_a_setting_by_name(signature, arguments, written):
    assert action("f", signature, *arguments) == written
