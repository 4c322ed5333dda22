from __future__ import annotations

import json

import pytest

from pytest_enrich.proposers.ollama import gate
from pytest_enrich.proposers.ollama.gate import Pulled

GB = 10**9


def model(name, size=GB, parameters=1e9, capabilities=("completion",), **more):
    return Pulled(name=name, size=size, parameters=parameters, capabilities=frozenset(capabilities), **more)


@pytest.fixture
def read(server, client):
    def read(answer):
        server.answer("GET /api/tags", answer)
        return gate.read_models(client)

    return read


def test_the_servers_list_is_read(read, ollama):
    (found,) = read(ollama.recorded("04-tags"))
    assert (found.name, found.size, found.window) == ("smollm2:135m", 98362745, 8192)
    assert found.parameters == pytest.approx(134.52e6)
    assert found.digest.startswith("765525e6")
    assert found.capabilities == {"completion"}


def test_a_stub_in_the_list_is_known(read, ollama):
    stub, real = read(ollama.recorded("75-tags-with-remote"))
    assert (stub.remote, gate.is_stub(stub)) == ("https://ollama.com:11434", True)
    assert (real.remote, gate.is_stub(real)) == ("", False)


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "m:1"},
        {"name": "m:1", "details": None, "capabilities": None, "size": -1, "digest": 7},
        {"name": "m:1", "details": {"parameter_size": "lots"}, "size": True},
        {"name": "m:1", "details": [], "size": "many"},
    ],
)
def test_what_a_server_does_not_say_is_not_known(read, ollama, entry):
    (found,) = read(ollama.said({"models": [entry, "rubbish", {"name": 7}]}))
    assert (found.parameters, found.size, found.digest, found.capabilities) == (0.0, 0, "", None)


@pytest.mark.parametrize("answer", [{}, {"models": None}, {"models": {}}])
def test_no_list_is_a_failure(read, ollama, answer):
    assert read(ollama.said(answer)).kind == "bad answer"


@pytest.mark.parametrize(
    ("name", "found"), [("m", "m:latest"), ("m:7b", "m:7b"), ("hub.io:80/m", "hub.io:80/m:latest"), ("x", None)]
)
def test_a_name_without_a_tag_is_the_latest(name, found):
    models = [model("m:7b"), model("m:latest"), model("hub.io:80/m:latest")]
    assert getattr(gate.find_model(models, name), "name", None) == found


def test_a_model_for_code_comes_before_a_larger_one():
    models = [model("big:70b", 40 * GB, 70e9), model("small:1b", capabilities=("completion", "insert"))]
    choice = gate.choose_model(models)
    assert (choice.model.name, choice.reason) == ("small:1b", "best of 2 pulled: fills in code, 1B")


def test_the_largest_that_fits_the_memory_is_taken():
    models = [model(f"coder:{size}b", size * GB, size * 1e9) for size in (1, 7, 33)]
    assert gate.choose_model(models, memory=16 * GB).model.name == "coder:7b"
    assert gate.choose_model(models).model.name == "coder:33b"


def test_where_nothing_fits_the_smallest_is_taken_and_said():
    choice = gate.choose_model(
        [model("coder:33b", 33 * GB, 33e9), model("coder:70b", 70 * GB, 70e9)], memory=8 * GB
    )
    assert (choice.model.name, choice.reason) == (
        "coder:33b",
        "best of 2 pulled: made for code, 33B, more than fits the memory",
    )


@pytest.mark.parametrize(
    "models",
    [[], [model("e", capabilities=("embedding",))], [model("r", remote="ollama.com")], [model("s", 300, 0)]],
)
def test_what_cannot_be_asked_here_is_not_chosen(models):
    assert gate.choose_model(models) is None


def test_a_server_that_tells_no_capabilities_is_asked_all_the_same():
    old = Pulled(name="old:latest", size=GB)
    assert gate.choose_model([old]).reason == "the only one pulled: none is for code, 1.0 GB"


def test_the_choice_does_not_depend_on_the_order():
    models = [model("coder:a"), model("coder:b"), model("llama:x", 9 * GB, 9e9)]
    assert gate.choose_model(models).model == gate.choose_model(models[::-1]).model


def test_memory_is_known_or_0():
    assert gate.machine_memory() >= 0
    assert json.dumps(gate.machine_memory())
