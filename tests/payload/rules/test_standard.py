"""What people pass where a type of the standard library is wanted."""

from __future__ import annotations

import importlib
import types

import pytest

from pytest_enrich.payload.express import evaluate
from pytest_enrich.payload.rules.plain import STANDARD
from pytest_enrich.payload.rules.types import conforms
from pytest_enrich.payload.rules.values import World

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
