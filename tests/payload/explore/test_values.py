from __future__ import annotations

import collections.abc
import datetime as dt
import decimal
import fractions
import http
import io
import random
import typing
import uuid

import pytest

from pytest_enrich.payload.explore.calls import Call
from pytest_enrich.payload.explore.entry import Entry
from pytest_enrich.payload.explore.inputs import Inputs
from pytest_enrich.payload.explore.pool import is_unlike
from pytest_enrich.payload.explore.supply import Known, Seen
from pytest_enrich.payload.explore.varied import Varied
from pytest_enrich.payload.express import evaluable, evaluate
from pytest_enrich.payload.rules.evidence import constructor
from pytest_enrich.payload.rules.types import UNKNOWN, conforms, members
from pytest_enrich.payload.rules.values import World, drawn

Number = typing.TypeVar("Number", int, float)
Name = typing.NewType("Name", str)
Passed = typing.ParamSpec("Passed")


class Named(typing.TypedDict):
    name: str


class Person(Named, total=False):
    friends: list[Person]


class Endless(typing.TypedDict):
    inner: Endless


HINTS = [
    int,
    float,
    bool,
    str,
    bytes,
    complex,
    None,
    Passed.args,
    Passed.kwargs,
    list[typing.Annotated[int, {"no": "hash"}]],
    list,
    list[int],
    dict[str, int],
    dict[str, list[int]],
    set[str],
    frozenset[int],
    tuple,
    tuple[int, ...],
    tuple[int, str],
    int | None,
    typing.Optional[str],  # noqa: UP045 - it is still written
    typing.Union[int, str],  # noqa: UP007 - the same
    typing.Literal["a", 1],
    typing.Annotated[int, "x"],
    collections.abc.Sequence[int],
    collections.abc.Mapping[str, int],
    collections.abc.Iterable[str],
    collections.abc.Iterator[int],
    typing.IO[str],
    typing.BinaryIO,
    io.StringIO,
    collections.abc.Callable[[int], int],
    type,
    Number,
    Name,
    dt.date,
    dt.datetime,
    dt.timedelta,
    dt.tzinfo,
    dt.time,
    fractions.Fraction,
    uuid.UUID,
    decimal.Decimal,
    http.HTTPStatus,
    Person,
    typing.Any,
    object,
]


def world(*constants):
    return World(constants, {})


@pytest.mark.parametrize("hint", HINTS, ids=str)
def test_every_value_drawn_for_a_hint_is_one(hint):
    templates = world("7", "'x'").drawn(hint, 0)
    assert templates
    for template in templates:
        assert conforms(evaluate(template), hint), template


@pytest.mark.parametrize("hint", [int, str, list[int]], ids=str)
def test_the_same_number_draws_the_same(hint):
    assert world().drawn(hint, 3) == world().drawn(hint, 3)
    assert len(set(world().drawn(hint, 3))) > 10


def test_nothing_is_drawn_for_what_cannot_be_made():
    class Hidden:
        def __init__(self, key): ...

    assert world().drawn(Hidden, 0) == ()
    assert world().drawn(Endless, 0) == ()


def test_what_only_the_class_itself_passes_is_not_given(imported):
    text = "class Chain:\n    def __init__(self, size: int = 1, _parts: int = 0): ...\n"
    made = constructor(imported("links", text).Chain)
    assert made is not None
    assert [one.name for one in made.parameters] == ["size"]


def test_a_class_that_takes_any_number_of_something_is_given_some(imported):
    text = """
class Chain:
    def __init__(self, *parts: list[int], size: int = 1): ...

class Named:
    def __init__(self, name: str, *parts: list[int]): ...
"""
    chains = imported("chains", text)
    made = drawn(world().of(chains.Chain), 0)
    assert any("⟨chains:Chain⟩([" in one for one in made)
    assert {type(evaluate(one)) for one in made} == {chains.Chain}
    assert all("([" not in one for one in drawn(world().of(chains.Named), 0))


def test_what_is_deep_inside_is_made_from_nothing(imported):
    text = """
class Field:
    def __init__(self, size: int = 1): ...

class Rule:
    def __init__(self, size: int): ...

class Form:
    def __init__(self, fields: list[Field], rules: list[Rule]): ...
"""
    forms = drawn(world().of(imported("forms", text).Form), 0)
    assert any("⟨forms:Field⟩()" in one for one in forms)
    assert all("rules=[]" in one for one in forms)


@pytest.mark.parametrize("hint", [list[UNKNOWN], dict[str, UNKNOWN]])
def test_a_container_of_what_nobody_knows_is_empty(hint):
    assert set(drawn(World([], {}).of(hint), 1)) <= {"[]", "{}", "()"}
    assert drawn(World([], {}).of(hint), 1)


def test_constants_come_with_their_neighbours():
    assert world("7", "'x'").constants_for(int) == ["7", "6", "8"]
    assert world("7", "'x'").constants_for(str) == ["'x'"]


def test_what_cannot_be_made_is_no_constant():
    assert evaluable(["1", "1 +", "nothing", "⟨nowhere:x⟩"]) == [("1", 1)]


@pytest.mark.parametrize(
    ("value", "hint", "fits"),
    [
        (True, int, False),
        (1, float, True),
        (1.5, int, False),
        (None, int | None, True),
        ([1], list[int], True),
        ("a", typing.Literal["a"], True),
        ("b", typing.Literal["a"], False),
        (3, Number, True),
        ("x", Number, False),
        ([1, 2], list[str], False),
        ([], list[str], True),
        ([1, "a"], list[int | str], True),
        ({"a": 1}, dict[str, str], False),
        ({"a": 1}, collections.abc.Mapping[str, int], True),
        ((1, "a"), tuple[int, str], True),
        ((1, "a"), tuple[int, ...], False),
        ((1,), tuple[int, int], False),
        ((1, 2), collections.abc.Iterable[int], True),
        ([[1]], list[list[str]], False),
        ("ab", collections.abc.Collection[str], False),
        (["ab"], collections.abc.Collection[str], True),
        ("ab", collections.abc.Sequence, True),
        ({"name": "Ada"}, Person, True),
        ({"name": "Ada", "friends": [{"name": "Bob"}]}, Person, True),
        ({"name": 1}, Person, False),
        ({}, Person, False),
        ({"name": "Ada", "age": 36}, Person, False),
        ("Ada", Person, False),
    ],
)
def test_a_value_conforms_to_a_hint_as_a_type_checker_would_say(value, hint, fits):
    assert conforms(value, hint) is fits


def test_the_alternatives_of_a_union_are_told_apart():
    assert members(int | typing.Annotated[str | None, 1]) == (int, str, type(None))


def inputs(signature="", seen=(), function=lambda: None):
    parameters = tuple({"name": name, "kind": "positional"} for name in signature.split())
    return Inputs(Known(Entry("m", "f", "function", parameters), Seen(tuple(seen), {}), function), world("7"), 0)


def test_calls_are_the_same_for_the_same_chance():
    def some():
        chance = random.Random(5)
        one = inputs("number text")
        return [Varied(one, chance).any([Call("f", (("number", "1"), ("text", "'x'")))]) for _ in range(50)]

    assert some() == some()
    assert len(set(some())) > 20


def test_required_arguments_are_always_given():
    chance = random.Random(1)
    for _ in range(50):
        assert [name for name, _ in Varied(inputs("number text"), chance).any([]).arguments] == ["number", "text"]


def test_every_other_object_is_one_that_tests_made():
    class Box:
        def __init__(self, size: int) -> None:
            self.size = size

    seen = Seen((Call("Box.look", (), "⟨m:Box⟩(3)"),), {})
    method = Inputs(Known(Entry("m", "Box.look", "method", ()), seen, lambda: None, Box), world("7"), 0)
    method.receivers = ["⟨m:Box⟩(3)", *(f"⟨m:Box⟩({size})" for size in range(100, 199))]
    chance = random.Random(1)
    drawn = [method.receiver(chance) for _ in range(100)]
    assert 35 < drawn.count("⟨m:Box⟩(3)") < 65


def test_what_tests_passed_tells_the_type():
    one = inputs("a", [Call("f", (("a", "'x'"),))])
    assert one.conforms(Call("f", (("a", "'y'"),)))
    assert not one.conforms(Call("f", (("a", "5"),)))


def test_what_a_test_passed_itself_always_conforms():
    one = inputs("a", [Call("f", (("a", "'x'"),)), Call("f", (("a", "None"),))])
    assert one.conforms(Call("f", (("a", "None"),)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("'22:38:10'", True), ("'mond:ay'", False), ("'funday'", False), ("''", False), ("7", False)],
    ids=["from elsewhere", "a slip", "a word", "nothing", "no text"],
)
def test_a_text_of_signs_that_is_no_slip_of_what_tests_pass_is_unlike_that(value, expected):
    assert is_unlike(value, ["'monday'", "'tuesday'"]) is expected


def test_a_protocol_with_attributes_that_says_no_kind_of_container_ends_no_search(explore):
    text = """
        from abc import abstractmethod
        from typing import Protocol, runtime_checkable

        @runtime_checkable
        class Sized(Protocol):
            size: int

            @abstractmethod
            def shown(self) -> str: ...

        def label(item: Sized, length: int = 3) -> str:
            if length > 40:
                return "long"  # here
            return "short"
        """
    assert "search ended early" not in explore(text, "label").dropped


def test_what_a_function_takes_from_its_keyword_arguments_has_values_of_its_own(explore):
    text = """
        def label(name: str, **options) -> str:
            width = options.pop("width", 20)
            if width < 3:
                raise ValueError("too narrow")  # here
            return name[:width]
        """
    (finding, *_) = explore(text, "label").findings
    assert finding.action.endswith("width=2)")


def test_an_object_is_made_with_what_its_class_takes_from_keyword_arguments(explore):
    text = """
        class Manager:
            def __init__(self):
                self.open = True

        class Counter:
            def __init__(self, **kwargs):
                self.manager = kwargs.pop("manager", None)
                if self.manager is None:
                    raise TypeError("manager must be specified")
                self.total = kwargs.pop("total", 0)

            def share(self, count: int) -> float:
                if not self.total:
                    return 0.0
                return count / self.total  # here
        """
    (finding, *_) = explore(text, "Counter.share", "method", executions=2000).findings
    assert finding.lines == ("counter = ⟨sample:Counter⟩(manager=⟨sample:Manager⟩(), total=2)",)
