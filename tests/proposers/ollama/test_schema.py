from __future__ import annotations

import pytest

from pytest_enrich.data import Entry, Parameter
from pytest_enrich.proposers.ollama import schema
from pytest_enrich.proposers.ollama.schema import ANYTHING, Hint


def parameter(name="x", annotation=None, kind="positional", **more):
    return Parameter(name=name, kind=kind, annotation=annotation, **more)


@pytest.mark.parametrize(
    ("annotation", "sort"),
    [
        ("str", "text"), ("'int'", "whole"), ("builtins.float", "number"), ("bool", "flag"), ("None", "none"),
        ("list[int]", "list"), ("typing.Sequence[str]", "list"), ("dict[str, int]", "dict"),
        ("tuple[int, str]", "tuple"),
        ("set[str]", "set"), ("Literal['a', 'b']", "choice"), ("int | None", "union"), ("Optional[int]", "union"),
        ("Union[int]", "whole"), ("Annotated[str, 7]", "text"), ("Cart", "python"),
        ("Callable[[int], str]", "python"),
        ("Any", "anything"), ("this is (no type", "anything"), ("list[]", "anything"), ("list[()]", "python"),
    ],
)  # fmt: skip
def test_an_annotation_says_what_a_value_may_be(annotation, sort):
    assert schema.read_hint(annotation).sort == sort


def test_a_type_inside_itself_comes_to_an_end():
    assert schema.read_hint("list[" * 50 + "int" + "]" * 50).sort == "list"


@pytest.mark.parametrize(
    ("given", "sort"),
    [
        ({"documented": "int"}, "whole"),
        ({"default": "'a'"}, "text"),
        ({"default": "None"}, "anything"),
        ({}, "anything"),
    ],
)
def test_without_an_annotation_the_docstring_and_the_default_say_it(given, sort):
    assert schema.hint_of(parameter(**given)).sort == sort


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Number: TypeAlias = 'float | str'", {"Number": "'float | str'"}),
        ("if TYPE_CHECKING:\n    Number: typing.TypeAlias = float | str", {"Number": "float | str"}),
        ("Number = Union[int, str]\nMode = Literal['a']", {"Number": "Union[int, str]", "Mode": "Literal['a']"}),
        ("Number = int | None", {"Number": "int | None"}),
        ("number: int = 3\nLIMIT = 7\nPATHS = list[int]", {}),
        ("def (", {}),
    ],
)
def test_a_modules_own_names_for_types_are_known(text, found):
    assert schema.type_aliases(text) == found


def test_literals_that_the_code_compares_with_are_offered():
    fields, _ = schema.fields(
        Entry(qualname="f", kind="function", parameters=(parameter("mode", "str"),)),
        "def f(mode):\n    if mode == 'fast' or mode in ('slow', 'off'):\n        return 1\n",
        "",
    )
    assert fields["mode"].choices == ("fast", "slow", "off")
    assert schema.of_hint(fields["mode"])["anyOf"][0] == {"enum": ["fast", "slow", "off"]}


def test_an_optional_parameter_is_asked_for_when_the_way_speaks_of_it():
    entry = Entry(
        qualname="f",
        kind="function",
        parameters=(parameter("a", "int"), parameter("b", "int", default="1"), parameter("c", "int", default="2")),
    )
    fields, required = schema.fields(entry, "def f(a, b=1, c=2): ...", "if b > 3:")
    assert (list(fields), required) == (["a", "b"], ("a", "b"))


def test_the_object_of_a_method_is_asked_for_as_an_expression():
    entry = Entry(qualname="Cart.add", kind="method", parameters=(parameter("n", "int"),))
    fields, _ = schema.fields(entry, "", "")
    assert (list(fields), fields["self"].sort) == (["self", "n"], "python")


def bounded(one):
    """Whether a grammar made of this ends: each text, list and whole number has its most."""
    if not isinstance(one, dict):
        return True
    if one.get("type") == "string" and "maxLength" not in one:
        return False
    if one.get("type") == "integer" and not {"minimum", "maximum"} <= set(one):
        return False
    if one.get("type") == "array" and "maxItems" not in one:
        return False
    inner = [
        *one.get("anyOf", ()),
        *one.get("prefixItems", ()),
        *one.get("properties", {}).values(),
        one.get("items"),
    ]
    return all(map(bounded, inner))


@pytest.mark.parametrize(
    "annotation",
    ["str", "int", "float | None", "list[list[str]]", "tuple[int, ...]", "tuple[int, str]", "dict[str, list[int]]",
     "Literal['a', 1]", "object", "Cart"],
)  # fmt: skip
def test_whatever_is_asked_for_has_an_end(annotation):
    made = schema.of_inputs({"x": schema.read_hint(annotation)}, ("x",), 4)
    assert bounded(made)
    assert made["properties"]["inputs"]["maxItems"] == 4


def test_anything_can_be_said_as_an_expression():
    assert {"python"} in [set(one.get("properties", {})) for one in schema.of_hint(ANYTHING)["anyOf"]]


def test_a_source_that_cannot_be_read_offers_nothing():
    fields, _ = schema.fields(
        Entry(qualname="f", kind="function", parameters=(parameter("a", "int"),)), "def (", ""
    )
    assert fields == {"a": Hint(sort="whole")}
