from __future__ import annotations

import ast
import random

from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.data import Argument, Call
from pytest_enrich.payload.explore.templates import LONGEST, NAME, grafted, places, template_parts

PAIR = "⟨shop:Pair⟩(⟨shop:Leaf⟩('a'), right=[⟨shop:Leaf⟩('b')])"
TREES = """
    class Leaf:
        def __init__(self, name):
            self.name = name

    class Pair:
        def __init__(self, left, right):
            self.left, self.right = left, right

    def depth(node):
        if isinstance(node, Leaf):
            return 0
        if isinstance(node.right, Pair) and isinstance(node.right.left, Leaf):
            return 2  # here
        return 1
    """


def leaf(name):
    return f"⟨sample:Leaf⟩('{name}')"


def test_the_places_of_a_template_are_arguments_elements_and_values():
    texts = {PAIR[start:end] for start, end in places(PAIR)}
    assert texts == {"⟨shop:Leaf⟩('a')", "[⟨shop:Leaf⟩('b')]", "⟨shop:Leaf⟩('b')", "'a'", "'b'"}
    assert [("{'k': 1}")[start:end] for start, end in places("{'k': 1}")] == ["1"]
    assert places("no ( template") == ()


def test_parts_are_objects_and_displays_each_once():
    assert template_parts([PAIR, PAIR]) == (PAIR, "⟨shop:Leaf⟩('a')", "[⟨shop:Leaf⟩('b')]", "⟨shop:Leaf⟩('b')")


def test_what_has_no_parts_or_knows_none_stays():
    chance = random.Random(1)
    assert grafted("⟨shop:Leaf⟩('a')", ["[1]"], chance) == "⟨shop:Leaf⟩('a')"
    assert grafted(PAIR, [], chance) == PAIR


@given(st.sampled_from([PAIR, f"[{PAIR}]", f"{{'k': {PAIR}}}"]), st.integers(0, 500))
def test_what_is_grafted_keeps_the_names_and_is_not_too_long(template, seed):
    changed = grafted(template, template_parts([PAIR]), random.Random(seed))
    assert len(changed) <= LONGEST
    assert {*NAME.findall(changed)} <= {*NAME.findall(template)}


@given(st.integers(0, 500))
def test_what_takes_the_place_of_positional_parts_is_python(seed):
    changed = grafted("[⟨shop:Leaf⟩('a'), ⟨shop:Leaf⟩('b')]", template_parts([PAIR]), random.Random(seed))
    ast.parse(NAME.sub("_", changed), mode="eval")


def test_what_was_made_from_nothing_gets_parts():
    chance = random.Random(1)
    assert grafted("⟨shop:Leaf⟩()", ["[1]"], chance) == "⟨shop:Leaf⟩([1])"


def test_objects_that_take_any_number_of_others_get_them(explore):
    source = """
        class Either:
            def __init__(self, *options):
                self.options = options

        def width(node):
            if isinstance(node, Either) and any(isinstance(option, Either) for option in node.options):
                return 2  # here
            return 1
        """
    seen = (Call(qualname="width", arguments=(Argument(name="node", value="⟨sample:Either⟩()"),)),)
    found = explore(source, "width", calls=seen, branches=((6, 7),), lines=(7,)).findings
    assert [finding.observations[0].value for finding in found] == ["2"]


def test_objects_made_of_others_are_tried_with_others(explore):
    node = f"⟨sample:Pair⟩({leaf('a')}, {leaf('b')})"
    seen = (Call(qualname="depth", arguments=(Argument(name="node", value=node),)),)
    (found,) = explore(TREES, "depth", calls=seen, branches=((12, 13),), lines=(13,)).findings
    assert found.observations[0].value == "2"
    assert found.action.count("Pair") == 2
