"""Texts and scripts of a model's as material for the search."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Entry, Explore, Explored, Observation, Parameter, Record, Recorded
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.gate import Model, Pulled
from pytest_enrich.proposers.ollama.use import SAMPLES, Use, written

CHAT = "POST /api/chat"
TEXT = "Fetch rows.\n\nArgs:\n    table: An open table."
NOTHING = Recorded(calls=(), constructors=(), outcomes=())


TEXTUAL = (Parameter(name="text", kind="positional", annotation="str"),)


@pytest.fixture
def use(client, server, nowhere, ollama, fakes):
    """What is proposed when the model answers so, and what the search was asked to do."""

    def use(*replies, finding=None, parameters=TEXTUAL, **entry):
        server.answer(CHAT, *(ollama.reply(reply) for reply in replies))
        found = (finding,) if finding else ()
        sandbox = fakes.ScriptedSandbox({Record: NOTHING, Explore: Explored(findings=found, executions=9)})
        asker = Asker(client, Model(pulled=Pulled(name="m:1b"), name="m"), nowhere, lambda: 60.0)
        way_in = Entry(**{"qualname": "discount", "kind": "function", "parameters": parameters, **entry})
        task = replace(fakes.task(target=fakes.target(entries=(way_in,))), source_text="def discount(text): ...\n")
        return list(Use(asker, sandbox).propose(task)), sandbox.asked(Explore)

    return use


def test_the_search_goes_on_from_the_models_texts(use, server):
    _, (job,) = use(f'"""{TEXT}"""', "I cannot.")
    (call, *_), value = job.entries[0].calls, repr(TEXT)
    assert [(argument.name, argument.value) for argument in call.arguments] == [("text", value)]
    assert value in job.constants
    asked = [body["messages"][-1]["content"] for body in server.bodies("/chat")]
    assert len(asked) == SAMPLES + 1
    assert all(text.startswith("# src/shop/cart.py\ndef discount(text): ...\n") for text in asked)
    assert "A test calls discount(text). Write one realistic text" in asked[0]
    assert "Write a short Python script that imports from shop.cart" in asked[-1]


def test_a_test_with_the_models_text_is_the_models(use, fakes):
    action = "⟨shop.cart:discount⟩('Fetch rows.')"
    (made, *_), _ = use(f'"""{TEXT}"""', finding=fakes.finding(action=action))
    assert (made.origin.proposer, made.origin.strategy, made.origin.model) == ("ollama", "use", "m:1b")
    assert len(made.origin.prompt) == 64


def test_a_test_without_it_is_the_searchs(use, fakes):
    (made, *_), _ = use(f'"""{TEXT}"""', finding=fakes.finding(action="⟨shop.cart:discount⟩('a')"))
    assert (made.origin.proposer, made.origin.model, made.origin.prompt) == ("search", "", "")


def test_an_object_that_is_made_of_nothing_is_given_the_text(use):
    _, (job,) = use(f'"""{TEXT}"""', qualname="Cart.parse", kind="method")
    assert job.entries[0].calls[0].receiver == "⟨shop.cart:Cart⟩()"


def test_where_more_has_to_be_given_the_texts_are_values_only(use):
    both = (Parameter(name="text", kind="positional", annotation="str"), Parameter(name="n", kind="positional"))
    _, (job,) = use(f'"""{TEXT}"""', parameters=both)
    assert job.entries[0].calls == ()
    assert repr(TEXT) in job.constants


def test_who_takes_no_text_is_asked_about_with_a_script(use, server):
    _, (job,) = use(
        "```python\nfrom shop.cart import discount\ndiscount(3, 'summer')\n```",
        parameters=(Parameter(name="n", kind="positional", annotation="int"),),
    )
    assert "'summer'" in job.constants
    assert len(server.bodies("/chat")) == 1


def test_without_a_word_of_the_models_there_is_nothing_to_do(use):
    assert use("", parameters=()) == ([], [])


@pytest.mark.parametrize(
    ("reply", "texts"),
    [
        (f'"""{TEXT}"""', [TEXT]),
        (f"Sure:\n```\n{TEXT}\n```", [TEXT]),
        (TEXT, [TEXT]),
        ("'''one two'''\n'''three four'''", ["one two", "three four"]),
        ("ab", []),
        ("x" * 9999, []),
    ],
)
def test_a_text_is_what_is_between_quotes_or_in_a_block_or_the_whole(reply, texts):
    assert list(written(reply, "text")) == texts


def test_of_a_script_its_literals_are_material():
    assert list(written("```python\nf('spring', b'x', 3)\n```\nmore 'words'", "script")) == ["spring"]


def test_observations_are_what_the_test_states(use, fakes):
    seen = Observation(subject="result", value="7")
    (made, *_), _ = use(f'"""{TEXT}"""', finding=fakes.finding(seen, action="⟨shop.cart:discount⟩('Fetch rows.')"))
    assert "== 7" in made.code


def test_a_text_ends_where_the_model_says_the_code_again_and_a_script_does_not(use, server):
    use(f'"""{TEXT}"""')
    stops = [body["options"].get("stop", []) for body in server.bodies("/chat")]
    assert ["\ndef " in stop for stop in stops] == [True] * SAMPLES + [False]
