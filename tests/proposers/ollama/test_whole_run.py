"""A whole run with `--enrich-with=ollama`, from the header to the suggestion; the model says what it is told."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow
FEW = ("-p", "pytest_enrich.plugin", "-p", "pytest_cov")
SOURCE = """
def toll(weight):
    if weight > 1000 and weight % 7 == 3:
        return weight * 3
    return weight


class Till:
    def __init__(self):
        self.coins = []

    def put(self, coin):
        if coin == "euro" and len(self.coins) == 2:
            raise OverflowError("full")
        self.coins.append(coin)
"""
TESTS = """
from till import Till, toll


def test_toll():
    assert toll(1) == 1


def test_put():
    till = Till()
    till.put("cent")
    assert till.coins == ["cent"]
"""
WRITTEN = """```python
import pytest

def test_a_full_till_refuses():
    till = Till()
    till.put("cent")
    till.put("cent")
    with pytest.raises(OverflowError):
        till.put("euro")
```"""


BROKEN = WRITTEN.replace('    till.put("cent")\n', "", 1)
MISTAKEN = "def test_heavy_toll():\n    assert toll(1998) == 1998\n"


def said(body):
    """A test for `Till.put` at the second go, a mistaken one for `toll`, and nothing else."""
    asked = body["messages"][-1]["content"] if body["messages"] else ""
    if asked.startswith("test_a_full_till_refuses failed:\nE   Failed: DID NOT RAISE"):
        return WRITTEN
    return (
        BROKEN
        if "def put(self, coin):\n    if" in asked
        else MISTAKEN
        if "def toll(weight):\n    if" in asked
        else ""
    )


@pytest.fixture
def project(pytester, server, ollama, monkeypatch):
    for name in ("PYTEST_ENRICH", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    listed = {"name": "m:7b", "digest": "d" * 64, "size": 10**9, "details": {"parameter_size": "7B"}}
    server.answer("GET /api/version", ollama.said({"version": "0.33.0"}))
    server.answer("GET /api/tags", ollama.said({"models": [{**listed, "capabilities": ["completion"]}]}))
    server.answer("POST /api/show", ollama.said({"capabilities": ["completion"]}))
    server.answer("POST /api/chat", lambda body: ollama.reply(ollama.shown(body) or said(body)))
    pytester.makepyfile(till=SOURCE)
    pytester.makepyfile(test_till=TESTS)
    pytester.makeini("[pytest]\npythonpath = .\n")
    return pytester


def run(project, server):
    options = ("--enrich-with=ollama", f"--enrich-host={server.url}", "--enrich-budget=5m", "--enrich-grade=weak")
    # All of them: a name of two words is shown among few only if nothing else waits.
    return project.runpytest_subprocess(*FEW, "--enrich", "--enrich-max=0", *options)


def test_what_the_model_says_is_proven_and_a_second_run_asks_nothing(project, server):
    result = run(project, server)
    result.stdout.fnmatch_lines(
        ["enrich: ollama m:7b on 127.0.0.1:* (code stays here); *", "2 suggestions from *"]
    )
    found = [
        json.loads(path.read_bytes()) for path in project.path.glob("enrich-suggestions/pending/*/suggestion.json")
    ]
    by_function = {one["gap"]["qualname"]: one for one in found}
    assert {name: one["origin"]["strategy"] for name, one in by_function.items()} == {
        "Till.put": "repair", "toll": "scenario",
    }  # fmt: skip
    assert by_function["Till.put"]["test"]["names"] == ["test_a_full_till_refuses"]
    assert "assert toll(1998) == 5994" in by_function["toll"]["test"]["code"]
    assert by_function["toll"]["look"].startswith("the model expected 1998, 5994 was seen when the code ran")
    for one in found:
        assert (project.path / f"enrich-suggestions/.cache/answers/{one['origin']['prompt']}.json").is_file()
    asked = len(server.bodies("/chat"))
    run(project, server)
    later = server.bodies("/chat")[asked:]
    assert [body for body in later if body["messages"]] == []
