"""What no test can call sensibly is explored through what tests do call, of another module."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Argument, Call, Entry, Parameter

INNER = """
    class _Node:
        def __init__(self, word):
            self.word = word

    def walk(nodes):
        for node in nodes:
            if node.word == "pump" + "kin":
                return "soup"  # here
        return "water"
    """
OUTER = """
from sample import _Node, walk


def cook(text: str, times: int = 1) -> str:
    return " ".join([walk([_Node(word) for word in text.split()])] * times)


class Kitchen:
    def __init__(self, spice):
        self.spice, self.taken = spice, spice[:1]

    def cook(self, text):
        return self.spice + cook(text)

    def take(self, text):
        self.taken = text

    def stew(self):
        return cook(self.taken)
"""
BRANCH = {"branches": ((7, 8),), "lines": (8,)}


@pytest.fixture
def place(own_place):
    return own_place


@pytest.fixture
def outer(place):
    (place.root / "outer.py").write_text(OUTER, encoding="utf-8")


def call(qualname: str, text: str, receiver: str | None = None) -> Call:
    return Call(qualname=qualname, arguments=(Argument(name="text", value=text),), receiver=receiver)


@pytest.mark.usefixtures("outer")
def test_through_a_function_of_another_module(explore):
    seen = (call("outer:cook", "'salt and pepper'"),)
    (found,) = explore(INNER, "walk", through=seen, **BRANCH).findings
    assert found.call.qualname == "outer:cook"
    assert "pumpkin" in found.action
    assert found.action.startswith("⟨outer:cook⟩(")
    assert found.observations[0].value == "'soup'"


@pytest.mark.usefixtures("outer")
def test_through_a_method_of_another_module(explore):
    seen = (call("outer:Kitchen.cook", "'salt and pepper'", "⟨outer:Kitchen⟩('chili ')"),)
    (found,) = explore(INNER, "walk", through=seen, **BRANCH).findings
    assert found.lines == ("kitchen = ⟨outer:Kitchen⟩('chili ')",)
    assert "pumpkin" in found.action


@pytest.mark.usefixtures("outer")
def test_what_was_done_to_an_object_before_is_varied_too(explore):
    taken = call("outer:Kitchen.take", "'salt and pepper'")
    stewed = Call(qualname="outer:Kitchen.stew", receiver="⟨outer:Kitchen⟩('chili ')", setup=(taken,))
    (found,) = explore(INNER, "walk", through=(stewed,), **BRANCH).findings
    assert found.lines[1:] == ("kitchen.take('pumpkin')",)
    assert found.action == "kitchen.stew()"


@pytest.mark.usefixtures("outer")
def test_what_was_done_before_and_cannot_be_found_is_called_as_it_was(explore):
    lost = Call(qualname="gone:Kitchen.take", arguments=(Argument(name="text", value="'pumpkin'"),))
    stewed = Call(qualname="outer:Kitchen.stew", receiver="⟨outer:Kitchen⟩('chili ')", setup=(lost,))
    (found,) = explore(INNER, "walk", through=(stewed,), **BRANCH).findings
    assert "kitchen.take(text='pumpkin')" in found.lines


@pytest.mark.usefixtures("outer")
def test_a_call_elsewhere_is_looked_at_as_it_is(explore):
    (found,) = explore(INNER, "walk", only=(call("outer:cook", "'pumpkin'"),), **BRANCH).findings
    assert found.action == "⟨outer:cook⟩('pumpkin')"


@pytest.mark.usefixtures("outer")
@pytest.mark.parametrize("name", ["nowhere:cook", "outer:gone", "outer:Kitchen.gone"])
def test_what_is_not_there_is_passed_over(explore, name):
    assert explore(INNER, "walk", through=(call(name, "'pumpkin'"),), **BRANCH).findings == ()


CHECK = """
    def check(limit):
        if limit < 0:
            raise ValueError("limit must not be negative")  # here
        return limit
    """
CLEAN = """
from sample import check


def clean(text: str, limit: int = 3) -> str:
    return text[: check(limit)]
"""


@pytest.mark.parametrize(
    ("is_named", "action"), [(True, "⟨sample:check⟩(-1)"), (False, "⟨clean:clean⟩('abc', limit=-1)")]
)
def test_what_no_test_calls_by_name_is_called_as_tests_come_to_it(place, explore, is_named, action):
    (place.root / "clean.py").write_text(CLEAN, encoding="utf-8")
    limit = Parameter(name="limit", kind="positional")
    inner = Call(qualname="check", arguments=(Argument(name="limit", value="2"),))
    entry = Entry(qualname="check", kind="function", parameters=(limit,), calls=(inner,), is_named=is_named)
    arguments = (Argument(name="text", value="'abc'"), Argument(name="limit", value="2"))
    seen = (Call(qualname="clean:clean", arguments=arguments),)
    (found,) = explore(CHECK, "check", entries=(entry,), through=seen, branches=((2, 3),), lines=(3,)).findings
    assert found.action == action
