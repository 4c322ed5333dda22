"""A few hundred of what `fuzz.py` spoils, on a folder that is made by hand."""

from __future__ import annotations

import json

import fuzz
import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Attempted, Decision, Finished, Kept
from pytest_enrich.pipeline import attempt
from pytest_enrich.store import Store, last_run, rejected

EXAMPLES = 12
"""Of each reader."""
SOURCE = "def discount(total):\n    if total < 0:\n        return 0\n    return total\n"


@pytest.fixture(scope="module")
def template(fakes, tmp_path_factory):
    """A project with one suggestion that waits and one that was turned down, and what a run leaves."""
    root = tmp_path_factory.mktemp("fuzz") / "template"
    for path, text in {
        fakes.PATH: SOURCE,
        fakes.TESTS: fakes.TEST_TEXT,
        "pyproject.toml": "[tool.pytest]\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    store = Store(root / fuzz.OURS, root)
    for one in (fakes.suggestion(), fakes.suggestion("cart-bbbbbbbb")):
        store.save(one, patch.render_patch(one, fakes.TEST_TEXT), patch.render_module(one, fakes.TEST_TEXT))
    refused = Decision(
        id="cart-bbbbbbbb", verb="reject", body="b" * 64, at="2026-11-24T10:00:00Z", reason="trivial"
    )
    store.decide(refused)
    rejected.append(root, rejected.of(one, scope="idea", reason="trivial", when="2026-11-24"))
    kept = Kept(gaps=("cart-aaaaaaaa",), lines=(4,), branches=(), runs=("alone",), seconds=0.1)
    store.journal(
        Attempted(attempt=attempt(fakes.target(), fakes.candidate(), kept)),
        Finished(gap=fakes.gap(), digest="d", proposer="search", outcome="nothing found"),
    )
    last_run.write(store, replace(fakes.report().run, directory=fuzz.OURS))
    part = {"message": {"content": f"```python\n{fakes.CODE}```"}, "done": True, "eval_count": 9}
    (root / "reply.jsonl").write_text(json.dumps(part) + "\n")
    answer = {
        "type": "collected",
        "items": [{"path": "t.py", "nodeid": "t.py::test_it", "fixtures": ["tmp_path"]}],
    }
    (root / "answer.json").write_text(json.dumps({"answer": answer}))
    return root


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("suggestion.json", "list"),
        ("suggestion.json", "show {id}"),
        ("decided", "stats"),
        ("decisions.jsonl", "stats --json"),
        ("run.json", "list --gaps"),
        ("run.json", "report --format=json"),
        ("state.jsonl", "list --gaps"),
        ("evidence", "audit"),
        (".enrich-rejected", "list --rejected"),
        ("sources", "show {id}"),
        ("tests", "list"),
        ("pyproject.toml", "list"),
    ],
)
def test_nothing_that_is_spoiled_makes_a_command_fall(template, tmp_path, name, words, monkeypatch):
    reader = fuzz.Reader(fuzz.READERS[name].pattern, fuzz.verbs(words))
    monkeypatch.setattr(fuzz, "READERS", {name: reader})
    bench = fuzz.Bench(template, tmp_path / "box")
    assert [fault for seed in range(EXAMPLES) if (fault := bench.example(name, seed))] == []


@pytest.mark.parametrize("name", ["export", "Ollama's reply", "a sandbox's answer"])
def test_nothing_that_is_spoiled_makes_a_reader_fall(template, tmp_path, name):
    bench = fuzz.Bench(template, tmp_path / "box")
    assert [fault for seed in range(EXAMPLES) if (fault := bench.example(name, seed))] == []


def falls(_root, _file):
    raise KeyError("total")


def writes(root, _file):
    (root.parent / "outside" / "x").write_text("")


def hangs(_root, _file):
    while True:
        pass


@pytest.mark.parametrize(
    ("read", "told"), [(falls, "KeyError"), (writes, "outside/x"), (hangs, "more than 1 seconds")]
)
def test_what_falls_hangs_or_writes_elsewhere_is_a_fault(template, tmp_path, monkeypatch, read, told):
    monkeypatch.setattr(fuzz, "LONGEST", 1)
    monkeypatch.setattr(fuzz, "READERS", {"sources": fuzz.Reader("src/shop/*.py", read)})
    assert told in fuzz.Bench(template, tmp_path / "box").example("sources", 0).told
