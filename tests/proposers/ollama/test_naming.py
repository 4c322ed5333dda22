from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Attempt, Kept, Origin
from pytest_enrich.proposers.ollama import naming
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.gate import Pulled
from pytest_enrich.proposers.ollama.naming import Naming
from pytest_enrich.proposers.ollama.question import Model

CHAT = "POST /api/chat"
GOOD = json.dumps({"name": "test_negative_total_is_free"})


@pytest.fixture
def test_of(fakes):
    def test_of(name="test_discount_2", strategy=""):
        code = f"def {name}():\n    assert discount(-1) == 0\n"
        origin = Origin(proposer="search", strategy=strategy)
        return replace(fakes.candidate(code), name=name, origin=origin, gaps=("cart-aaaaaaaa",))

    return test_of


@pytest.fixture
def named(client, server, fakes, ollama, nowhere):
    def named(test, text=GOOD, *, attempts=(), excluded=(), asked=0):
        server.answer(CHAT, ollama.reply(text))
        model = Model(pulled=Pulled(name="m:1", digest="d"), name="m:1")
        asker = Asker(client, model, nowhere, lambda: 60.0)
        asker.tally["name asked"] = asked
        task = replace(fakes.task(), attempts=attempts)
        return Naming(asker, excluded).named(task, test), server.bodies("/chat")

    return named


def test_a_test_whose_name_says_little_gets_another_and_stays_as_it_is(named, test_of):
    test = test_of()
    made, (asked,) = named(test)
    assert made.name == "test_negative_total_is_free"
    assert made.code == "def test_negative_total_is_free():\n    assert discount(-1) == 0\n"
    assert patch.body_of(made) == patch.body_of(test)
    assert replace(made, name=test.name, code=test.code) == test
    assert "def test_...():\n    assert discount(-1) == 0\n" in asked["messages"][-1]["content"]
    assert asked["format"]["properties"]["name"]["pattern"].startswith("^test_discount_[a-z]")


@pytest.mark.parametrize("test", [{"name": "test_discount_total_below_0"}, {"strategy": "scenario"}])
def test_a_good_name_is_left_without_asking(named, test_of, test):
    assert named(test_of(**test)) == (None, [])


def test_only_a_few_names_of_a_run_are_asked_for(named, test_of):
    assert named(test_of(), asked=naming.MOST) == (None, [])


def test_nothing_is_asked_about_an_excluded_file(named, test_of):
    assert named(test_of(), excluded=("src/shop/*",)) == (None, [])


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "test_",
        "test_discount",
        "test_discount_3",
        "test_" + "x" * 99,
        "test_größe_ist_gut",
        7,
        None,
        ["a"],
    ],
)
def test_a_name_that_is_none_or_no_better_is_left(named, test_of, name):
    assert named(test_of(), json.dumps({"name": name}))[0] is None


def test_a_name_that_has_nothing_to_do_with_the_test_is_left(named, test_of):
    copied = json.dumps({"name": "test_discount_cuts_a_long_text"})  # from the question, as qwen2.5-coder:0.5b did
    assert named(test_of(), copied)[0] is None


@pytest.mark.parametrize("text", ["", "I cannot.", "::add-mask::x", '{"other": 1}'])
def test_a_reply_without_a_name_is_left(named, test_of, text):
    assert named(test_of(), text)[0] is None


@pytest.mark.parametrize("name", ["free below 0 total", "test free-below: 0 total", "Test_Free_Below_0_Total"])
def test_a_name_is_made_one_of_pythons(named, test_of, name):
    made, _ = named(test_of(), json.dumps({"name": name}))
    assert made.name == "test_free_below_0_total"


def test_a_name_that_is_taken_is_left(named, test_of):
    kept = Kept(gaps=(), lines=(), branches=(), runs=(), seconds=0.0)
    other = test_of("test_negative_total_is_free")
    attempt = Attempt(path="", qualname="", digest="", candidate=other, verdict=kept)
    assert named(test_of(), attempts=(attempt,))[0] is None


@pytest.mark.parametrize(
    ("name", "little"),
    [
        ("test_discount", True),
        ("test_discount_12", True),
        ("test_cart_discount_2", True),
        ("test_discount_total_below_0", False),
        ("test_discount_returns_0", False),
    ],
)
def test_a_name_says_little_when_it_names_the_function_alone(name, little):
    assert naming.says_little(name, "Cart.discount") is little
