"""Against a real server: run where OLLAMA_HOST names one that answers. What a model says is not asserted."""

from __future__ import annotations

import os

import pytest

from pytest_enrich.config import Settings
from pytest_enrich.proposers.ollama import connect, prompt
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.connect import Connected
from pytest_enrich.proposers.ollama.protocol import Failure, Message, Options, Reply, Request
from pytest_enrich.proposers.ollama.question import Question

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.skipif("OLLAMA_HOST" not in os.environ, reason="OLLAMA_HOST names no server"),
]
WINDOW = 2048


class Shelf(dict):
    put = dict.__setitem__


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    place = tmp_path_factory.mktemp("project")
    found = connect.connect(Settings(rootdir=place, directory=place))
    assert isinstance(found, Connected), found
    yield found
    found.client.close()


@pytest.fixture
def ask(found):
    def ask(text, **changes):
        plain = {
            "model": found.model.name,
            "messages": (Message(role="user", content=text),),
            "options": Options(window=WINDOW, predict=32, temperature=0.0),
            "think": found.model.think,
        }
        return found.client.ask(Request(**{**plain, **changes}), 240.0)

    return ask


def test_a_model_is_found_with_its_digest(found):
    assert found.model.pulled.name
    assert len(found.model.pulled.digest) == 64


def test_a_reply_comes_with_the_servers_figures(ask):
    reply = ask("Say yes.")
    assert isinstance(reply, Reply), reply
    assert reply.counts.prompt
    assert 0 < reply.counts.reply <= 32


def test_a_prompt_that_does_not_fit_is_an_error_and_not_cut(ask):
    reply = ask("word " * 6000)
    assert isinstance(reply, Failure)
    assert reply.kind == "too long"


def test_loading_tells_how_fast_the_model_is(found):
    """So that a question for which there is no time is known before it is asked."""
    left = [240.0]
    asker = Asker(found.client, found.model, Shelf(), lambda: left[0])
    reply = asker.warm((prompt.INSTRUCTION,))
    assert isinstance(reply, Reply), reply
    left[0] = 0.001
    long = (prompt.INSTRUCTION, Message(role="user", content="word " * 200))
    assert asker.ask(Question(strategy="scenario", about="a.py::f", messages=long)) is None
    assert asker.unasked == {"a.py::f"}
    assert asker.seconds["needed by what was not asked"] > 0.001


def test_a_second_question_of_the_same_words_is_answered_from_what_was_kept(found):
    kept = Shelf()
    asker = Asker(found.client, found.model, kept, lambda: 240.0)
    question = Question(
        strategy="scenario",
        about="a.py::f",
        messages=(Message(role="user", content="Say yes."),),
        options=Options(predict=8),
    )
    first = asker.ask(question)
    again = asker.ask(question)
    assert first is not None, asker.tally
    assert again == first
    assert asker.tally["from before"] == 1
