"""What is said and done about a local model before a test runs."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import pytest

LISTED = {"name": "m:1b", "digest": "d" * 64, "size": 10**9, "details": {"parameter_size": "1B"}}
MODULES = """
import sys

def pytest_unconfigure():
    with open("modules.txt", "w") as file:
        file.write("\\n".join(sorted(sys.modules)))
"""


@pytest.fixture
def server():
    """The fake server of the proposer's own tests, with one model."""
    path = Path(__file__).parents[1] / "proposers/ollama/server.py"
    spec = importlib.util.spec_from_file_location("pytest_enrich_fake_ollama_for_plugin", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    fake = module.FakeOllama()
    fake.answer("GET /api/version", module.said({"version": "0.33.0"}))
    fake.answer("GET /api/tags", module.said({"models": [{**LISTED, "capabilities": ["completion", "insert"]}]}))
    fake.answer("POST /api/show", module.said({"capabilities": ["completion"]}))
    yield fake
    fake.close()


def test_the_header_says_which_model_where_and_why(shop, server, given):
    result = shop.runpytest_subprocess("--enrich", "--enrich-with=auto,ollama", f"--enrich-host={server.url}")
    result.stdout.fnmatch_lines([
        "enrich: rows,*search,ollama, 5m budget, 10 suggestions",
        "enrich: ollama m:1b on 127.0.0.1:* (code stays here); the only one pulled: fills in code, 1B",
    ])  # fmt: skip
    assert given(result)["settings"]["with_"] == ["auto", "ollama"]
    assert not server.bodies("/chat")


def test_a_model_that_is_asked_for_and_not_there_ends_pytest_before_a_test_runs(shop):
    result = shop.runpytest_subprocess("--enrich", "--enrich-with=ollama", "--enrich-host=127.0.0.1:1")
    result.stderr.fnmatch_lines([
        "ERROR: --enrich-with=ollama: no answer from http://127.0.0.1:1",
        "*start it:       ollama serve",
        "*or do without:  pytest --enrich --enrich-with=auto",
    ])  # fmt: skip
    result.stdout.no_fnmatch_line("*passed*")
    assert result.ret == 4


def test_a_model_that_is_only_configured_is_done_without(shop, write, given):
    write("pytest.ini", "[pytest]\nenrich_model = m:1b\nenrich_host = 127.0.0.1:1\n")
    result = shop.runpytest_subprocess("--enrich")
    result.stdout.fnmatch_lines([
        "enrich: rows,*search, 5m budget, 10 suggestions",
        "enrich: without ollama: no answer from http://127.0.0.1:1 (ollama serve)",
    ])  # fmt: skip
    assert "ollama" not in given(result)["settings"]["with_"]
    assert result.ret == 0


def test_where_nobody_listens_the_header_says_so_and_the_run_goes_on(shop, given, monkeypatch):
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shop.makepyfile(
        elsewhere=f"from pytest_enrich.pytest_hooks import terminal\nterminal.OLLAMA = ('127.0.0.1', {port})\n"
    )
    result = shop.runpytest_subprocess("-p", "elsewhere", "--enrich")
    result.stdout.fnmatch_lines([
        "enrich: rows,*search, 5m budget, 10 suggestions",
        f"enrich: no local model: nobody listens on 127.0.0.1:{port} (ollama serve)",
    ])  # fmt: skip
    assert "ollama" not in given(result)["settings"]["with_"]


def test_a_model_that_is_there_is_asked_without_being_named(shop, server, monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    result = shop.runpytest_subprocess("--enrich")
    result.stdout.fnmatch_lines(["enrich: *search,ollama, 5m budget*", "enrich: ollama m:1b on *"])


def test_a_model_that_is_named_and_left_out_is_told(shop):
    result = shop.runpytest_subprocess("--enrich", "--enrich-with=rows", "--enrich-model=m:1b")
    result.stdout.fnmatch_lines(["enrich: m:1b is not asked: --enrich-with=rows leaves ollama out"])


def test_another_machine_is_refused_before_a_test_runs(shop):
    result = shop.runpytest_subprocess("--enrich", "--enrich-with=ollama", "--enrich-host=gpu.corp.example")
    result.stderr.fnmatch_lines(
        ["*gpu.corp.example:11434 is another machine; your source code would be sent there"]
    )
    assert result.ret == 4


def test_whoever_asks_for_no_model_imports_no_client_and_nobody_is_looked_for(shop, write, server, monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    write("conftest.py", (shop.path / "conftest.py").read_text() + MODULES)
    result = shop.runpytest_subprocess("--enrich", "--enrich-model=none")
    modules = set((shop.path / "modules.txt").read_text().splitlines())
    assert not modules & {"httpx", "ollama", "pydantic", "pytest_enrich.proposers.ollama"}
    assert server.asked == []
    assert result.ret == 0


@pytest.mark.parametrize("option", ["--collect-only", "--help", "--enrich-list"])
def test_where_nothing_is_generated_nobody_is_asked(shop, server, option):
    shop.runpytest_subprocess("--enrich", "--enrich-with=ollama", f"--enrich-host={server.url}", option)
    assert server.asked == []
