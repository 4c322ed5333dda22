"""A kept test as a model says it: what of it is taken, and what stays as it was."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Attempt, Kept, Origin
from pytest_enrich.proposers.ollama import naming
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.gate import Model, Pulled
from pytest_enrich.proposers.ollama.wording import Said, Wording, read

CHAT = "POST /api/chat"
GOOD = "test_discount_of_negative_total"
KEPT = Kept(gaps=(), lines=(), branches=(), runs=(), seconds=0.0)
DOCUMENTED = 'def test_discount():\n    """Nothing is taken off."""\n    assert discount(10) == 10\n'


@pytest.fixture
def test_of(fakes):
    def test_of(name="test_discount_2", call="discount(-1)", **origin):
        code = f"def {name}():\n    assert {call} == 0\n"
        origin = Origin(**{"proposer": "search", **origin})
        return replace(fakes.candidate(code), name=name, origin=origin, gaps=("cart-aaaaaaaa",))

    return test_of


@pytest.fixture
def worded(client, server, fakes, ollama, nowhere):
    """The versions of a test when a model says this of it, and what it was asked."""

    def worded(test, said, *, excluded=(), **task):
        server.answer(CHAT, ollama.reply(said))
        asker = Asker(
            client,
            Model(pulled=Pulled(name="m:1", digest="d"), name="m:1"),
            nowhere,
            lambda: 60.0,
        )
        kept = Attempt(path="", qualname="", digest="", candidate=test, verdict=KEPT)
        versions = Wording(asker, excluded).versions(replace(fakes.task(), **task), kept)
        return list(versions), server.bodies("/chat")

    return worded


def name_of(found):
    """The name that a test gets, "" where it keeps its own."""
    versions, _ = found
    return versions[0].name if versions else ""


def test_a_test_whose_name_says_little_gets_another_and_stays_as_it_is(worded, test_of):
    test = test_of()
    (made,), (asked,) = worded(test, GOOD)
    assert made.code == "def test_discount_of_negative_total():\n    assert discount(-1) == 0\n"
    assert patch.body_of(made) == patch.body_of(test)
    assert "def test_...():\n    assert discount(-1) == 0" in asked["messages"][-1]["content"]


def test_who_named_it_is_said_beside_who_found_it(worded, test_of):
    (made,), _ = worded(test_of(), GOOD)
    assert (made.origin.proposer, made.origin.model, made.origin.worded) == ("search", "m:1", ("name",))
    assert len(made.origin.prompt) == 64


REFUSED = "def {}():\n    with pytest.raises(TotalError):\n        discount(-1)\n"


@pytest.mark.parametrize(
    "said",
    [
        "test_discount_of_negative_total raises_error",
        "test_discount_of_negative_total_raises",
        "test_discount_of_negative_total_raises_ValueError",
    ],
)
def test_of_an_exception_the_name_says_which_one_it_is(worded, test_of, said):
    test = replace(test_of("test_total_error"), code=REFUSED.format("test_total_error"))
    assert name_of(worded(test, said)) == "test_discount_of_negative_total_raises_total_error"


def test_of_an_exception_the_models_name_may_have_a_word_of_its_own(worded, test_of):
    test = replace(test_of("test_negative_total"), code=REFUSED.format("test_negative_total"))
    (made,), (asked,) = worded(test, "test_debt_of_negative_total_is_refused")
    assert made.name == "test_debt_of_negative_total_is_refused"
    assert asked["messages"][-1]["content"].endswith("Its name?")


def test_what_else_comes_of_it_the_model_says_in_a_sentence_first(worded, test_of):
    (made,), (asked,) = worded(test_of(), f"A negative total is free.\n{GOOD}")
    assert made.name == GOOD
    assert asked["messages"][-1]["content"].endswith("One sentence, then its name.")


@pytest.mark.parametrize(
    "name",
    [
        "test_debt_of_negative_total_is_free",  # no debt is in sight
        "test_discount_of_negative_total_is_handled",
        "test_discount_of_negative_total_raises_error",  # nothing is raised
        "test_discount_of_negative_total_without_code",
        "test_discount_with_negative_total_is_discount",  # whose?
    ],
)
def test_of_what_else_comes_of_it_nothing_is_taken_that_is_made_up_or_says_nothing(worded, test_of, name):
    assert worded(test_of(), name)[0] == []


@pytest.mark.parametrize("end", ["cannot_be", "m"])
def test_a_name_that_breaks_off_is_not_taken(worded, test_of, end):
    said = f"test_discount_of_negative_total_{end}"
    test = replace(test_of("test_total_error"), code=REFUSED.format("test_total_error"))
    assert worded(test, said)[0] == []


def test_the_code_that_the_test_runs_is_shown_with_its_lines_marked(worded, test_of, fakes):
    source = "def discount(total):\n    # none\n    if total < 0:\n        return 0\n    return total\n"
    _, (asked,) = worded(test_of(), GOOD, target=fakes.target(source=source))
    shown = asked["messages"][-1]["content"]
    assert "# target: src/shop/cart.py::discount\n" in shown
    assert "    if total < 0:  # <==\n        return 0  # <==\n    return total\n" in shown


def test_our_name_stays_where_the_models_says_no_more(worded, test_of):
    assert worded(test_of("test_negative_total_gives_nothing"), "test_discount_negative")[0] == []


def test_why_a_program_exits_the_model_does_not_say(worded, test_of):
    code = REFUSED.format("test_main_exits").replace("TotalError", "SystemExit")
    assert worded(replace(test_of("test_main_exits"), code=code), "test_discount_of_negative_total_exits")[0] == []


def test_a_docstring_comes_with_a_name_and_not_alone(worded, test_of):
    said = "A negative total is free.\ntest_discount_works"
    assert worded(test_of(), said, test_text=DOCUMENTED)[0] == []


@pytest.mark.parametrize("name", ["test_discount_rejects_negative_total", "test_rejects_negative_total"])
def test_what_a_message_says_is_refused_stays(worded, test_of, name):
    test = replace(test_of(name), code=REFUSED.format(name))
    assert worded(test, "test_discount_of_negative_total_raises_total_error")[0] == []


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("discount([1, 2])", "test_discount_of_a_list_of_totals"),
        ("discount('0x1f')", "test_discount_of_hexadecimal_total"),
    ],
)
def test_what_kind_of_value_is_passed_everybody_sees(worded, test_of, call, name):
    assert name_of(worded(test_of(call=call), name)) == name


def test_a_hyphen_in_a_text_is_no_sign(worded, test_of):
    test = replace(test_of(call="discount('AB-12')"), title="discount: gives 0 for 'AB-12'")
    assert worded(test, "test_negative_discount_of_ab")[0] == []


def test_a_number_in_a_text_shows_what_it_is(worded, test_of):
    test = test_of(call="discount(Decimal('-2.50'))")
    assert name_of(worded(test, "test_discount_of_negative_decimal")) == "test_discount_of_negative_decimal"


@pytest.mark.parametrize(
    "name",
    [
        "test_empty_total_is_free",  # nothing empty is passed
        "test_discount_of_an_expired_negative_voucher_code",  # much that nobody knows
        "test_discount_works_correctly",  # nothing of the case
        "test_discount",
        "test_discount_3",
        "test_größe_ist_gut",
        "test_" + "negative_" * 9 + "total",
        "",
    ],
)
def test_a_name_that_invents_or_says_nothing_is_left(worded, test_of, name):
    assert worded(test_of(), name)[0] == []


def test_what_the_prompt_says_as_an_example_is_no_answer(worded, test_of):
    assert [name for name in naming.SAID if name_of(worded(test_of(), name))] == []


def test_a_name_that_is_taken_is_left(worded, test_of):
    text = f"def {GOOD}():\n    pass\n"
    assert worded(test_of(), GOOD, test_text=text)[0] == []


@pytest.mark.parametrize(
    "name", ["test_discount-of: negative total", "`Test_Discount_of_Negative_Total`", "discount_of_negative_total"]
)
def test_a_name_is_made_one_of_pythons(worded, test_of, name):
    assert name_of(worded(test_of(), name)) == GOOD


def test_a_test_gets_a_docstring_where_others_have_one(worded, test_of):
    said = f"A negative total is free.\n{GOOD}"
    (made,), (asked,) = worded(test_of(), said, test_text=DOCUMENTED)
    assert made.code == f'def {GOOD}():\n    """A negative total is free."""\n    assert discount(-1) == 0\n'
    assert made.origin.worded == ("name", "docstring")
    assert asked["messages"][-1]["content"].endswith("One sentence, then its name.")


@pytest.mark.parametrize(
    "said", ['"""os.remove(1)"""', "Works.", "A negative\\n total\u202e.", "A missing total. " * 9]
)
def test_a_sentence_that_is_none_or_says_nothing_is_left(worded, test_of, said):
    (made,), _ = worded(test_of(), f"{said}\n{GOOD}", test_text=DOCUMENTED)
    assert made.origin.worded == ("name",)


def test_without_docstrings_there_none_is_asked_for_and_none_put_in(worded, test_of):
    (made,), (asked,) = worded(test_of(), f"A negative total is free.\n{GOOD}")
    assert '"""' not in made.code
    assert "format" not in asked


@pytest.mark.parametrize("text", ["", "I cannot.", "::add-mask::x", '{"other": 1}', "test_ x", "[" * 9999])
def test_a_reply_without_words_is_left(worded, test_of, text):
    assert worded(test_of(), text)[0] == []


def test_a_reply_is_read_from_its_first_name_on():
    assert read(f"It shows:\n\n**A sentence.**\n`{GOOD}`\ntest_other_thing") == Said(
        name=GOOD, sentence="A sentence."
    )


def test_a_models_own_test_is_not_asked_about(worded, test_of):
    assert worded(test_of(model="m:1", strategy="scenario"), GOOD) == ([], [])


@pytest.mark.parametrize("glob", ["src/shop/*", "tests/*"])
def test_nothing_is_asked_about_an_excluded_file(worded, test_of, glob):
    assert worded(test_of(), GOOD, excluded=(glob,)) == ([], [])


@pytest.fixture
def wording(client, nowhere):
    """Asks the fake server."""
    asker = Asker(client, Model(pulled=Pulled(name="m:1", digest="d"), name="m:1"), nowhere, lambda: 60.0)
    return Wording(asker)


def test_no_two_tests_of_a_file_get_the_same_name(wording, server, fakes, ollama, test_of):
    server.answer(CHAT, ollama.reply(GOOD))
    first, second = (
        Attempt(path="", qualname="", digest="", candidate=test_of(name), verdict=KEPT)
        for name in ("test_discount_2", "test_discount_3")
    )
    assert [made.name for made in wording.versions(fakes.task(), first)] == [GOOD]
    assert [*wording.versions(fakes.task(), second)] == []
