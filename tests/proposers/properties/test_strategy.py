from __future__ import annotations

import re

import pytest

from pytest_enrich.data import Argument, Call
from pytest_enrich.proposers.properties import drawing
from pytest_enrich.proposers.properties.strategy import of_annotation, of_documented, of_values

CLASSES = """
import enum
from dataclasses import dataclass

class Colour(enum.Enum):
    RED = 1

@dataclass
class Point:
    x: int
    y: int = 0

class Odd:
    def __init__(self, anything): ...
"""


def short(template):
    return re.sub(r"⟨[\w.]+:(\w+)⟩", r"\1", template)


@pytest.mark.parametrize(
    ("annotation", "drawn"),
    [
        ("str", "text()"),
        ("'bytes'", "binary()"),
        ("float", "floats(allow_nan=False)"),
        ("list[int]", "lists(integers())"),
        ("typing.Sequence[str]", "lists(text())"),
        ("dict[str, bool]", "dictionaries(text(), booleans())"),
        ("set[int]", "sets(integers())"),
        ("tuple[int, str]", "tuples(integers(), text())"),
        ("tuple[int, ...]", "lists(integers()).map(tuple)"),
        ("int | None", "none() | integers()"),
        ("Optional[int]", "none() | integers()"),
        ("Union[int, str]", "integers() | text()"),
        ("Literal['a', 'b']", "sampled_from(['a', 'b'])"),
        ("Colour", "sampled_from(Colour)"),
        ("Point", "from_type(Point)"),
    ],
)
def test_an_annotation_has_a_plain_strategy(read, annotation, drawn):
    found = of_annotation(annotation, read(CLASSES))
    assert found is not None
    assert short(found.template) == drawn


@pytest.mark.parametrize(
    "annotation",
    ["Odd", "Unknown", "Any", "Callable[[], int]", "list", "int |", "list[list[list[int]]]", "dict[str]"],
)
def test_what_has_none_is_left_alone(read, annotation):
    assert of_annotation(annotation, read(CLASSES)) is None


def test_a_documented_type_is_as_good_as_an_annotation(read):
    outline = read(CLASSES)
    assert short(of_documented("list of str", outline).template) == "lists(text())"
    assert short(of_documented("string", outline).template) == "text()"
    assert of_documented("anything", outline) is None


def test_values_of_one_kind_show_what_is_taken():
    assert short(of_values(["'a'", "''"]).template) == "text()"
    assert short(of_values(["[1]", "[]"]).template) == "lists(integers())"
    assert of_values(["1", "'a'"]) is None
    assert of_values(["object()"]) is None
    assert of_values([]) is None


def ways(source, laws, text, *calls):
    (law,) = laws(text)
    return [[short(one.template) for one in drawn] for drawn in source(text, calls).ways(law)]


def call(value, name="tidy"):
    return Call(qualname=name, arguments=(Argument(name="text", value=value),))


TIDY = 'def tidy(text{}):\n    """Idempotent."""\n{}'


def test_narrower_strategies_come_after_the_widest(source, laws):
    text = TIDY.format(": str", "    return text")
    narrow = 'text(characters(codec="ascii"), min_size=1)'
    assert ways(source, laws, text, call("'a'"), call("'b'")) == [["text()"], [narrow]]
    assert ways(source, laws, TIDY.format(": float", "    return text"))[-1] == [
        "floats(allow_infinity=False, allow_nan=False)"
    ]


def test_what_all_calls_have_in_common_is_a_narrower_strategy(source, laws):
    text = TIDY.format(": int", "    return text")
    assert ways(source, laws, text, call("1"), call("2")) == [["integers()"], ["integers(min_value=0)"]]
    assert ways(source, laws, text, call("1")) == [["integers()"]]
    assert ways(source, laws, text, call("1"), call("-2")) == [["integers()"]]


def test_without_an_annotation_the_calls_tell(source, laws):
    text = TIDY.format("", "    return text")
    assert ways(source, laws, text, call("'a'"))[0] == ["text()"]
    assert ways(source, laws, text) == []
    assert ways(source, laws, text, call("'a'", "other")) == []


OBJECT = """
from dataclasses import dataclass

@dataclass
class Frame:
    size: int
    name: str

    def __str__(self): ...

    @classmethod
    def parse(cls, text): ...
"""


def test_an_object_is_drawn_by_what_its_class_takes(source, laws):
    assert ways(source, laws, OBJECT)[0] == ["from_type(Frame)"]
    share = OBJECT.replace("size: int", "size: float")
    assert ways(source, laws, share)[0] == ["builds(Frame, size=floats(allow_nan=False))"]
    assert ways(source, laws, OBJECT.replace("name: str", "name: Anything")) == []


def test_inputs_are_told_in_words(source, laws):
    text = 'def tidy(text: str, most: int, part: float):\n    """Idempotent."""'
    (law,) = laws(text)
    *_, last = source(text).ways(law)
    assert drawing.words(last) == "text and whole number and finite number"
