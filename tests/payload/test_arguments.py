from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.payload.objects import call_text, passed_arguments


def required(a, b, /, c, *rest, d):  # noqa: ARG001 - read off the frame
    return sys._getframe()


def optional(a=1, b=2, /, c=3, *rest, d=4, **more):  # noqa: ARG001 - read off the frame
    return sys._getframe()


def text(function, *args, **kwargs) -> str:
    frame = function(*args, **kwargs)
    shown = passed_arguments(frame, function, lambda _value: None, bound=False)
    return call_text("f", shown)


@pytest.mark.parametrize(
    ("args", "kwargs", "expected"),
    [
        ((), {}, "f()"),
        ((5,), {}, "f(5)"),
        ((1, 5), {}, "f(1, 5)"),
        ((), {"c": 5}, "f(c=5)"),
        ((), {"d": 5, "e": 6}, "f(d=5, e=6)"),
        ((1, 2, 3, 9), {}, "f(1, 2, 3, 9)"),
    ],
)
def test_defaults_are_left_out_where_the_language_allows_it(args, kwargs, expected):
    assert text(optional, *args, **kwargs) == expected


def test_arguments_without_default_are_not_named_unless_they_must_be():
    assert text(required, 1, 2, 3, d=4) == "f(1, 2, 3, d=4)"


@given(st.lists(st.integers(0, 4), max_size=6), st.dictionaries(st.sampled_from("cde"), st.integers(0, 4)))
def test_the_text_makes_the_same_call(args, kwargs):
    if len(args) > 2:
        kwargs.pop("c", None)
    frame = optional(*args, **kwargs)

    again = eval(text(optional, *args, **kwargs), {"f": optional})

    assert dict(again.f_locals) == dict(frame.f_locals)


def test_one_value_without_a_template_leaves_none():
    frame = optional(object())

    assert passed_arguments(frame, optional, lambda _value: None, bound=False) is None
