from __future__ import annotations

import re

import pytest

from pytest_enrich.data import Argument, Call
from pytest_enrich.payload.rules.evidence import is_well_made

MODULE = """
from __future__ import annotations
import io
import typing
from dataclasses import dataclass

class Signer:
    def __init__(self, key: str | bytes, *rest, salt: str = None, stream: io.IOBase | None = None, size=1): ...

class Step(typing.Protocol):
    def __call__(self, given: int) -> int: ...

class Task:
    def __init__(self, action: typing.Callable, error: type[Exception], step: Step): ...

class Reader:
    def __init__(self, source: typing.IO[bytes]): ...

@dataclass
class Point:
    x: int
    y: int
"""


@pytest.fixture
def judge(imported):
    """Whether objects of a module are well made."""

    def judge(name, text, template):
        imported(name, text)
        is_well_made.cache_clear()
        return is_well_made(template)

    return judge


@pytest.mark.parametrize(
    ("template", "is_well"),
    [
        ("⟨made:Signer⟩('a')", True),
        ("⟨made:Signer⟩(b'a', 2, salt=None)", True),
        ("⟨made:Signer⟩('a', salt=2)", False),
        ("⟨made:Signer⟩(None)", False),
        ("⟨made:Signer⟩('a', size='large')", True),
        ("⟨made:Signer⟩('a', stream=('e',))", False),
        ("⟨made:Signer⟩('a', stream=⟨io:StringIO⟩('e'))", True),
        ("⟨made:Signer⟩('a', size=⟨made:Point⟩(1, 2))", True),
        ("⟨made:Signer⟩(⟨builtins:len⟩)", False),
        ("⟨made:Task⟩(⟨builtins:len⟩, ⟨builtins:OSError⟩, ⟨builtins:len⟩)", True),
        ("⟨made:Task⟩(⟨builtins:len⟩, ⟨builtins:len⟩, ⟨builtins:len⟩)", False),
        ("⟨made:Point⟩(1, 2)", True),
        ("⟨made:Point⟩(1, ⟨made:Signer⟩('a'))", False),
        ("[⟨made:Point⟩(x=1, y='a')]", False),
        ("⟨made:Reader⟩(⟨io:BytesIO⟩(b'a'))", True),
        ("⟨made:Reader⟩(b'a')", False),
        ("⟨made:Gone⟩(1)", True),
        ("⟨builtins:int⟩('a')", True),
        ("('a'", True),
    ],
)
def test_literals_that_objects_are_made_with_are_of_the_types_that_hints_name(judge, template, is_well):
    assert judge("made", MODULE, template) is is_well


TEXT = """
class Signer:
    def __init__(self, key: str, way: str = "plain"):
        self.way = way

    def sign(self):
        if self.way == 2 or self.way == "none":
            return "signed"  # here
        return None
"""


def made(*arguments: str) -> Call:
    given = tuple(Argument(name=name, value=value) for name, value in zip(("key", "way"), arguments, strict=True))
    return Call(qualname="Signer", arguments=given, receiver=f"⟨sample:Signer⟩({', '.join(arguments)})")


def test_an_object_is_not_made_with_what_its_constructor_is_not_for(explore):
    explored = explore(TEXT, "Signer.sign", "method", constructors=(made("'a'", "'b'"),), branches=((6, 7),))
    assert explored.findings[0].lines[0].endswith("'none')")


def test_what_tests_make_is_made_again_whatever_it_is_made_with(explore):
    text = TEXT.replace(' or self.way == "none"', "")
    explored = explore(text, "Signer.sign", "method", constructors=(made("'a'", "2"),))
    assert explored.findings[0].lines == ("signer = ⟨sample:Signer⟩('a', 2)",)


PROTOCOL = """
from typing import Protocol

class Transport(Protocol):
    async def get(self, path: str) -> str: ...

class Table(Protocol):
    def get(self, path: str) -> str: ...

class Offline:
    async def get(self, path: str) -> str:
        return path

class Client:
    def __init__(self, transport: Transport): ...

class Reader:
    def __init__(self, table: Table): ...
"""


@pytest.mark.parametrize(
    ("template", "is_well"),
    [
        ("⟨spoken:Client⟩({})", False),
        ("⟨spoken:Client⟩(⟨spoken:Offline⟩())", True),
        ("⟨spoken:Reader⟩({})", True),
        ("⟨spoken:Reader⟩(⟨spoken:Client⟩(⟨spoken:Offline⟩()))", False),
    ],
)
def test_what_is_asked_by_a_protocol_to_be_awaited_is_no_plain_method(judge, template, is_well):
    assert judge("spoken", PROTOCOL, template) is is_well


def test_so_is_what_is_passed_on_to_what_a_call_gives(explore):
    text = """
class State:
    def __init__(self, size: str):
        self.size = size

def stopping(limit: int):
    def stop(state: State) -> bool:
        if state.size:
            return limit > 2  # here
        return False
    return stop
"""
    (finding,) = explore(text, "stopping").findings
    assert "⟨sample:State⟩('" in " ".join([*finding.lines, finding.action])


def test_an_object_that_refuses_to_be_made_in_its_own_way_ends_no_search(explore):
    text = """
        class Refused(BaseException):
            pass

        class Item:
            def __init__(self, name: str) -> None:
                raise Refused("made by Item.of alone")

        def label(number: int, item: Item | None = None) -> str:
            if item is None and number > 3:
                return "many"  # here
            return "few"
        """
    found = explore(text, "label", branches=((9, 10),), lines=(10,)).findings
    assert [one.action for one in found] == ["⟨sample:label⟩(4)"]


def test_a_typed_dictionary_is_given_with_the_keys_that_it_requires(explore):
    text = """
        from typing import TypedDict

        class State(TypedDict):
            name: str
            terminal: bool

        def names(states: list[State]) -> list[str]:
            found = []
            for state in states:
                if state["terminal"]:
                    found.append(state["name"])  # here
            return found
        """
    (found,) = explore(text, "names", branches=((10, 11),), lines=(11,)).findings
    assert re.fullmatch(r"⟨sample:names⟩\(\[\{'name': '\w+', 'terminal': True\}\]\)", found.action)


def test_on_an_object_that_cannot_be_made_only_one_call_is_tried(explore):
    text = """
        class Client:
            def __init__(self, retries: bool = False):
                raise ConnectionError("no network")

            def get(self, path: str, depth: int = 1) -> str:
                return path * depth  # here
        """
    assert explore(text, "Client.get", kind="method").executions < 10


def test_no_literal_is_passed_in_place_of_the_only_object_that_fits(explore):
    text = """
        class Page:
            def __init__(self):
                self.parts = []

        def count(page: Page) -> int:
            if page.parts == ["head", "body"]:
                return 2  # here
            return len(page.parts)
        """
    assert explore(text, "count", constants=("'head'", "'body'", "1", "2")).executions < 40
