"""Types as values, and objects of classes."""

from __future__ import annotations

import typing

import pytest

from pytest_enrich.payload.express import evaluate
from pytest_enrich.payload.rules import classes
from pytest_enrich.payload.rules.types import GENERIC, conforms
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


def test_what_is_drawn_for_types_with_parameters_is_one():
    templates = World([], {}).drawn(GENERIC, 0)
    assert templates
    assert all(conforms(evaluate(template), GENERIC) for template in templates)


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
