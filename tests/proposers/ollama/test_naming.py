from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Attempt, Entry, Kept, NearTest, Oracle, Origin
from pytest_enrich.proposers.ollama import naming
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.gate import Pulled
from pytest_enrich.proposers.ollama.naming import Naming
from pytest_enrich.proposers.ollama.question import Model

CHAT = "POST /api/chat"
GOOD = json.dumps({"name": "test_negative_total_is_free"})
BARE = "def test_discount():\n    assert discount(10) == 10\n"
DOCUMENTED = 'def test_discount():\n    """Ten is ten."""\n    assert discount(10) == 10\n'
SAID = "A negative total is free."


@pytest.fixture
def test_of(fakes):
    def test_of(name="test_discount_2", strategy="inputs"):
        code = f"def {name}():\n    assert discount(-1) == 0\n"
        origin = Origin(proposer="ollama", model="m:1", strategy=strategy)
        return replace(fakes.candidate(code), name=name, origin=origin, gaps=("cart-aaaaaaaa",))

    return test_of


@pytest.fixture
def named(client, server, fakes, ollama, nowhere):
    def named(test, text=GOOD, *, near=BARE, parameters=7e9, **changes):
        server.answer(CHAT, ollama.reply(text))
        nearest = (NearTest(nodeid=f"{fakes.TESTS}::test_discount", shared=3),)
        target = fakes.target(entries=(Entry(qualname="discount", kind="function"),), nearest=nearest)
        asker = Asker(
            client,
            Model(pulled=Pulled(name="m:1", digest="d", parameters=parameters), name="m:1"),
            nowhere,
            lambda: 60.0,
        )
        attempts, excluded = changes.get("attempts", ()), changes.get("excluded", ())
        task = replace(fakes.task(target=target), attempts=attempts, test_text=near)
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


@pytest.mark.parametrize(
    "test", [{"name": "test_discount_total_below_0"}, {"strategy": "scenario"}, {"strategy": ""}]
)
def test_a_good_name_is_left_without_asking(named, test_of, test):
    assert named(test_of(**test)) == (None, [])


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


def test_a_small_model_is_not_asked_for_names(named, test_of):
    assert named(test_of(), parameters=5e8) == (None, [])


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


# --- docstrings


def both(docstring=SAID, name="test_negative_total_is_free"):
    return json.dumps({"name": name, "docstring": docstring})


def test_where_the_nearest_test_has_a_docstring_the_new_one_gets_one(named, test_of):
    test = test_of()
    made, (asked,) = named(test, both(), near=DOCUMENTED)
    assert made.code == (
        'def test_negative_total_is_free():\n    """A negative total is free."""\n    assert discount(-1) == 0\n'
    )
    assert patch.body_of(made) == patch.body_of(test)
    assert list(asked["format"]["properties"]) == ["name", "docstring"]


def test_where_the_nearest_test_has_none_none_is_asked_for(named, test_of):
    made, (asked,) = named(test_of(), both(), near=BARE)
    assert list(asked["format"]["properties"]) == ["name"]
    assert SAID not in made.code


@pytest.mark.parametrize("strategy", ["scenario", "repair", "inputs"])
def test_a_test_with_a_good_name_keeps_it_and_gets_a_docstring(named, test_of, strategy):
    test = test_of("test_discount_total_below_0", strategy=strategy)
    made, (asked,) = named(test, json.dumps({"docstring": SAID}), near=DOCUMENTED)
    assert list(asked["format"]["properties"]) == ["docstring"]
    assert made.code == test.code.replace("():\n", '():\n    """A negative total is free."""\n')


def test_a_test_that_has_a_docstring_is_left_without_asking(named, test_of):
    test = test_of("test_discount_total_below_0")
    told = replace(test, code=test.code.replace("():\n", '():\n    """Said."""\n'))
    assert named(told, both(), near=DOCUMENTED) == (None, [])


@pytest.mark.parametrize(
    "said",
    [
        "", "x", "free", 7, None, ["a b"], "total \n free", 'total """ free', "total \\ free",
        "total ::add-mask:: free", "total is " + "very " * 40 + "free", "Bananas are yellow.",
        "\x1b[31m total is free", "`total` is free",
    ],
)  # fmt: skip
def test_a_docstring_that_is_none_or_about_something_else_is_left(named, test_of, said):
    made, _ = named(test_of("test_discount_total_below_0"), json.dumps({"docstring": said}), near=DOCUMENTED)
    assert made is None


def test_a_name_is_taken_without_a_docstring_that_is_none(named, test_of):
    made, _ = named(test_of(), both(docstring=""), near=DOCUMENTED)
    assert made.code == "def test_negative_total_is_free():\n    assert discount(-1) == 0\n"


def test_what_is_said_of_a_line_is_said_of_it_where_it_stands_now(named, test_of):
    said = Oracle(line=2, what="0", source="observed", look=True)
    made, _ = named(replace(test_of(), oracle=(said,)), both(), near=DOCUMENTED)
    assert [one.line for one in made.oracle] == [3]


@pytest.mark.parametrize("near", ["", "def (", DOCUMENTED.replace("test_discount", "test_other")])
def test_where_the_nearest_test_cannot_be_found_none_is_asked_for(named, test_of, near):
    assert named(test_of("test_discount_total_below_0"), near=near) == (None, [])
