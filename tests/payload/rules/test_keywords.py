"""What functions take by `**kwargs`."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from pytest_enrich.payload.rules import evidence, keywords, usage


class Options(NamedTuple):
    width: int = 80
    theme: str = "plain"
    blocks: tuple[int, int] | None = None


class Printer:
    def __init__(self, text: str, **options):
        self.text, self.options = text, Options(**options)
        self._check(**options)

    def _check(self, **options): ...

    @classmethod
    def of(cls, text: str, **options):
        return cls(text, **options)


def show(text, *, theme, **rest):
    return Printer(text, theme=theme, **rest)


@dataclass
class Box:
    size: int = 1


class Lid(Box):
    def __init__(self, hinge=None, **more):
        super().__init__(**more)
        self.hinge = hinge


class Chest(Lid):
    def __init__(self, *parts, **more):
        super().__init__(*parts, **more)


def run(command, **options):
    return subprocess.run(command, **options, check=True)


def each(items, **options):
    return [len(key) for key in options] + [items]


def around(value, **options):
    return again(value, **options)


def again(value, **options):
    return around(value, **options)


def required(**options):
    return pick(**options)


def pick(value, size=3):
    return value, size


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (Printer.__init__, ["width", "theme", "blocks"]),
        (show, ["width", "blocks"]),
        (Printer.of, ["width", "theme", "blocks"]),
        (Lid.__init__, ["size"]),
        (Chest.__init__, ["hinge", "size"]),
        (required, ["value", "size"]),
        (run, []),
        (each, []),
        (around, []),
        (pick, []),
    ],
)
def test_what_is_handed_on_is_taken_by_its_name(function, names):
    assert {parameter.name for parameter in keywords.taken(function)} == {*names}


@pytest.mark.parametrize(
    ("function", "is_open"),
    [
        (show, False),
        (Printer.of, False),
        (Lid.__init__, False),
        (run, True),
        (each, True),
        (around, True),
        (pick, False),
    ],
)
def test_it_is_open_to_other_names_unless_somebody_in_the_end_takes_no_others(function, is_open):
    assert keywords.is_open(getattr(function, "__func__", function)) is is_open


def test_what_is_handed_on_keeps_its_default_and_its_hint():
    taken = {parameter.name: parameter.default for parameter in keywords.taken(show)}
    assert taken == {"width": 80, "blocks": None}
    hints = evidence.hints_of_function(show)
    assert hints == {"width": int, "blocks": tuple[int, int] | None}


def test_an_object_is_made_with_what_its_class_hands_on():
    made = evidence.constructor(Chest, "Chest")
    assert [parameter.name for parameter in made.parameters if parameter.name in made.hints] == ["size"]
    assert made.hints["size"] is int


def split(text, **options):
    return cut(text, **options)


def cut(text, *, mark=None):
    return text.split(mark.strip()) if mark is not None else [text]


def test_what_another_function_does_with_it_says_what_it_is():
    assert str in usage.of(split)["mark"].stated | usage.of(split)["mark"].suggested


def sized(width: str, **options):
    return Options(**options), width


def test_what_a_function_takes_itself_is_not_handed_on():
    assert {parameter.name for parameter in keywords.taken(sized)} == {"theme", "blocks"}
    assert evidence.hints_of_function(sized)["width"] is str
