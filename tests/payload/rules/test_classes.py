"""Classes that a test makes, and types as values."""

from __future__ import annotations

import dataclasses
import enum
import typing

import pytest

from pytest_enrich.payload.express import evaluate
from pytest_enrich.payload.rules import classes
from pytest_enrich.payload.rules.types import GENERIC, Dataclass, conforms
from pytest_enrich.payload.rules.values import World

TEXT = """
from decimal import Decimal
from typing import Optional

Amount = Optional[Decimal]

class Wrong(ValueError):
    pass

def pay(amount):
    if isinstance(amount, Decimal):
        return amount
    raise Wrong
"""


@pytest.mark.parametrize(
    "hint", [Dataclass, type[Dataclass], type[enum.Enum], enum.Enum, GENERIC, dataclasses.Field]
)
def test_what_is_drawn_for_a_class_that_a_test_makes_is_one(hint):
    templates = World([], {}).drawn(hint, 0)
    assert templates
    assert all(conforms(evaluate(template), hint) for template in templates)


def test_fields_are_of_the_types_that_the_code_speaks_of():
    drawn = World([], {}, spoken=("⟨decimal:Decimal⟩",)).drawn(type[Dataclass], 0)
    kinds = {field.type for template in drawn for field in dataclasses.fields(evaluate(template))}
    assert evaluate("⟨decimal:Decimal⟩") in kinds


def test_a_dataclass_without_fields_is_drawn_too():
    drawn = World([], {}).drawn(type[Dataclass], 0)
    assert any(not dataclasses.fields(evaluate(template)) for template in drawn)


def test_types_are_spoken_of_by_functions_and_by_aliases_but_errors_are_none(imported):
    module = imported("payments", TEXT)
    assert [*classes.spoken(module, [module.pay])] == [
        "⟨decimal:Decimal⟩",
        "⟨typing:Optional⟩[⟨decimal:Decimal⟩]",
    ]


SHY = """
class Table:
    @property
    def __class__(self):
        raise RuntimeError("no request")

    def __getitem__(self, key):
        raise SystemExit(key)

TABLE = Table()

def look_up(kind: int):
    return TABLE[int]
"""


def test_objects_of_the_project_are_not_asked_for_types(imported):
    module = imported("shy", SHY)
    assert [*classes.spoken(module, [module.look_up])] == []


def test_no_object_of_a_dataclass_is_a_class_and_no_class_an_object():
    point = dataclasses.make_dataclass("Point", ["x"])
    assert conforms(point, type[Dataclass])
    assert not conforms(point, Dataclass)
    assert conforms(point(1), Dataclass)
    assert not conforms(int, type[Dataclass])


def test_a_private_class_is_made_for_its_own_methods_alone(imported):
    module = imported("parts", "class _Part:\n    def __init__(self, size: int = 1): ...\n")
    world = World([], {})
    assert world.drawn(module._Part, 0) == ()
    assert "⟨parts:_Part⟩()" in world.built(module._Part, 0)


def test_an_unfinished_class_is_stood_for_by_those_made_from_it(imported):
    text = "class Field:\n    def check(self):\n        raise NotImplementedError\nclass Text(Field):\n    pass\n"
    module = imported("forms", text)
    assert World([], {}).drawn(module.Field, 0) == ("⟨forms:Text⟩()",)


@pytest.mark.parametrize(
    "kind",
    [
        list[int],
        int | None,
        typing.List,  # noqa: UP006 - as older code has it
        typing.Optional[int],  # noqa: UP045
        typing.Union[int, str],  # noqa: UP007
        typing.Dict[str, typing.Any],  # noqa: UP006
        typing.Callable[[int], str],
    ],
    ids=str,
)
def test_a_type_with_parameters_is_written_as_people_write_it(kind):
    text = classes.express(kind)
    assert text is not None
    assert evaluate(text) == kind


DECLARING = """
class Part:
    def __init__(self, default=None):
        self.default = default

class Text(Part):
    pass

def sought(values, kind):
    return {name for name, value in values.items() if is_one(value, kind)}

def is_one(value, kind):
    return isinstance(value, kind)

class Meta(type):
    def __new__(cls, name, bases, values):
        values["parts"] = [name for name, value in values.items() if isinstance(value, Part)]
        return super().__new__(cls, name, bases, values)

class Form(metaclass=Meta):
    def __init__(self, *given, **values):
        self.values = values

class Plain:
    pass

class Hooked:
    def __init_subclass__(cls):
        cls.parts = [name for name, value in vars(cls).items() if is_one(value, Part)]
"""


@pytest.fixture
def forms(imported):
    return imported("forms", DECLARING)


def test_what_a_metaclass_or_a_hook_looks_for_is_declared_below_a_class(forms):
    kinds = {kind.__name__: [*classes.declares(kind)] for kind in (forms.Form, forms.Hooked, forms.Plain)}
    assert kinds == {"Form": [forms.Part], "Hooked": [forms.Part], "Plain": []}


@pytest.mark.usefixtures("forms")
def test_of_the_base_of_a_library_nothing_is_declared(imported):
    own = imported("shop_forms", "from forms import Form\n\nclass Order(Form):\n    pass\n")
    assert [*classes.declares(own.Order)] == []


def test_enumerations_and_abstract_classes_declare_nothing():
    assert [*classes.declares(enum.Enum), *classes.declares(typing.Mapping.__origin__)] == []


def test_objects_are_drawn_of_classes_that_a_test_declares(forms):
    made = [evaluate(template) for template in World([], {}).drawn(forms.Form, 0)]
    declared = [one for one in made if type(one) is not forms.Form]
    assert declared
    assert {type(one.value) for one in declared} == {forms.Part, forms.Text}


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (
            "⟨builtins:type⟩('Item', (⟨m:Form⟩,), {'value': ⟨m:Text⟩('é')})(value='a').value",
            ("class Item(⟨m:Form⟩):\n    value = ⟨m:Text⟩('é')", "Item(value='a').value"),
        ),
        (
            "⟨builtins:type⟩('Item', (⟨m:Form⟩,), {'value': ⟨builtins:type⟩('Item', (⟨m:Part⟩,), {})()})",
            (
                "class Item(⟨m:Part⟩):\n    pass",
                "class Other(⟨m:Form⟩):\n    value = Item()",
                "Other",
            ),
        ),
        ("⟨builtins:type⟩(1)", ("⟨builtins:type⟩(1)",)),
        ("⟨builtins:type⟩('Item', bases, {})", ("⟨builtins:type⟩('Item', bases, {})",)),
        ("f(⟨builtins:type⟩(", ("f(⟨builtins:type⟩(",)),
    ],
)
def test_a_program_has_the_classes_that_it_makes_as_statements(line, lines):
    assert classes.unfolded([line]) == lines


def test_a_class_that_is_made_twice_is_one_class():
    made = "⟨builtins:type⟩('Item', (⟨m:Form⟩,), {})"
    assert classes.unfolded([f"form = {made}()", f"isinstance(form, {made})"]) == (
        "class Item(⟨m:Form⟩):\n    pass",
        "form = Item()",
        "isinstance(form, Item)",
    )
