from __future__ import annotations

import collections.abc
import datetime as dt
import typing

import pytest

from pytest_enrich.payload.rules import evidence
from pytest_enrich.payload.rules.types import GENERIC, UNKNOWN
from pytest_enrich.payload.rules.usage import NO_USE, Use

NUMBER = Use(suggested=frozenset({int, float}))


def kind(name, *, hint=None, seen=(), used=NO_USE, **more):
    parameter = {"name": name, "documented": more.get("documented")}
    found = evidence.told(parameter, hint, seen, used, more.get("default", evidence.NOTHING)).hint
    return set(typing.get_args(found)) or {found}


def test_a_hint_goes_before_all_else():
    assert kind("text", hint=bytes, seen=["a"]) == {bytes}


def test_a_hint_for_anything_gives_way_to_what_the_body_does_with_it():
    assert kind("a", hint=typing.Any, used=NUMBER) == {int, float, typing.Any}


def test_a_hint_for_any_class_gives_way_to_the_classes_that_are_asked_for():
    wanted = Use(stated=frozenset({type[int], str}))
    hint = type[typing.TypeVar("A")]
    assert kind("a", hint=hint, used=wanted) == {int}  # the parameter of the one that is left
    assert kind("a", hint=type[str], used=wanted) == {str}


def test_a_hint_for_a_class_is_one_for_types_of_typing_where_these_are_asked_for():
    assert kind("a", hint=type, used=Use(stated=frozenset({type, GENERIC}))) == {type, GENERIC}
    assert kind("a", hint=type) == {type}


def test_a_class_is_called_so_that_no_function_is_meant():
    assert kind("a", used=Use(stated=frozenset({type, collections.abc.Callable}))) == {type}


def test_documentation_goes_before_what_tests_pass():
    assert kind("a", documented="int or None", seen=["a"]) == {int, type(None)}


def test_what_tests_pass_goes_before_the_name():
    assert kind("count", seen=["a"]) == {str}


def test_a_default_is_of_the_type_but_a_sentinel_is_not():
    assert kind("a", default=2) == {int}
    assert kind("a", default="__missing__") == {UNKNOWN}
    assert kind("a", default=object()) == {UNKNOWN}


def test_where_one_number_is_passed_a_body_that_calculates_takes_another():
    assert kind("a", seen=[1], used=NUMBER) == {int, float}


def test_a_name_and_what_is_done_with_all_tell_nothing_of_each():
    parameter = {"name": "args", "kind": "variadic"}
    assert evidence.told(parameter, None, (), NO_USE).hint is UNKNOWN
    assert evidence.told(parameter, None, (), Use(suggested=frozenset({list}))).hint is UNKNOWN
    assert evidence.told({**parameter, "kind": "positional"}, None, (), NO_USE).hint is not UNKNOWN


def test_the_name_says_which_of_the_types_that_a_body_takes_is_meant():
    assert kind("maxsize", used=NUMBER) == {int}
    assert kind("a", used=NUMBER) == {int, float}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("callback", collections.abc.Callable), ("text", str), ("qqq", UNKNOWN)],
)
def test_a_name_is_the_last_to_tell(name, expected):
    assert kind(name) == {expected}


def test_a_list_of_texts_that_is_asked_for_is_no_list_of_anything():
    words = Use(stated=frozenset({list[str]}))
    found = evidence.told({"name": "args"}, None, [["a"], None], words).hint
    assert set(typing.get_args(found)) == {list[str], type(None)}


def test_functions_and_classes_that_are_passed_are_to_be_called():
    assert kind("a", seen=[len]) == kind("a", seen=[int]) == {collections.abc.Callable}


def test_a_docstring_tells_the_moments_and_the_classes_of_its_module_that_it_speaks_of():
    def added(other):
        """Adds a timedelta, a datetime, an Any or a Use, and no list of updates."""
        return other

    assert [*evidence.of_prose(added)] == [dt.timedelta, dt.datetime, Use]
    assert [*evidence.of_prose(len)] == []


@pytest.mark.parametrize(
    ("parameter", "told"),
    [("uses", [list[Use]]), ("limit", []), ("since", []), ("other", [Use]), ("nothing", [])],
)
def test_of_several_parameters_the_words_for_one_tell_of_that_alone(parameter, told):
    def added(uses, limit, since, other):
        """Adds up.

        :param uses:
            A list of Use objects, in order.

        :param limit: how many of them
        :param since: The first date

        Args:
            other (any): A Use
                that comes later.
        """
        return uses, limit, since, other

    assert [*evidence.of_prose(added, parameter)] == told


def test_what_an_example_shows_is_what_comes_of_it_and_not_what_is_passed():
    def added(number):
        """Add a port.

        >>> Use().added(80)
        Use(stated=None)
        >>> Use().added(81)

        Done.
        """
        return number

    assert [*evidence.of_prose(added)] == []


def test_who_asks_for_a_list_and_goes_over_what_is_none_takes_iterators():
    asked, gone_over = frozenset({list, tuple}), frozenset({list})
    assert kind("a", used=Use(asked, gone_over)) == {list, tuple, collections.abc.Iterator}
    assert kind("a", used=Use(asked)) == {list, tuple}
    assert kind("a", used=Use(frozenset({str}), gone_over)) == {str}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("directory", {str}),
        ("output_dir", {str}),
        ("config_path", {str}),
    ],
)
def test_a_name_tells_a_path_where_nothing_else_does(name, kinds):
    assert kind(name) == kinds


def test_the_rules_that_told_the_type_are_named():
    used = Use(suggested=frozenset({int}), rules=frozenset({("indexed", int), ("gone over", list)}))
    assert evidence.told({"name": "qqq"}, None, (), used) == (int, {"indexed"})
    assert evidence.told({"name": "qqq"}, None, ["a"], used).rules == {"seen in tests"}


class Field:
    def __init__(self, title: str = "", *, limit: int = 3, name):
        self.title, self.limit, self.name = title, limit, name


class Open(Field):
    def __init__(self, places: int, **more):
        super().__init__(name="open", **more)
        self.places = places


class Closed(Field):
    def __init__(self, places: int, **_more):
        super().__init__(name="closed")
        self.places = places


@pytest.mark.parametrize(("kind", "names"), [(Open, ["places", "title", "limit"]), (Closed, ["places"])])
def test_what_a_constructor_passes_on_is_taken_as_the_class_above_takes_it(kind, names):
    made = evidence.constructor(kind, "Field")
    assert [one.name for one in made.parameters] == names
    assert {name: made.hints[name] for name in names} == {
        name: hint for name, hint in {"places": int, "title": str, "limit": int}.items() if name in names
    }


class Mute(dict):
    __init__ = dict.update


class Loud(Mute):
    def __init__(self, places: int, **more):
        super().__init__(**more)
        self.places = places


def test_of_a_class_above_that_does_not_say_what_it_takes_nothing_is_taken():
    made = evidence.constructor(Loud, "Loud")
    assert [one.name for one in made.parameters] == ["places"]


WIDTH = 80


class Panel:
    def __init__(self, keywords=None, **kwargs):
        options = keywords or kwargs
        self.theme = kwargs.pop("theme", None)
        self.width = kwargs.get("width", WIDTH)
        self.title = kwargs["title"]
        self.rest = options.pop("rest", kwargs.get("not a name", kwargs.get("class")))

    def show(self):
        return self.theme.colour, self.title.upper()


class Theme:
    colour = "red"


class Box(Panel):
    def __init__(self, **kwargs):
        super().__init__(keywords=kwargs)
        self.depth = kwargs.pop("depth", 0)


def test_what_a_constructor_takes_from_its_keyword_arguments_is_a_parameter():
    made = evidence.constructor(Box, "Box")
    assert {one.name: one.default for one in made.parameters} == {
        "depth": 0, "theme": None, "width": 80, "title": None
    }  # fmt: skip
    assert all(one.kind is one.KEYWORD_ONLY for one in made.parameters)
    assert {name: made.hints[name] for name in ("depth", "theme", "width", "title")} == {
        "depth": int, "theme": Theme | None, "width": int, "title": str | None
    }  # fmt: skip


class Proxy:
    def __call__(self, **kwargs): ...

    @property
    def __signature__(self):
        raise RuntimeError("working outside of a request")


class Page:
    request = Proxy()

    def __init__(self, **kwargs):
        self.title = kwargs.pop("title", "")


def test_what_raises_when_asked_for_its_signature_is_left_alone():
    assert evidence.constructor(Page, "Page").hints["title"] is str


def test_without_any_keyword_arguments_nothing_is_taken_from_them():
    assert [one.name for one in evidence.constructor(Version, "Version").parameters] == [
        "major", "micro", "release"
    ]  # fmt: skip


class Version(tuple):
    __slots__ = ()

    def __new__(cls, major: int, micro: int, release: str = "final"):
        return super().__new__(cls, (major, micro, release))


def test_what_cannot_be_changed_later_takes_what_new_does():
    made = evidence.constructor(Version, "Version")
    assert made.hints == {"major": int, "micro": int, "release": str}


class Wide:
    def check(self, value: int, *, name: str = ""): ...


class Narrow(Wide):
    def check(self, value, *, name: bytes = b"", more=None): ...


def test_of_a_parameter_without_a_hint_the_method_that_is_overridden_tells():
    assert dict(evidence.hints_of_method(Narrow, "check")) == {"value": int, "name": bytes}


def test_where_one_branch_asks_for_a_class_and_another_takes_its_keys_it_may_be_either():
    used = Use(frozenset({dt.date}), frozenset({dict, int}), frozenset({("attributes", dict), ("compared", int)}))
    assert kind("a", used=used) == {dt.date, dict}
