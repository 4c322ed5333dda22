from __future__ import annotations

import json

import pytest

from pytest_enrich.data import NearTest, Variant, Varied, Vary
from pytest_enrich.data.varying import Sighting
from pytest_enrich.proposers.ollama import fill
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.fill import Fill
from pytest_enrich.proposers.ollama.pulled import Pulled
from pytest_enrich.proposers.ollama.question import Model, Nowhere
from pytest_enrich.proposers.rows import reading
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
def propose(client, server, fakes, ollama):
    def propose(reply, text=TEXT, model=ABLE, excluded=(), varied=Varied(variants=(), executions=5)):  # noqa: B008
        server.answer(GENERATE, generated(ollama, reply) if isinstance(reply, str) else reply)
        sandbox = fakes.ScriptedSandbox({Vary: once(varied)})
        asker = Asker(client, Model(pulled=model, name="m"), Nowhere(), lambda: 60.0)
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
