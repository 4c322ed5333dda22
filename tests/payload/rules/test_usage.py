from __future__ import annotations

import ast
import collections.abc
import dataclasses
import datetime as dt
import itertools
import os
import sys
import typing

import pytest

from pytest_enrich.payload.rules import body, usage
from pytest_enrich.payload.rules.types import GENERIC, Dataclass


class Span:
    def __init__(self, days, timer):
        self.days = days
        self.__timer = timer

    def now(self):
        return self.__timer()

    def weeks(self):
        return self.days / 7

    def __add__(self, other):
        if isinstance(other, Span):
            return Span(self.days + other.days, self.__timer)
        return other.replace(year=other.year, month=other.month)

    def end(self, start=None):
        return start + self


def spaced(text):
    return text.strip().upper()


def passed_on(text):
    return spaced(text)


class Figure:
    """What a parameter may be called as."""


def draws(figure):
    return figure


def hands(given):
    return draws(given)


def some(items, count):
    return list(itertools.islice(items, count))


def paired(left, right):
    return list(zip(left, right, strict=True))


def half(number):
    return number / 2


def found(where):
    return [*os.walk(where)]


def walked(tree):
    return [*ast.walk(tree)]


def part_of(stream, first, last):
    return [text[first:last] for text in stream]


def framed(text, sign):
    return "".join([sign, *text])


def is_long(text, width):
    return len(text) > width


def of(function, name):
    used = usage.of(function)[name]
    # Of what is imported beside this module a class may be called so by chance.
    return {kind for rule, kind in used.rules if rule != "class of its name"}


@pytest.mark.parametrize(
    ("function", "name", "kinds"),
    [
        (spaced, "text", {str}),
        (passed_on, "text", {str}),
        (half, "number", {int, float}),
        (some, "items", {list}),
        (found, "where", {str}),
        (paired, "right", {list}),
        (Span.__add__, "other", {Span, dt.date, dt.datetime}),
        (Span.end, "start", {dt.date, dt.datetime}),
        (framed, "sign", {str}),
        (part_of, "first", {int}),
        (part_of, "last", {int}),
        (is_long, "width", {int, float}),
    ],
)
def test_what_a_body_does_with_a_parameter_tells_what_it_is(function, name, kinds):
    assert of(function, name) == kinds


def test_a_number_beside_what_is_gone_over_is_no_list():
    assert "count" not in usage.of(some)


def test_what_methods_do_with_an_attribute_tells_what_the_constructor_takes():
    kept = usage.kept(Span)
    assert kept["timer"].stated == {collections.abc.Callable}
    assert kept["days"].suggested == {int, float}


def test_a_function_without_source_tells_nothing():
    assert usage.of(len) == {}


def test_what_goes_through_directories_is_told_from_what_goes_through_trees():
    assert usage.places(found) == {"where": "directory"}
    assert usage.places(walked) == {}
    assert "tree" not in usage.of(walked)


def told_apart(day, span, other):
    return type(day) is dt.date, span.__class__ in (Span, Figure), type(other) is type(day)


def test_what_is_asked_for_its_class_is_of_that_class():
    used = usage.of(told_apart)
    assert (used["day"].stated, used["span"].stated) == ({dt.date}, {Span, Figure})
    assert used.get("other", usage.NO_USE).stated == frozenset()


def is_one(value, kind):
    return isinstance(value, kind)


def is_derived(cls, kind):
    return issubclass(cls, kind)


def sorted_out(value, kind, strict):
    if is_one(value, dt.date) or not strict:
        return None
    return is_derived(kind, os.PathLike) and kind.__args__


class Kept:
    @staticmethod
    def of(cls):  # noqa: PLW0211 - as some write it
        return dataclasses.fields(cls)


def described(holder, size):
    return Kept.of(holder), abs(size)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("value", {dt.date}), ("kind", {type, type[os.PathLike], GENERIC}), ("strict", {bool})],
)
def test_what_stands_beside_a_class_or_alone_in_a_condition_tells_what_it_is(name, kinds):
    assert of(sorted_out, name) == kinds


def taken_apart(kind):
    return typing.get_origin(kind), typing.get_args(kind)


def test_what_is_taken_apart_as_typing_does_is_a_type():
    assert of(taken_apart, "kind") == {type, GENERIC}


def found_by(kid=None, *, strict=False):
    return [kid] if kid and strict else []


def test_what_is_none_by_default_and_alone_in_a_condition_is_a_text():
    assert of(found_by, "kid") == {str}
    assert of(found_by, "strict") == {bool}


def test_what_is_asked_for_its_fields_is_a_dataclass_also_through_a_static_method():
    assert of(described, "holder") == {type[Dataclass]}


class NoTextError(TypeError):
    pass


def checked(text):
    if not isinstance(text, str):
        raise NoTextError
    return text


def test_an_error_that_is_a_type_error_refuses_types_too():
    assert usage.refuses(checked)
    assert not usage.refuses(half)


class Shape:
    width: int

    def __init__(self, height):
        self.height = height

    def is_wider(self, other):
        """An example in a docstring that has less indentation than the code:

        shape.is_wider(other)
        """
        return self.width > other.width


class Square(Shape):
    """A shape, too."""


def area(shape):
    return shape.width * shape.height


def width_of(one):
    return one.width


class Register:
    def keys(self):
        return ()


def keys_of(one):
    return one.keys()


def test_the_attributes_that_are_used_tell_the_class_of_the_project_that_has_them():
    assert of(area, "shape") == {Shape}


def test_one_attribute_tells_the_function_s_own_class_or_the_only_one_that_has_it():
    assert of(width_of, "one") >= {Shape}
    assert of(Shape.is_wider, "other") == {Shape}


def test_one_attribute_that_standard_types_have_tells_no_other_class():
    assert Register not in of(keys_of, "one")


def first_of(params):
    if hasattr(params, "getlist"):
        return params.getlist("first")
    return params.items()


def test_an_attribute_that_is_asked_for_may_be_missing():
    assert dict in of(first_of, "params")


class Made(type):
    """A class of classes."""

    def __and__(cls, other):
        return cls.__name__ + other.__name__


def test_a_class_of_classes_has_attributes_too():
    assert of(Made.__and__, "other") >= {type}


def test_what_others_hang_on_the_nodes_of_all_trees_is_not_copied(monkeypatch):
    load = ast.parse("a").body[0].value.ctx
    monkeypatch.setattr(load, "parent", sys._getframe(), raising=False)
    tree = ast.parse("def f(a):\n    return [a, 'b']\n")
    assert ast.dump(body.copied(tree)) == ast.dump(tree)
    usage.kept.cache_clear()
    assert usage.kept(Span)


def test_what_a_parameter_is_called_says_nothing_of_what_is_passed_on_to_it():
    assert usage.alike(usage.of(draws)["figure"]) == {Figure}
    assert not usage.of(hands).get("given", usage.NO_USE).suggested
