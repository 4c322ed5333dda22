from __future__ import annotations

import json

import pytest

from pytest_enrich.proposers.ollama import gate
from pytest_enrich.proposers.ollama.client import parse_host
from pytest_enrich.proposers.ollama.gate import Model, Pulled, Refusal

NEW, OLD = "0.33.0-rc2", "0.12.6"
REAL = Pulled(name="coder:7b", size=4 * 10**9, parameters=7e9, capabilities=frozenset({"completion"}))
SHOW = "POST /api/show"


@pytest.fixture
def judge(server, client, ollama):
    def judge(name="coder:7b", models=(REAL,), version=NEW, shown=None):
        server.answer(SHOW, shown or ollama.said({"capabilities": ["completion"]}))
        return gate.of_model(client, models, name, version)

    return judge


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1:80", "[::1]"])
def test_this_machine_may_see_the_code(text):
    assert gate.of_host(parse_host(text), allow_remote=False) is None


def test_another_machine_may_not_unless_it_is_allowed():
    there = parse_host("gpu.corp.example")
    refusal = gate.of_host(there, allow_remote=False)
    assert refusal.reason == "gpu.corp.example:11434 is another machine; your source code would be sent there"
    assert refusal.remedy == "to allow it:    enrich_allow_remote = true"
    assert gate.of_host(there, allow_remote=True) is None


def test_ollamas_cloud_may_not_even_when_others_may():
    assert "cloud" in gate.of_host(parse_host("https://ollama.com"), allow_remote=True).reason


def test_a_model_that_the_server_says_is_here_is_asked_by_its_local_name(judge, server):
    assert judge() == Model(pulled=REAL, name="coder:7b:local")
    assert server.bodies("/show") == [{"model": "coder:7b:local"}]


@pytest.mark.parametrize("version", [OLD, "0.17.5", "v0.9.10-rc2"])
def test_an_older_server_is_asked_by_the_only_name_that_it_knows(judge, server, version):
    assert judge(version=version) == Model(pulled=REAL, name="coder:7b")
    assert server.bodies("/show") == [{"model": "coder:7b"}]


@pytest.mark.parametrize("version", ["dev", "", "0.0.0"])
def test_a_server_that_does_not_say_how_old_it_is_has_to_know_the_local_name(judge, ollama, version):
    assert judge(version=version) == Model(pulled=REAL, name="coder:7b:local")
    assert isinstance(judge(version=version, shown=ollama.recorded("41-show-unknown")), Refusal)


@pytest.mark.parametrize("version", [OLD, "dev", "", "0.0.0"])
def test_a_remote_model_is_refused_whatever_version_the_server_says(judge, ollama, version):
    assert isinstance(judge(version=version, shown=ollama.said({"remote_host": "https://ollama.com"})), Refusal)


@pytest.mark.parametrize("name", ["gpt-oss:20b-cloud", "kimi:cloud", "kimi:CLOUD", "hub.io:80/x:120B-Cloud"])
def test_a_name_of_the_cloud_is_refused_without_asking(judge, server, name):
    answer = judge(name, models=(Pulled(name=name, size=10**9),))
    assert isinstance(answer, Refusal)
    assert server.asked == []


def test_cloud_without_a_colon_is_a_local_name(judge):
    local = Pulled(name="my-cloud:latest", size=10**9, parameters=1e9)
    assert judge("my-cloud", models=(local,)).pulled.name == local.name


def test_a_stub_with_an_innocent_name_is_refused(judge, server, ollama, client):
    server.answer("GET /api/tags", ollama.recorded("75-tags-with-remote"))
    models = gate.read_models(client)
    server.asked.clear()
    answer = judge("innocent", models=models)
    assert (
        answer.reason
        == "innocent:latest only stands for a model on https://ollama.com:11434; code is not sent there"
    )
    assert server.asked == []


def test_an_entry_without_weights_is_refused_even_when_it_names_no_host(judge):
    stub = Pulled(name="innocent:latest", size=197)
    assert "elsewhere" in judge("innocent", models=(stub,)).reason


def test_a_name_that_is_not_in_the_list_is_refused(judge, server):
    answer = judge("other:1b")
    assert (answer.reason, answer.remedy) == (
        "model other:1b is not pulled (you have: coder:7b)",
        "pull it:        ollama pull other:1b",
    )
    assert server.asked == []


@pytest.mark.parametrize(
    "name",
    [
        "78-chat-remote-local-suffix",
        "79f-chat-local-suffix-of-stub",
        "76-show-remote",
        "41-show-unknown",
        "73-show-cloud-disabled",
    ],
)
def test_a_model_that_the_server_does_not_have_itself_is_refused(judge, ollama, name):
    assert isinstance(judge(shown=ollama.recorded(name)), Refusal)


def test_a_local_name_that_shows_a_remote_model_is_refused(judge, ollama):
    assert isinstance(judge(shown=ollama.said({"remote_host": "https://ollama.com"})), Refusal)


@pytest.mark.parametrize("status", [500, 503])
def test_what_could_not_be_told_is_refused(judge, ollama, status):
    assert "could not be told" in judge(shown=ollama.plain(status, b"oops")).reason


STATUS = "GET /api/status"


def test_where_the_cloud_is_off_a_server_that_could_not_tell_is_believed(judge, server, ollama):
    server.answer(STATUS, ollama.recorded("08-status"))
    assert judge(shown=ollama.said({"error": "no"}, 500)) == Model(pulled=REAL, name="coder:7b")


def test_where_the_cloud_is_on_it_is_not(judge, server, ollama):
    server.answer(STATUS, ollama.recorded("79-cloud-status-enabled"))
    assert isinstance(judge(shown=ollama.said({"error": "no"}, 500)), Refusal)


@pytest.mark.parametrize("told", [{}, {"cloud": None}, {"cloud": {"disabled": "true"}}, {"cloud": [1]}])
def test_only_a_plain_yes_says_that_the_cloud_is_off(server, client, ollama, told):
    server.answer(STATUS, ollama.said(told))
    assert not gate.is_cloud_off(client)


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


@pytest.mark.parametrize("name", ["Coder:7B", "registry.ollama.ai/library/coder:7b", "library/coder:7b"])
def test_other_spellings_of_a_name_are_the_same_model(name):
    assert gate.find_model([model("coder:7b")], name).name == "coder:7b"


def test_a_model_for_code_comes_before_a_larger_one():
    models = [model("big:70b", 40 * GB, 70e9), model("small:1b", capabilities=("completion", "insert"))]
    assert gate.choose_model(models) == ("small:1b", "best of 2 pulled: fills in code, 1B")


def test_the_largest_that_fits_the_memory_is_taken():
    models = [model(f"coder:{size}b", size * GB, size * 1e9) for size in (1, 7, 33)]
    assert gate.choose_model(models, memory=16 * GB)[0] == "coder:7b"
    assert gate.choose_model(models)[0] == "coder:33b"


def test_where_nothing_fits_the_smallest_is_taken_and_said():
    models = [model("coder:33b", 33 * GB, 33e9), model("coder:70b", 70 * GB, 70e9)]
    assert gate.choose_model(models, memory=8 * GB) == (
        "coder:33b",
        "best of 2 pulled: made for code, 33B, more than fits the memory",
    )


@pytest.mark.parametrize(
    "models",
    [[], [model("e", capabilities=("embedding",))], [model("r", remote="ollama.com")], [model("s", 300, 0)]],
)
def test_what_cannot_be_asked_here_is_not_chosen(models):
    assert gate.choose_model(models) == ("", "")


def test_a_server_that_tells_no_capabilities_is_asked_all_the_same():
    old = Pulled(name="old:latest", size=GB)
    assert gate.choose_model([old]) == ("old:latest", "the only one pulled: none is for code, 1.0 GB")


def test_the_choice_does_not_depend_on_the_order():
    models = [model("coder:a"), model("coder:b"), model("llama:x", 9 * GB, 9e9)]
    assert gate.choose_model(models) == gate.choose_model(models[::-1])


def test_memory_is_known_or_0():
    assert gate.machine_memory() >= 0
    assert json.dumps(gate.machine_memory())
