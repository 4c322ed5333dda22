"""Objects in what functions give."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Argument, Call
from pytest_enrich.payload.explore.world import made_objects

TEXT = """
class Word:
    def __init__(self, text, line):
        self.text, self.line, self._secret = text, line, Word.__new__(Word)

    @property
    def danger(self):
        raise SystemExit


class Line:
    def __init__(self, text):
        self.words = [Word(one, self) for one in text.split()]


def read(text):
    return tuple(map(Line, text.split(";")))


def mapped(text):
    return {"first": Line(text), 2: Line(text)}


def fail(kind):
    raise kind


def hang():
    while True:
        pass
"""


@pytest.fixture
def module(imported):
    return imported("given", TEXT)


def test_objects_are_found_with_the_way_to_them(module):
    found = made_objects(["⟨given:read⟩('a b;c')"])
    lines, words = found[module.Line], found[module.Word]
    assert lines == ["⟨given:read⟩('a b;c')[0]", "⟨given:read⟩('a b;c')[1]"]
    assert words[0] == "⟨given:read⟩('a b;c')[0].words[0]"
    assert not any("_secret" in text or ".line" in text for text in words)


def test_what_a_mapping_holds_is_found_by_its_names(module):
    assert made_objects(["⟨given:mapped⟩('a')"])[module.Line] == ["⟨given:mapped⟩('a')['first']"]


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize(
    "template", ["⟨given:fail⟩(ValueError)", "⟨given:fail⟩(SystemExit)", "⟨given:hang⟩()", "⟨given:gone⟩()", "("]
)
def test_a_call_that_does_not_end_well_gives_nothing(template):
    assert made_objects([template]) == {}


def test_a_method_is_called_on_what_a_function_gave(explore):
    text = """
        class Line:
            def __init__(self, numbers, *, key):
                self.numbers = numbers

            def total(self) -> int:
                return sum(self.numbers)  # here

        def read(text):
            return [Line([int(one) for one in part.split()], key=object()) for part in text.split(";")]
        """
    seen = Call(qualname="read", arguments=(Argument(name="text", value="'4 5;6'"),))
    (finding,) = explore(text, "Line.total", "method", neighbours=(seen,)).findings
    assert finding.lines[0].startswith("line = ⟨sample:read⟩(")
    assert finding.lines[0].endswith(("[0]", "[1]"))
    assert finding.action == "line.total()"
