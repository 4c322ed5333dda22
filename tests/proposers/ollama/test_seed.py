from __future__ import annotations

import json

import pytest

from pytest_enrich.data import Argument, Call, Entry, Explore, Explored, Parameter, Record, Recorded
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.fill import Seeded
from pytest_enrich.proposers.ollama.gate import Pulled
from pytest_enrich.proposers.ollama.protocol import Message
from pytest_enrich.proposers.ollama.question import Model, Question
from pytest_enrich.proposers.search import SearchProposer

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
