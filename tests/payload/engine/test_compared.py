"""Conditions that tell what they compare."""

from __future__ import annotations

import re

import pytest

from pytest_enrich.payload.engine.probe import Probes

TEXT = """import re

def size(number, text):
    if number > 5 and text.startswith("a"):
        return "large"
    while text in ("b", "c"):
        return "chain" if 1 < number < 4 else "none"
    if isinstance(number, int) and not re.match("x+", text):
        return [one for one in text if one == "z"]
    return None
"""


@pytest.fixture
def module(imported):
    return imported("probed", TEXT)


def noted(module, *arguments):
    with Probes(module).watching() as notes:
        module.size(*arguments)
    return notes


def test_conditions_tell_what_they_compare(module):
    notes = noted(module, 6, "b")
    assert [(one.line, one.how, one.left, one.right) for one in notes[:3]] == [
        (4, "<", 6, 5),
        (4, "startswith", "b", "a"),
        (6, "in", "b", ("b", "c")),
    ]


def test_a_match_of_a_pattern_tells_pattern_and_text(module):
    note = next(one for one in noted(module, 1, "zy") if one.how == "match")
    assert (note.left.pattern, note.right) == ("x+", "zy")


@pytest.mark.parametrize("arguments", [(6, "a"), (6, "b"), (3, "c"), (1, "xx"), (1, "zaz"), (1.5, "q")])
def test_watched_functions_do_what_they_do_unwatched(module, arguments):
    with Probes(module).watching():
        watched = module.size(*arguments)
    assert watched == module.size(*arguments)


def test_afterwards_nothing_is_noted(module):
    with (probes := Probes(module)).watching() as notes:
        pass
    module.size(1, "a")
    assert notes == probes.notes == []


LATER = """import re

def heading(text, kind):
    found = re.match("x+", text, flags=re.I)
    several = list(re.finditer("y", text))
    if not found:
        return kind
    if not several:
        return None
    return found
"""


def test_what_is_asked_for_later_is_told_as_of_the_condition(imported):
    module = imported("later", LATER)
    with Probes(module).watching([6, 8]) as notes:
        module.heading("Xx", 1)
    told = [(one.line, one.how, one.left.pattern) for one in notes if one.how != "truth"]
    assert told == [(6, "match", "x+"), (8, "finditer", "y")]
    assert notes[0].left.flags & re.IGNORECASE


def test_the_conditions_of_a_module_are_known(module):
    assert Probes(module).conditions == {4, 6, 8}
