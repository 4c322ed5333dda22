"""What people pass where a type of the standard library is wanted."""

from __future__ import annotations

import importlib
import types

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from pytest_enrich.payload.express import evaluate
from pytest_enrich.payload.rules.plain import STANDARD
from pytest_enrich.payload.rules.types import conforms
from pytest_enrich.payload.rules.values import World, taken

OF_BUILTINS = {
    "function": types.FunctionType, "generator": types.GeneratorType, "module": types.ModuleType,
}  # fmt: skip


def kind(name):
    module, _, own = name.partition(":")
    return OF_BUILTINS.get(own) or getattr(importlib.import_module(module), own)


@pytest.mark.parametrize("name", STANDARD)
def test_each_is_of_its_type_and_is_what_is_drawn_for_it(name):
    assert all(conforms(evaluate(text), kind(name)) for text in STANDARD[name])
    assert {*World((), {}).drawn(kind(name), 0)} == {*STANDARD[name]}


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        (Version, "⟨packaging.version:Version⟩('1.2.3')"),
        (SpecifierSet, "⟨packaging.specifiers:SpecifierSet⟩('>=1.2')"),
    ],
)
def test_of_a_class_that_refuses_most_texts_objects_are_made_of_those_that_it_takes(kind, known):
    made = [*taken(kind, ("'no version'", "'==3.12'", "'3.12'"))]
    assert made[0].endswith("3.12')")
    assert known in made
    assert {*World((), {}).drawn(kind, 0)} <= {*taken(kind, ())}


@pytest.mark.parametrize("kind", [Requirement, object])
def test_other_classes_are_made_of_anything(kind):
    assert [*taken(kind, ("'3.12'",))] == []
