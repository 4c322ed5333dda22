"""Classes in a test that are more than it needs."""

from __future__ import annotations

import pytest

from pytest_enrich import refine


@pytest.mark.parametrize(
    ("needed", "left"),
    [
        (
            ["fields", "load('20')"],
            ["field = fields.Boolean()", "", "with pytest.raises(ValueError, match='no'):", "field.load('20')"],
        ),
        (
            ["truthy"],
            [
                "class Own(fields.Boolean):",
                "truthy = {'yep'}",
                "",
                "field = Own()",
                "",
                "with pytest.raises(ValueError, match='no'):",
                "field.load('20')",
            ],
        ),
    ],
)
def test_the_base_takes_the_place_of_a_class_that_adds_nothing_to_what_is_shown(test_of, needed, left):
    test = test_of(
        """
        def test_load():
            class Own(fields.Boolean):
                truthy = {'yep'}

            field = Own()

            with pytest.raises(ValueError, match='no'):
                field.load('20')
        """,
        imports=["from project import fields"],
    )
    smaller = refine.reduce(test, lambda one: all(text in one.code for text in [*needed, "raises"]))
    assert [line.strip() for line in smaller.code.splitlines()[1:]] == left
    assert smaller.imports == ("from project import fields",)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("assert Cache[int, int](2).maxsize == 2", "assert Cache(2).maxsize == 2"),
        ("assert lib.Cache[str, lib.Item](2).maxsize == 2", "assert lib.Cache(2).maxsize == 2"),
        ("assert factories['int'](2).maxsize == 2", "assert factories['int'](2).maxsize == 2"),
    ],
)
def test_a_generic_class_is_made_without_its_types(test_of, line, left):
    test = test_of(f"def test_maxsize():\n    {line}\n", reduced=True)
    assert refine.reduce(test, lambda one: "maxsize" in one.code).code == f"def test_maxsize():\n    {left}\n"
