"""Setters of properties: what is assigned, and how it shows."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Entry, Parameter
from pytest_enrich.payload.explore.shown import find

TEXT = """
    class Box:
        def __init__(self, size: int = 3):
            self._size = size

        @property
        def size(self) -> int:
            return self._size

        @size.setter
        def size(self, value: int) -> None:
            if value < 0:
                raise ValueError(f"below zero: {value}")  # 12
            self._size = value * 2  # 13
"""
SETTER = Entry(qualname="Box.size=", kind="setter", parameters=(Parameter(name="value", kind="positional"),))


@pytest.fixture
def findings(explore):
    """What is found for a line of the setter."""

    def findings(line):
        marked = TEXT.replace(f"# {line}", "# here")
        return explore(marked, "Box.size", "property", entries=(SETTER,)).findings

    return findings


def test_what_is_assigned_shows_in_the_property(findings):
    (finding,) = findings(13)
    (seen,) = finding.observations
    assert finding.lines[0].startswith("box = ⟨sample:Box⟩(")
    assert finding.action.startswith("box.size = ")
    assert not finding.expression
    assert seen.expression == "box.size"
    assert int(seen.value) == 2 * int(finding.action.removeprefix("box.size = "))


def test_what_is_refused_raises(findings):
    (finding,) = findings(12)
    assert finding.action == "box.size = -1"
    assert finding.observations[0].value == "⟨builtins:ValueError⟩"


def test_it_is_found_apart_from_its_getter(imported):
    module = imported(
        "boxes",
        "class Box:\n    @property\n    def size(self): ...\n    @size.setter\n    def size(self, value): ...\n",
    )
    assert find(module, "Box.size=") is module.Box.size.fset
    assert find(module, "Box.size") is module.Box.size.fget


def test_what_an_object_is_made_with_nothing_in_is_filled_before_it_is_asked(explore):
    text = """
        class Note:
            def __init__(self, text: str = "") -> None:
                self.text = text

        class Remark(Note):
            pass

        class Board:
            def __init__(self, names: list[str] = []) -> None:
                self.notes = []
                self.names = names

            @property
            def remark(self) -> str:
                for note in self.notes:
                    if isinstance(note, Remark) and not self.names:
                        return "a remark"  # here
                return "none"
        """
    (finding,) = explore(text, "Board.remark", "property", branches=((17, 18), (18, 19))).findings
    assert finding.lines[1].startswith("board.notes = [⟨sample:Remark⟩(")
    assert len(finding.lines) == 2  # the names are given to the constructor
    assert (finding.action, finding.observations[0].value) == ("board.remark", "'a remark'")


EVENT = """
    import dataclasses

    @dataclasses.dataclass
    class Event:
        text: str = "hello"
        kind: str = dataclasses.field(default="line", compare=False)
        number: int = 0

        def remark(self) -> None:
            self.kind = "remark"  # one

        def renumber(self, number: int) -> None:
            self.number, self.text = number, ""  # two
"""


@pytest.mark.parametrize(
    ("lines", "method", "shown"), [("one", "remark", "event.kind"), ("two", "renumber", "event")]
)
def test_of_an_object_of_which_one_attribute_is_other_it_is_that_one(explore, lines, method, shown):
    marked = EVENT.replace(f"# {lines}", "# here")
    (finding, *_) = explore(marked, f"Event.{method}", "method").findings
    assert [seen.expression for seen in finding.observations] == [shown]
