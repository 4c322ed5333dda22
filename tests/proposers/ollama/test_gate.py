from __future__ import annotations

import pytest

from pytest_enrich.proposers.ollama import gate
from pytest_enrich.proposers.ollama.client import parse_host
from pytest_enrich.proposers.ollama.gate import Pass, Pulled, Refusal

NEW, OLD = "0.33.0-rc2", "0.12.6"
REAL = Pulled(name="coder:7b", size=4 * 10**9, parameters=7e9)
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
    assert judge() == Pass(model=REAL, name="coder:7b:local")
    assert server.bodies("/show") == [{"model": "coder:7b:local"}]


@pytest.mark.parametrize("version", [OLD, "0.17.5", "dev", "", "0.0.0"])
def test_an_older_server_does_not_know_local_names(judge, server, version):
    assert judge(version=version) == Pass(model=REAL, name="coder:7b")
    assert server.asked == []


@pytest.mark.parametrize("name", ["gpt-oss:20b-cloud", "kimi:cloud", "kimi:CLOUD", "hub.io:80/x:120B-Cloud"])
def test_a_name_of_the_cloud_is_refused_without_asking(judge, server, name):
    answer = judge(name, models=(Pulled(name=name, size=10**9),))
    assert isinstance(answer, Refusal)
    assert server.asked == []


def test_cloud_without_a_colon_is_a_local_name(judge):
    local = Pulled(name="my-cloud:latest", size=10**9, parameters=1e9)
    assert judge("my-cloud", models=(local,)).model == local


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
    assert judge(shown=ollama.said({"error": "no"}, 500)) == Pass(model=REAL, name="coder:7b")


def test_where_the_cloud_is_on_it_is_not(judge, server, ollama):
    server.answer(STATUS, ollama.recorded("79-cloud-status-enabled"))
    assert isinstance(judge(shown=ollama.said({"error": "no"}, 500)), Refusal)


@pytest.mark.parametrize("told", [{}, {"cloud": None}, {"cloud": {"disabled": "true"}}, {"cloud": [1]}])
def test_only_a_plain_yes_says_that_the_cloud_is_off(server, client, ollama, told):
    server.answer(STATUS, ollama.said(told))
    assert not gate.is_cloud_off(client, NEW)


def test_an_older_server_is_not_asked_about_its_cloud(server, client):
    assert not gate.is_cloud_off(client, OLD)
    assert server.asked == []


@pytest.mark.parametrize(
    ("text", "numbers"), [("0.33.0-rc2", (0, 33, 0)), ("v1.2.3", (1, 2, 3)), ("0.0.0", (0, 0, 0)), ("x", ())]
)
def test_versions_are_read_leniently(text, numbers):
    assert gate.parsed(text) == numbers
