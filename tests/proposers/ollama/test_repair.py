from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Dropped, Entry, Kept, Origin
from pytest_enrich.proposers.ollama.asking import IDLE, Asker
from pytest_enrich.proposers.ollama.gate import Pulled
from pytest_enrich.proposers.ollama.question import Model, Nowhere
from pytest_enrich.proposers.ollama.repair import Repair
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
def propose(client, server, fakes, ollama):
    def propose(*attempts, reply=MENDED, model=LARGE, literal=False, so_far=(), excluded=()):
        server.answer(CHAT, ollama.reply(reply))
        entry = Entry(qualname="discount", kind="function")
        task = replace(fakes.task(target=fakes.target(entries=(entry,))), attempts=tuple(attempts))
        asker = Asker(
            client, Model(pulled=model, name="m"), Nowhere(), lambda: 60.0, attempts=lambda: list(so_far)
        )
        made = list(Repair(asker, excluded, literal=literal).propose(task))
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
    list(Scenario(asker, literal=False).propose(fakes.task(target=fakes.target(entries=(entry,)))))
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


@pytest.mark.parametrize("strategy", ["", "inputs", "repair"])
def test_only_the_first_try_of_a_whole_test_is_repaired(propose, attempt, strategy):
    assert propose(attempt(dropped(), strategy=strategy))[:2] == ([], [])


def test_a_test_of_an_earlier_walk_is_not_repaired_again(propose, attempt):
    assert propose(attempt(dropped(), seed=6))[:2] == ([], [])


@pytest.mark.parametrize("reply", [CODE, CODE.replace("test_free", "test_other"), "I am sorry.", ""])
def test_the_same_again_or_nothing_is_no_candidate(propose, attempt, reply):
    made, chats, _ = propose(attempt(dropped()), reply=reply)
    assert (made, len(chats)) == ([], 1)


@pytest.mark.parametrize(
    "changes", [{"literal": True}, {"model": replace(LARGE, parameters=1e9)}, {"excluded": ("src/shop/*",)}]
)
def test_who_is_not_asked_for_whole_tests_repairs_none(propose, attempt, changes):
    assert propose(attempt(dropped()), **changes)[:2] == ([], [])


def test_when_no_repair_was_ever_kept_none_is_asked_for(propose, attempt):
    earlier = [attempt(dropped(), strategy="repair", prompt=str(number)) for number in range(IDLE)]
    assert propose(attempt(dropped()), so_far=earlier)[:2] == ([], [])
