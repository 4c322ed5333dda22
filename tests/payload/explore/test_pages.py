from __future__ import annotations

import sys
from types import ModuleType

import pytest

from pytest_enrich.payload.explore import examples
from pytest_enrich.payload.explore.calls import Call
from pytest_enrich.payload.explore.entry import Entry

TEXT = {"name": "text", "kind": "positional"}
PARSE = Entry("fruits.reading", "parse", "function", (TEXT,))
ASK = Entry("fruits.reading", "Basket.ask", "method", (TEXT,))


class Basket:
    def __init__(self, size=1):
        self.size = size

    def ask(self, text):
        return text

    @classmethod
    def of(cls, text):
        return cls(len(text))


def parse(text):
    return text


@pytest.fixture
def module(monkeypatch):
    """The module `fruits.reading`, imported."""
    package, reading = ModuleType("fruits"), ModuleType("fruits.reading")
    for own in (Basket, parse):
        monkeypatch.setattr(own, "__module__", "fruits.reading")
        setattr(reading, own.__name__, own)
    package.reading = reading
    monkeypatch.setitem(sys.modules, "fruits", package)
    monkeypatch.setitem(sys.modules, "fruits.reading", reading)
    return reading


@pytest.fixture
def shown(module, tmp_path):
    """What pages with these texts show of an entry."""

    def show(entry, function, owner=None, **pages):
        for name, text in pages.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return examples.page_calls(entry, function, owner, module, str(tmp_path))

    return show


@pytest.mark.parametrize(
    "page",
    [
        "Read it:\n\n```python\nfrom fruits.reading import parse\n\nfruit = 'kiwi'\nparse(fruit)\n```\n",
        "1. Read it:\n\n   ```\n   import fruits.reading as r\n   r.parse('kiwi')\n   ```\n",
        "Read it::\n\n    fruits.reading.parse('kiwi')\n\nThat is all.\n",
        ".. code-block:: python\n\n   with open('a') as file:\n       print(parse('kiwi'))\n\nThat is all.\n",
        "Read it:\n\n>>> parse('kiwi')\n'kiwi'\n",
    ],
)
def test_a_call_that_a_page_shows_is_a_call_to_begin_with(shown, page):
    assert shown(PARSE, parse, README_md=page) == [Call("parse", (("text", "'kiwi'"),))]


def test_the_documentation_is_read_after_the_readme(shown):
    calls = shown(PARSE, parse, docs__use_rst="::\n\n    parse('fig')\n", README_rst="::\n\n    parse('kiwi')\n")
    assert [call.arguments for call in calls] == [(("text", "'kiwi'"),), (("text", "'fig'"),)]


@pytest.mark.parametrize(
    "page", ["json.parse('kiwi')", "import json\nfrom json import loads as parse\nparse('kiwi')"]
)
def test_a_namesake_is_another_function(shown, page):
    assert shown(PARSE, parse, README_md=f"```\n{page}\n```\n") == []


def test_a_method_is_called_on_the_object_that_the_page_makes(shown):
    page = "```\nbasket = Basket(2)\n```\n\nThen:\n\n```\nbasket.ask('kiwi')\n```\n"
    (call,) = shown(ASK, Basket.ask, Basket, README_md=page)
    assert call == Call("Basket.ask", (("text", "'kiwi'"),), "⟨fruits.reading:Basket⟩(2)")


def test_an_object_of_another_class_is_not_asked(shown, module, monkeypatch):
    other = type("Shelf", (), {"__module__": "fruits.reading"})
    monkeypatch.setattr(module, "Shelf", other, raising=False)
    assert shown(ASK, Basket.ask, Basket, README_md="```\nShelf().ask('kiwi')\n```\n") == []


def test_a_class_method_is_found_by_its_class(shown):
    entry = Entry("fruits.reading", "Basket.of", "classmethod", (TEXT,))
    page = "```\nfruits.reading.Basket.of('kiwi')\n```\n"
    assert shown(entry, Basket.of.__func__, Basket, README_md=page) == [Call("Basket.of", (("text", "'kiwi'"),))]


@pytest.mark.parametrize("page", ["parse('kiwi'", "parse(*many)", "parse(fruit)", "Write parse(it) there."])
def test_what_is_no_whole_call_shows_nothing(shown, page):
    assert shown(PARSE, parse, README_md=f"```\n{page}\n```\n") == []


def test_a_page_that_cannot_be_read_shows_nothing(shown, tmp_path):
    (tmp_path / "README.md").write_bytes(b"```\nparse('\xff')\n```\n")
    (tmp_path / "README.rst").symlink_to("nowhere")
    assert shown(PARSE, parse) == []
