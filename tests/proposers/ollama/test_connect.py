from __future__ import annotations

import pytest

from pytest_enrich.config import Settings, policy
from pytest_enrich.proposers.ollama import connect
from pytest_enrich.proposers.ollama.connect import Connected
from pytest_enrich.proposers.ollama.gate import Pulled, Refusal

CODER = {
    "name": "coder:7b", "digest": "d" * 64, "size": 10**9, "details": {"parameter_size": "7B"},
    "capabilities": ["completion", "insert"],
}  # fmt: skip


@pytest.fixture
def serve(server, ollama):
    """A server with these models, and this to say of each."""

    def serve(*models, version="0.33.0", shown=None):
        server.answer("GET /api/version", ollama.said({"version": version}))
        server.answer("GET /api/tags", ollama.said({"models": list(models)}))
        server.answer("POST /api/show", ollama.said(shown or {"capabilities": ["completion"]}))
        return server

    return serve


@pytest.fixture
def reach(server, tmp_path):
    opened = []

    def reach(**changes):
        found = connect.connect(Settings(rootdir=tmp_path, directory=tmp_path, **{"host": server.url, **changes}))
        opened.append(found)
        return found

    yield reach
    for one in opened:
        if isinstance(one, Connected):
            one.client.close()


def test_the_best_model_is_found_and_said(serve, reach):
    serve(CODER)
    found = reach()
    assert (found.model.pulled.name, found.model.name) == ("coder:7b", "coder:7b:local")
    assert found.heading.startswith("ollama coder:7b on 127.0.0.1:")
    assert found.heading.endswith("(code stays here)")
    assert found.reason == "the only one pulled: fills in code, 7B"


def test_a_model_is_asked_for_by_name(serve, reach):
    serve(CODER, {**CODER, "name": "small:1b"})
    found = reach(model="small:1b")
    assert (found.model.pulled.name, found.reason) == ("small:1b", "asked for by name")


def test_a_team_s_models_are_known_by_their_digest(serve, reach):
    serve(CODER, {**CODER, "name": "small:1b", "digest": "e" * 64})
    rules = policy.Named(policy.Policy(model=policy.ModelRules(digests=("sha256:" + "e" * 64,))), "p.toml")
    assert reach(policy=rules).model.pulled.name == "small:1b"
    refused = reach(policy=rules, model="coder:7b")
    assert refused.is_forbidden
    assert refused.reason == f"coder:7b (sha256:{'d' * 64}) is not among model.digests of p.toml"
    none = policy.Named(policy.Policy(model=policy.ModelRules(digests=())), "p.toml")
    assert reach(policy=none).is_forbidden


def test_the_environment_says_where(serve, reach, server, monkeypatch):
    serve(CODER)
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    assert isinstance(reach(host=""), Connected)


def test_nobody_there_is_said_with_the_command_that_helps(reach):
    refusal = reach(host="127.0.0.1:1")
    assert refusal == Refusal(reason="no answer from http://127.0.0.1:1", remedy="start it:       ollama serve")


def test_another_machine_is_not_even_asked(serve, reach, server):
    serve(CODER)
    assert "another machine" in reach(host="gpu.corp.example").reason
    assert server.asked == []


def test_what_is_no_ollama_is_said(server, reach, ollama):
    server.answer("GET /api/version", ollama.plain(502, b"<html><title>Bad gateway</title>", "text/html"))
    assert "is no Ollama" in reach().reason
    assert "<" not in reach().reason


def test_a_server_without_models_is_said(serve, reach):
    serve()
    assert reach().reason.endswith("has no model")


def test_a_model_that_is_not_there_is_not_pulled(serve, reach, server):
    serve(CODER)
    assert reach(model="big:70b").remedy == "pull it:        ollama pull big:70b"
    assert not [route for route, *_ in server.asked if "pull" in route]


def test_an_embedding_model_is_refused(serve, reach):
    serve({**CODER, "capabilities": ["embedding"]})
    assert reach(model="coder:7b").reason == "coder:7b writes no text"


def test_an_older_server_tells_capabilities_only_of_the_one_model(serve, reach):
    serve({"name": "old:1b", "size": 10**9}, version="0.5.0", shown={"capabilities": ["completion", "thinking"]})
    found = reach()
    assert found.model.pulled.can("thinking")
    assert found.model.think is False


def test_no_source_code_is_sent_to_find_out(serve, reach, server):
    serve(CODER)
    reach()
    assert [body for _, body, _ in server.asked if body] == [{"model": "coder:7b:local"}]


@pytest.mark.parametrize(
    ("characters", "longest", "tokens"),
    [(0, 0, 2048), (1000, 0, 2048), (8000, 0, 5120), (10**6, 0, 16384), (10**6, 4096, 4096)],
)
def test_the_window_holds_the_longest_prompt_and_the_reply(characters, longest, tokens):
    assert connect.window(characters, Pulled(name="m:1", window=longest)) == tokens


def test_a_model_that_thinks_gets_room_for_it():
    thinker = Pulled(name="m:1", capabilities=frozenset({"thinking"}))
    assert connect.window(3000, thinker) > connect.window(3000, Pulled(name="m:1"))
