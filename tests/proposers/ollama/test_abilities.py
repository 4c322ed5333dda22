"""What a model can do, as three tiny tasks show it."""

from __future__ import annotations

import pytest

from pytest_enrich.proposers.ollama import abilities
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.gate import Model, Pulled

CHAT = "POST /api/chat"


@pytest.fixture
def look(client, server, ollama, nowhere):
    """What is found of a model that says this to the task with these words in it, and does well at the others."""

    def look(part="", text="", *, answers=nowhere):
        def said(body):
            is_meant = part and part in body["messages"][-1]["content"]
            return ollama.reply(text if is_meant else ollama.shown(body))

        server.answer(CHAT, said)
        return abilities.look(
            Asker(client, Model(pulled=Pulled(name="m:1", digest="d"), name="m"), answers, lambda: 60.0)
        )

    return look


def test_a_model_that_does_all_three_plays_all_roles(look, server):
    assert look() == {"tests": True, "use": True, "names": True}
    assert len(server.bodies("/chat")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "I cannot.",
        "```python\ndef shorten(text, limit): ...\n```",
        "def test_a():\n    assert shorten('abc', 3) == 'abc'\n",  # not cut
        "def test_a():\n    shorten('abcdef', 3)\n",  # nothing asserted
        "def test_a():\n    assert shorten(text, 3)\n",
    ],
)
def test_without_a_test_that_gets_there_it_is_asked_for_none(look, text):
    assert look("shorten", text) == {"tests": False, "use": True, "names": True}


@pytest.mark.parametrize(
    "text",
    [
        "def test_a():\n    assert shorten('abcdef', 3) == 'wrong'\n",  # which value is right, the code says
        "def test_a():\n    result = shorten(text='abcdef', limit=3)\n    assert result\n",
        "from example import shorten\n\ndef test_a():\n    text = 'abcdef'\n    assert shorten(text, 3)\n",
    ],
)
def test_a_test_that_gets_there_is_enough(look, text):
    assert look("shorten", text)["tests"]


@pytest.mark.parametrize("text", ["Sure!", '"""text"""', '"""name = 1"""', "```\n# nothing\n```"])
def test_a_text_that_is_not_in_the_format_is_none(look, text):
    assert look("read_settings", text) == {"tests": True, "use": False, "names": True}


@pytest.mark.parametrize(
    "name", ["test_parse_age", "test_empty_text_is_refused", "test_unknown_shelf_is_refused", ""]
)
def test_a_name_that_says_nothing_or_another_case_is_none(look, name):
    assert look("parse_age", name) == {"tests": True, "use": True, "names": False}


def test_of_a_model_that_does_not_answer_nothing_is_known(server, ollama, client, nowhere):
    server.answer(CHAT, ollama.plain(400, b'{"error": "no"}'))
    assert abilities.look(Asker(client, Model(pulled=Pulled(name="m:1"), name="m"), nowhere, lambda: 60.0)) == {}


@pytest.mark.parametrize(
    ("able", "told"),
    [
        ({"tests": True, "use": True, "names": True}, "names, texts and scripts, whole tests"),
        ({"tests": False, "use": True, "names": True}, "names, texts and scripts; not whole tests"),
        ({}, "not known yet, no answer in time: names, texts and scripts, whole tests"),
    ],
)
def test_abilities_in_words(able, told):
    assert abilities.told(able) == told
