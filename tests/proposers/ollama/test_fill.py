from __future__ import annotations

import json

import pytest

from pytest_enrich.data import (
    Argument,
    Call,
    Entry,
    Explore,
    Explored,
    NearTest,
    Parameter,
    Record,
    Recorded,
    Variant,
    Varied,
    Vary,
)
from pytest_enrich.data.varying import Sighting
from pytest_enrich.proposers.ollama import fill
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.fill import Fill, Seeded
from pytest_enrich.proposers.ollama.gate import Pulled
from pytest_enrich.proposers.ollama.protocol import Message
from pytest_enrich.proposers.ollama.question import Model, Question
from pytest_enrich.proposers.rows import reading
from pytest_enrich.proposers.search import SearchProposer
from pytest_enrich.writing.syntax import Text
from tests.proposers.rows.conftest import once

GENERATE = "POST /api/generate"
ABLE = Pulled(name="m:1", digest="d", capabilities=frozenset({"completion", "insert"}))
TEXT = """import pytest
from shop.cart import discount


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (10, 10),
        (20, 20),
    ],
)
def test_discount(total, expected):
    assert discount(total) == expected
"""
NODEID = "tests/test_cart.py::test_discount"


def generated(ollama, text):
    """What `/api/generate` says, in the form of the recorded exchange."""
    part = {"model": "m", "created_at": "2026-11-24T22:52:40Z", "response": text, "done": False}
    last = {**part, "response": "", "done": True, "done_reason": "stop", "prompt_eval_count": 300, "eval_count": 9}
    return ollama.stream(*(json.dumps(one).encode() + b"\n" for one in (part, last)))


@pytest.fixture
def propose(client, server, fakes, ollama, nowhere):
    def propose(reply, text=TEXT, model=ABLE, excluded=(), varied=Varied(variants=(), executions=5)):  # noqa: B008
        server.answer(GENERATE, generated(ollama, reply) if isinstance(reply, str) else reply)
        sandbox = fakes.ScriptedSandbox({Vary: once(varied)})
        asker = Asker(client, Model(pulled=model, name="m"), nowhere, lambda: 60.0)
        near = (NearTest(nodeid=f"{NODEID}[1]", shared=2),)
        target = fakes.target(nearest=near, constants=("3",))
        made = list(Fill(asker, sandbox, lambda _path: text, excluded).propose(fakes.task(target=target)))
        return made, sandbox.asked(Vary), server.bodies("/generate")

    return propose


def test_a_model_goes_on_with_an_existing_list(propose):
    _, _, (asked,) = propose("(-1, 0),")
    assert asked["prompt"].endswith("[\n        (10, 10),\n        (20, 20),\n")
    assert asked["suffix"].startswith(
        "\n    ],\n)\ndef test_discount(total, expected):\n    assert discount(total)"
    )
    assert "# The last rows of this test get to the marked line. On the way: `" in asked["prompt"]
    assert asked["options"]["stop"] == list(fill.STOP)


def test_its_inputs_are_what_the_test_is_run_with_first_and_what_it_expects_is_not(propose):
    _, (job, *_), _ = propose("(-1, 777),\n        (10, 5),\n        (-2, 0),\n    ],")
    assert job.constants == ("-1", "-2", "3")


def test_what_was_seen_becomes_a_row(propose):
    seen = (Sighting(point=0, value="0"),)
    variant = Variant(pattern=0, row=0, values=((0, "-1"),), branches=((3, 4),), reached=(4,), seen=seen)
    (made,), *_ = propose("(-1, 777),", varied=Varied(variants=(variant,), executions=5))
    assert (made.code, made.name) == ("(-1, 0)", "test_discount")
    assert (made.origin.proposer, made.origin.strategy, made.origin.model) == ("ollama", "fill", "m:1")
    assert len(made.origin.prompt) == 64


@pytest.mark.parametrize("reply", ["", "])", "(10, 10),", "(1, 2, 3),", "(object(), 1),", "Sorry, I cannot."])
def test_a_reply_without_a_new_input_runs_nothing(propose, reply):
    assert propose(reply)[:2] == ([], [])


def test_a_list_is_not_gone_on_with_when_that_costs_too_much(propose, monkeypatch):
    monkeypatch.setattr(Asker, "is_dear", lambda *_: True)
    assert propose("(10, 10),") == ([], [], [])


def test_a_real_servers_reply_is_read(propose, ollama):
    made, jobs, (asked,) = propose(ollama.recorded("44-generate-suffix"))
    assert (made, jobs) == ([], [])
    assert asked["model"] == "m"


def test_a_server_that_says_that_it_cannot_after_all_is_left(propose, ollama):
    assert propose(ollama.recorded("32-generate-suffix-unsupported"))[:2] == ([], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"model": Pulled(name="m:1", digest="d", capabilities=frozenset({"completion"}))},
        {"excluded": ("tests/*",)},
        {"excluded": ("src/shop/*",)},
        {"text": "from shop.cart import discount\n\n\ndef test_discount():\n    assert discount(10) == 10\n"},
        {"text": TEXT.replace("(10, 10)", f"({'1' * 2000}, 10)")},
        {"text": TEXT.replace("    [\n        (10, 10),\n        (20, 20),\n    ],", "    CASES,")},
        {"text": ""},
    ],
)
def test_where_nothing_can_be_filled_in_or_may_be_shown_nothing_is_asked(propose, changes):
    assert propose("(-1, 0),", **changes) == ([], [], [])


def read(text):
    return reading.read(Text(text), NODEID, "function")


def test_of_a_long_list_the_last_rows_are_shown():
    rows = "".join(f"        ({number}, {number}),\n" for number in range(30))
    before, _ = fill.parts(read(TEXT.replace("        (10, 10),\n        (20, 20),\n", rows)))
    assert before.endswith("(29, 29),\n")
    assert "(21, 21)" not in before
    assert before.startswith('@pytest.mark.parametrize(\n    ("total", "expected"),\n    [\n        (22, 22)')


def test_a_list_on_one_line_is_gone_on_with_there():
    one = TEXT.replace("[\n        (10, 10),\n        (20, 20),\n    ]", "[(10, 10), (20, 20)]")
    before, after = fill.parts(read(one))
    assert before.endswith("[(10, 10), (20, 20),")
    assert after.startswith("],\n)\ndef test_discount")


def test_it_can_be_read_as_python_where_it_is_filled_in():
    before, after = fill.parts(read(TEXT))
    compile(f"{before}        (-1, 0){after}\n", "filled", "exec")


CHAT = "POST /api/chat"
ENTRY = Entry(
    qualname="discount",
    kind="function",
    parameters=(Parameter(name="total", kind="positional"),),
)


class Shelf(dict):
    put = dict.__setitem__
    names = dict.keys


@pytest.fixture
def asker(client, server, ollama):
    """One that had this reply to a question about a target."""

    def asker(text, strategy="inputs", about="src/shop/cart.py::discount"):
        server.answer(CHAT, ollama.reply(text))
        made = Asker(client, Model(pulled=Pulled(name="m:1", digest="d"), name="m:1"), Shelf(), lambda: 60.0)
        made.ask(Question(strategy=strategy, about=about, messages=(Message(role="user", content="?"),)))
        return made

    return asker


@pytest.fixture
def search(fakes):
    def search(asker, *, literal=False, findings=(), **changes):
        empty = Recorded(calls=(), constructors=(), outcomes=())
        sandbox = fakes.ScriptedSandbox({Explore: Explored(findings=findings, executions=9), Record: empty})
        task = fakes.task(target=fakes.target(**{"entries": (ENTRY,), "constants": ("3",), **changes}))
        made = list(Seeded(SearchProposer(sandbox), asker, literal=literal).propose(task))
        return made, sandbox.asked(Explore)

    return search


def given(*inputs):
    return json.dumps({"inputs": list(inputs)})


def call(*values):
    return tuple(Call(qualname="discount", arguments=(Argument(name="total", value=one),)) for one in values)


def test_search_begins_with_what_the_model_said(asker, search):
    _, (job,) = search(asker(given({"total": -7}, {"total": "a-1"})))
    assert job.entries[0].calls == call("-7", "'a-1'")


def test_parts_of_it_come_before_what_was_tried_before(asker, search):
    _, (job,) = search(asker(given({"total": ["a-1", {"k": 5}, True, None]})))
    assert job.constants == ("'a-1'", "5", "3")


def test_rows_that_a_model_went_on_with_are_parts_too(asker, search):
    _, (job,) = search(asker("(21, '21st'),", strategy="fill"))
    assert job.constants == ("21", "'21st'", "3")


def test_what_is_found_says_where_it_began(asker, search, fakes):
    (made,), _ = search(asker(given({"total": -7})), findings=(fakes.finding(),))
    assert (made.origin.proposer, made.origin.model, made.origin.strategy) == ("search", "m:1", "seed")
    assert len(made.origin.prompt) == 64


OTHER = (given({"total": 1}), "inputs", "src/shop/cart.py::other")


@pytest.mark.parametrize("reply", [("I am sorry.",), ("pip install x", "fill"), ("assert 1", "scenario"), OTHER])
def test_where_it_said_nothing_the_search_is_as_ever(asker, search, fakes, reply):
    (made,), (job,) = search(asker(*reply), findings=(fakes.finding(),))
    assert (job.entries[0].calls, job.constants) == ((), ("3",))
    assert (made.origin.model, made.origin.strategy) == ("", "")


def test_where_no_code_of_a_model_runs_an_expression_is_no_seed(asker, search):
    reply = given({"total": {"python": "Decimal('1')"}}, {"total": 2})
    _, (job,) = search(asker(reply), literal=True)
    assert (job.entries[0].calls, job.constants) == (call("2"), ("2", "3"))


def test_what_cannot_be_called_takes_no_seeds(asker, search):
    assert search(asker(given({"total": 1})), entries=()) == ([], [])


def test_long_values_and_markers_of_ours_are_no_parts(asker, search):
    _, (job,) = search(asker(given({"total": "x" * 99}, {"total": "⟨os:system⟩"})))
    assert job.constants == ("3",)


def test_the_name_is_the_other_ones(asker, fakes):
    assert Seeded(fakes.FakeProposer(), asker(""), literal=True).name == fakes.FakeProposer().name
