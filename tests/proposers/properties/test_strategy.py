from __future__ import annotations

import re

import pytest

from pytest_enrich.data import Argument, Call
from pytest_enrich.proposers.properties.strategy import of_annotation, of_values

CLASSES = """
import enum
from dataclasses import dataclass

class Colour(enum.Enum):
    RED = 1

@dataclass
class Point:
    x: int
    y: int = 0
"""


def short(template):
    return re.sub(r"⟨[\w.]+:(\w+)⟩", r"\1", template)


@pytest.mark.parametrize(
    ("annotation", "drawn"),
    [
        ("str", "text()"),
        ("'bytes'", "binary()"),
        ("float", "floats(allow_nan=False, allow_infinity=False)"),
        ("list[int]", "lists(integers())"),
        ("typing.Sequence[str]", "lists(text())"),
        ("dict[str, bool]", "dictionaries(text(), booleans())"),
        ("set[int]", "sets(integers())"),
        ("tuple[int, str]", "tuples(integers(), text())"),
        ("int | None", "integers() | none()"),
        ("Optional[int]", "integers() | none()"),
        ("Union[int, str]", "integers() | text()"),
        ("Literal['a', 'b']", "sampled_from(['a', 'b'])"),
        ("Colour", "from_type(Colour)"),
        ("Point", "from_type(Point)"),
    ],
)
def test_an_annotation_has_a_plain_strategy(read, annotation, drawn):
    found = of_annotation(annotation, read(CLASSES))
    assert found is not None
    assert short(found) == drawn


@pytest.mark.parametrize(
    "annotation",
    ["Unknown", "Any", "Callable[[], int]", "list", "int |", "tuple[int, ...]", "dict[str]"],
)
def test_what_has_none_is_left_alone(read, annotation):
    assert of_annotation(annotation, read(CLASSES)) is None


def test_values_of_one_kind_show_what_is_taken():
    assert short(of_values(["'a'", "''"])) == "text()"
    assert of_values(["1", "'a'"]) is None
    assert of_values(["object()"]) is None
    assert of_values([]) is None


def drawn(source, laws, text, *calls):
    (law,) = laws(text)
    found = source(text, calls).drawn(law)
    return None if found is None else [short(one) for one in found]


def call(value, name="tidy"):
    return Call(qualname=name, arguments=(Argument(name="text", value=value),))


TIDY = 'def tidy(text{}):\n    """Idempotent."""\n{}'


def test_without_an_annotation_the_calls_tell(source, laws):
    text = TIDY.format("", "    return text")
    assert drawn(source, laws, text, call("'a'")) == ["text()"]
    assert drawn(source, laws, text) is None
    assert drawn(source, laws, text, call("'a'", "other")) is None


def test_a_documented_type_is_as_good_as_an_annotation(source, laws):
    text = 'def tidy(text):\n    """Idempotent.\n\n    Args:\n        text (string): It.\n    """\n'
    assert drawn(source, laws, text) == ["text()"]


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
    assert drawn(source, laws, OBJECT) == ["from_type(Frame)"]
