from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Dropped, Entry, Kept, NewTest, Oracle, Origin, Placement
from pytest_enrich.proposers.ollama.asking import IDLE, Asker
from pytest_enrich.proposers.ollama.gate import Pulled
from pytest_enrich.proposers.ollama.question import Model
from pytest_enrich.proposers.ollama.repair import Corrected, Repair
from pytest_enrich.proposers.ollama.scenario import Scenario

CHAT = "POST /api/chat"
CODE = "def test_free():\n    assert discount() == 0\n"
MENDED = "def test_free():\n    assert discount(-1) == 0\n"
RAISED = (
    "tests/test_cart.py:9: in test_free\n    assert discount() == 0\nE   TypeError: discount() missing 'total'"
)
DISAGREES = ">       assert discount() == 0\nE       assert 5 == 0\n"
LARGE = Pulled(name="m:7b", digest="d", parameters=7e9)


def dropped(rung="passes", reason="failed", detail=RAISED):
    return Dropped(rung=rung, reason=reason, detail=detail)


@pytest.fixture
def attempt(fakes):
    def attempt(verdict, strategy="scenario", code=CODE, seed=7, prompt=""):
        origin = Origin(proposer="ollama", seed=seed, model="m:7b", strategy=strategy, prompt=prompt)
        made = replace(fakes.candidate(), code=code, name="test_free", origin=origin, gaps=("cart-aaaaaaaa",))
        return Attempt(path="", qualname="", digest="", candidate=made, verdict=verdict)

    return attempt


@pytest.fixture
def propose(client, server, fakes, ollama, nowhere):
    def propose(*attempts, reply=MENDED, model=LARGE, so_far=(), excluded=()):
        server.answer(CHAT, ollama.reply(reply))
        entry = Entry(qualname="discount", kind="function")
        task = replace(fakes.task(target=fakes.target(entries=(entry,))), attempts=tuple(attempts))
        asker = Asker(client, Model(pulled=model, name="m"), nowhere, lambda: 60.0, attempts=lambda: list(so_far))
        made = list(Repair(asker, excluded).propose(task))
        return made, [body["messages"] for body in server.bodies("/chat")], asker

    return propose


def test_a_test_that_failed_is_shown_once_more_with_its_end(propose, attempt):
    (made,), (chat,), _ = propose(attempt(dropped()))
    assert (made.code, made.origin.strategy, made.origin.model) == (MENDED, "repair", "m:7b")
    assert len(made.origin.prompt) == 64
    assert chat[-2] == {"role": "assistant", "content": f"```python\n{CODE}```"}
    assert chat[-1]["content"].startswith("It failed:\nE   TypeError: discount() missing 'total'\nWrite the whole")


def test_what_was_said_before_comes_first_so_that_it_is_read_once(propose, attempt, server, fakes):
    _, (chat,), asker = propose(attempt(dropped()))
    entry = Entry(qualname="discount", kind="function")
    list(Scenario(asker).propose(fakes.task(target=fakes.target(entries=(entry,)))))
    assert server.bodies("/chat")[-1]["messages"] == chat[:2]


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (dropped("gains", "closes no gap", ""), "It passes, but does not get to the marked line.\n"),
        (dropped("asserts", "asserts nothing about the code", ""), "It asserts nothing about the code.\n"),
        (dropped(detail=""), "It failed.\n"),
    ],
)
def test_other_ends_are_told_in_words(propose, attempt, verdict, told):
    _, (chat,), _ = propose(attempt(verdict))
    assert chat[-1]["content"].startswith(told)


def test_a_long_failure_is_cut(propose, attempt):
    _, (chat,), _ = propose(attempt(dropped(detail="E   " + "x" * 9000)))
    assert len(chat[-1]["content"]) < 700


@pytest.mark.parametrize(
    "verdict",
    [
        Kept(gaps=(), lines=(), branches=(), runs=(), seconds=0.0),
        dropped("allowed", "uses subprocess"),
        dropped("stable", "does not pass backwards"),
        dropped("kills", "kills no mutant"),
        dropped(detail=DISAGREES),
    ],
)
def test_what_a_second_look_would_not_or_must_not_mend_is_left(propose, attempt, verdict):
    assert propose(attempt(verdict))[:2] == ([], [])


@pytest.mark.parametrize("strategy", ["", "repair"])
def test_only_the_first_try_of_a_whole_test_is_repaired(propose, attempt, strategy):
    assert propose(attempt(dropped(), strategy=strategy))[:2] == ([], [])


def test_a_test_of_an_earlier_walk_is_not_repaired_again(propose, attempt):
    assert propose(attempt(dropped(), seed=6))[:2] == ([], [])


@pytest.mark.parametrize("reply", [CODE, CODE.replace("test_free", "test_other"), "I am sorry.", ""])
def test_the_same_again_or_nothing_is_no_candidate(propose, attempt, reply):
    made, chats, _ = propose(attempt(dropped()), reply=reply)
    assert (made, len(chats)) == ([], 1)


def test_nothing_is_asked_about_an_excluded_file(propose, attempt):
    assert propose(attempt(dropped()), excluded=("src/shop/*",))[:2] == ([], [])


def test_when_no_repair_was_ever_kept_none_is_asked_for(propose, attempt):
    earlier = [attempt(dropped(), strategy="repair", prompt=str(number)) for number in range(IDLE)]
    assert propose(attempt(dropped()), so_far=earlier)[:2] == ([], [])


DISAGREEING = "def test_a():\n    assert discount(1) == 1\n    assert discount(-1) == 5\n"
FAILED = """\
tests/test_cart.py:12: in test_a
    assert discount(-1) == 5
E   assert 0 == 5
E    +  where 0 = discount(-1)"""
LONG = """
    def test_a():
        assert discount(1) == 1
>       assert discount(-1) == 5
E       assert 0 == 5

tests/test_cart.py:12: AssertionError
"""
MARKED = """\
tests/test_cart.py:12: in test_a
    assert discount(-1) == 5
           ^^^^^^^^^^^^^^^^^
E   AssertionError: assert 0 == 5"""


@pytest.fixture
def correct(fakes):
    def correct(code=DISAGREEING, detail=FAILED, strategy="scenario", verdict=None, docstring=None):
        lines = [number for number, line in enumerate(code.splitlines(), 1) if "assert" in line]
        test = NewTest(
            name="test_a", code=code, imports=(), title="", look="",
            placement=Placement(path="tests/test_cart.py"),
            oracle=tuple(Oracle(line=one, what="x", source="model", look=one == lines[0]) for one in lines),
            origin=Origin(proposer="ollama", strategy=strategy), gaps=("cart-aaaaaaaa",),
        )  # fmt: skip
        verdict = verdict or Dropped(rung="passes", reason="failed", detail=detail)
        attempt = Attempt(path="", qualname="", digest="", candidate=test, verdict=verdict)
        task = replace(fakes.task(target=fakes.target(docstring=docstring)), attempts=(attempt,))
        return list(Corrected().propose(task))

    return correct


def failed(seen, expected, call="discount(-1)"):
    return {
        "code": f"def test_a():\n    assert {call} == {expected}\n",
        "detail": f">       assert {call} == {expected}\nE       assert {seen}\n",
    }


@pytest.mark.parametrize("detail", [FAILED, LONG, MARKED])
def test_the_value_that_was_seen_takes_the_models_place(correct, detail):
    (made,) = correct(detail=detail)
    assert made.code == DISAGREEING.replace("5", "0")
    assert made.look == "the model expected 5, 0 was seen when the code ran: which one is right?"


def test_the_question_is_about_the_value_that_was_changed(correct):
    (made,) = correct()
    assert [(one.line, one.source, one.look) for one in made.oracle] == [
        (2, "model", False),
        (3, "observed", True),
    ]
    assert made.oracle[1].what == "0"


@pytest.mark.parametrize(
    ("seen", "expected", "literal"),
    [
        ("'a' == 'b'", "'b'", "'a'"),
        ("[1, 2] == [1]", "[1]", "[1, 2]"),
        ("None == 3", "3", "None"),
        ("-1 == 1", "1", "-1"),
        ("'x == 5' == 5", "5", "'x == 5'"),
    ],
)
def test_any_literal_may_take_it(correct, seen, expected, literal):
    (made,) = correct(**failed(seen, expected))
    assert made.code == f"def test_a():\n    assert discount(-1) == {literal}\n"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("<Cart object at 0x7f> == 5", "5"),
        ("[0, 1, 2, 3, 4, ...] == []", "[]"),
        ("False", "5"),
        ("0 == 6", "5"),
        ("'" + "x" * 200 + "' == 5", "5"),
        ("__import__('os') == 5", "5"),
    ],
)
def test_what_is_no_whole_literal_is_left(correct, seen, expected):
    assert correct(**failed(seen, expected)) == []


def test_the_test_file_may_have_other_quotes(correct):
    given = failed("'a' == 'b'", "'b'")
    (made,) = correct(**{**given, "detail": given["detail"].replace("== 'b'\nE", '== "b"\nE')})
    assert made.code == "def test_a():\n    assert discount(-1) == 'a'\n"


@pytest.mark.parametrize("expected", ["other(1)", "x"])
def test_what_was_compared_with_no_literal_is_left(correct, expected):
    assert correct(**failed("0 == 5", expected)) == []


@pytest.mark.parametrize(
    "detail",
    ["", "E   NameError: name 'x' is not defined", ">       assert other() == 5\nE       assert 0 == 5\n"],
)
def test_another_failure_is_left(correct, detail):
    assert correct(detail=detail) == []


def test_where_the_docstring_sides_with_the_model_nothing_is_stated(correct):
    given = failed("'gave up' == 'gives up'", "'gives up'")
    assert correct(**given, docstring="Returns 'gives up' when nothing is left.") == []
    assert len(correct(**given, docstring="Returns a text.")) == 1


def test_tests_that_observe_are_not_corrected(correct):
    assert correct(strategy="") == []


def test_a_test_that_was_kept_is_left(correct):
    assert correct(verdict=Kept(gaps=(), lines=(), branches=(), runs=(), seconds=0.0)) == []


def test_a_test_that_missed_another_rung_is_left(correct):
    assert correct(verdict=Dropped(rung="gains", reason="nothing", detail=FAILED)) == []
