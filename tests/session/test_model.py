from __future__ import annotations

import importlib.util
import json
import re
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from pytest_enrich.config import Budget
from pytest_enrich.data import (
    Collect,
    Collected,
    Decision,
    Explore,
    Explored,
    ModelPart,
    Prove,
    Record,
    Recorded,
)
from pytest_enrich.proposers.ollama import connect
from pytest_enrich.proposers.ollama.asking import FIRST_WORDS
from pytest_enrich.proposers.ollama.protocol import Limits
from pytest_enrich.session import model, scope
from pytest_enrich.session.walker import SHORTEST_WALK
from pytest_enrich.session.work import Session

NOTHING = Recorded(calls=(), constructors=(), outcomes=())


class Silent:
    def started(self, *_): ...
    def working(self, *_): ...
    def waiting(self, *_): ...
    def finished(self, *_): ...


class FakeModel:
    """A model that is there; `proposer` is told what to think of."""

    notes = ("asked",)
    is_small = False
    part = ModelPart(name="m:1", digest="d", host="here", stays_here=True)

    def improvers(self):
        return iter(())

    def __init__(self, proposer, identity="ollama:d1"):
        self.proposer = proposer
        self.proposers = (proposer,)
        self.identity = identity
        self.is_gone = False
        self.closed = False
        self.unasked = set()

    def is_unasked(self, target):
        return target.qualname in self.unasked

    def close(self):
        self.closed = True


@pytest.fixture
def ollama():
    """The fake server of the proposer's own tests."""
    path = Path(__file__).parents[1] / "proposers/ollama/server.py"
    spec = importlib.util.spec_from_file_location("pytest_enrich_fake_ollama_for_sessions", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(settings, store, measured, fakes, monkeypatch):
    """A run in which search finds nothing; `begin` says which model there is."""

    def run(begin, script=None, **changes):
        changed = replace(
            settings, **{"with_": ("search", "ollama"), "budget": Budget(seconds=SHORTEST_WALK - 1), **changes}
        )
        plain = {Collect: Collected(items=()), Record: NOTHING, Explore: Explored(findings=(), executions=1)}
        sandbox = fakes.ScriptedSandbox({**plain, Prove: fakes.proved(result="failed"), **(script or {})})
        monkeypatch.setattr(sys.modules[Session.__module__], "ForkserverSandbox", lambda _fresh: sandbox)
        if begin is not None:
            monkeypatch.setattr(model, "begin", lambda *_: begin)
        session = Session(changed, store, scope.find(changed, measured(), store), Silent())
        session.work()
        session.close()
        return session.summary(0.0, ()), sandbox

    return run


@pytest.fixture
def asked(fakes):
    """A model with nothing to say."""
    return FakeModel(fakes.FakeProposer())


def test_a_model_is_asked_after_the_others_about_what_they_left_open(run, asked):
    made, sandbox = run(asked)
    assert len(sandbox.asked(Explore)) == 3
    assert sorted(task.target.qualname for task in asked.proposer.tasks) == ["Cart.size", "discount", "parse_sku"]
    assert made.gaps == {"nothing found": 3}
    assert asked.closed


def test_a_model_is_not_asked_about_what_another_closed(run, asked, fakes):
    def explored(job):
        found = fakes.finding(action="⟨shop.cart:discount⟩(-1)", branches=((9, 10),), reached=(10,))
        return Explored(findings=(found,) if job.lines == (10,) else (), executions=1)

    def proved(job):
        node = (job.tests or (f"{job.path}::test_discount_negative_total_is_zero",))[0]
        return fakes.proved(node, lines=(10,), branches=((9, 10),))(job)

    made, _ = run(asked, script={Explore: explored, Prove: proved}, grade="weak")
    assert made.gaps["suggested"] == 1
    assert sorted(task.target.qualname for task in asked.proposer.tasks) == ["Cart.size", "parse_sku"]


def test_a_second_run_asks_nothing_of_the_same_model_and_all_of_another(run, asked, fakes):
    run(asked)
    again, other = FakeModel(fakes.FakeProposer()), FakeModel(fakes.FakeProposer(), "ollama:d2")
    made, sandbox = run(again)
    assert (again.proposer.tasks, sandbox.asked(Explore)) == ([], [])
    assert made.gaps == {"done before": 3}
    made, sandbox = run(other)
    assert (len(other.proposer.tasks), sandbox.asked(Explore)) == (3, [])
    assert made.gaps == {"nothing found": 3}


def test_what_a_model_that_went_away_was_not_asked_is_left_for_the_next_run(run, fakes):
    gone = FakeModel(fakes.FakeProposer())
    gone.is_gone = True
    run(gone)
    back = FakeModel(fakes.FakeProposer())
    run(back)
    assert len(back.proposer.tasks) == 3


def test_what_there_was_no_time_to_ask_about_is_asked_by_the_next_run(run, fakes):
    slow = FakeModel(fakes.FakeProposer())
    slow.unasked = {"parse_sku"}
    made, _ = run(slow)
    assert (made.stopped, made.gaps) == ("", {"nothing found": 3})
    back = FakeModel(fakes.FakeProposer())
    run(back)
    assert [task.target.qualname for task in back.proposer.tasks] == ["parse_sku"]


def test_a_model_has_a_next_question_while_earlier_candidates_are_proven(run, fakes):
    """One worker: the second target is asked about although the first one's proof waits for just that."""
    asked, proofs = [], []
    is_second = threading.Event()

    class Talkative:
        name = "ollama"

        def propose(self, task):
            asked.append(task)
            if len(asked) > 1:
                is_second.set()
            yield replace(fakes.candidate(), gaps=tuple(gap.id for gap in task.target.gaps))

    def proved(job):
        proofs.append(is_second.wait(5))
        return fakes.proved(result="failed")(job)

    run(FakeModel(Talkative()), script={Prove: proved}, workers=1)
    assert proofs
    assert all(proofs)


def test_without_a_model_the_others_work_and_the_reason_is_said(run):
    made, sandbox = run("no answer from http://127.0.0.1:1")
    assert len(sandbox.asked(Explore)) == 3
    assert "the model was not asked: no answer from http://127.0.0.1:1" in made.notes
    assert made.model is None


def test_the_summary_says_what_was_asked(run, asked):
    made, _ = run(asked)
    assert made.model == FakeModel.part
    assert "asked" in made.notes


def test_nobody_looks_for_a_model_that_nobody_wants(run, monkeypatch):
    monkeypatch.setattr(model, "begin", lambda *_: pytest.fail("looked for"))
    made, _ = run(None, with_=("auto",), model="none")
    assert made.model is None


# --- what was kept, said better


NAME = "test_discount_negative_total_is_zero"


@pytest.fixture
def improved(run, asked, fakes, store):
    """The suggestion of a run in which a model says so of what was kept."""

    def improved(think, *, more=False):
        def explored(job):
            one = fakes.finding(action="⟨shop.cart:discount⟩(-1)", branches=((9, 10),), reached=(10,))
            return Explored(findings=(one,) if job.lines == (10,) else (), executions=1)

        def proved(job):
            node = (job.tests or (f"{job.path}::{NAME}",))[0]
            return fakes.proved(node, lines=(10,), branches=((9, 10),))(job)

        asked.improvers = lambda: iter(((think, more),))
        made, _ = run(asked, script={Explore: explored, Prove: proved}, grade="weak")
        (one,) = store.pending()
        return one, made

    return improved


def renamed(_task, kept):
    test = kept.candidate
    origin = replace(test.origin, model="m:1", worded=("name",))
    yield replace(test, name="test_free", code=test.code.replace(test.name, "test_free"), origin=origin)


def test_a_kept_test_is_written_again_as_the_model_says_it(improved):
    one, made = improved(renamed)
    assert one.test.names == ("test_free",)
    assert "def test_free(" in one.test.code
    assert one.origin.told == "inputs by search, name by m:1, seed 0"
    assert [each.id for each in made.suggestions] == [one.id]


def test_a_model_is_told_the_gaps_that_the_test_closes(improved):
    seen = []
    improved(lambda task, _kept: seen.append([gap.line for gap in task.target.gaps]) or [])
    assert seen == [[9]]


def test_where_the_model_knows_nothing_better_the_test_stays(improved):
    one, _ = improved(lambda *_: [])
    assert (one.test.names, one.origin.worded) == ((NAME,), ())


def test_what_people_decided_meanwhile_stays_decided(improved, store):
    def decided(task, kept):
        (one,) = store.pending()
        store.decide(Decision(id=one.id, body=one.test.body_sha256, verb="reject", at="2026-11-28T00:00:00Z"))
        yield from renamed(task, kept)

    with pytest.raises(ValueError, match="not enough values"):
        improved(decided)


def test_what_people_changed_meanwhile_stays_as_they_wrote_it(improved, store):
    def edited(task, kept):
        (one,) = store.pending()
        store.replace_module(one, "# mine\n")
        yield from renamed(task, kept)

    one, _ = improved(edited)
    assert one.test.names == (NAME,)


@pytest.fixture
def server(ollama):
    """One that cannot write a test."""
    fake = ollama.FakeOllama()
    listed = {"name": "m:1", "digest": "d" * 64, "size": 10**9, "capabilities": ["completion"]}
    fake.answer("GET /api/version", ollama.said({"version": "0.33.0"}))
    fake.answer("GET /api/tags", ollama.said({"models": [listed]}))
    fake.answer("POST /api/show", ollama.said({"capabilities": ["completion"]}))
    fake.answer("POST /api/chat", lambda body: ollama.reply(ollama.shown(body) or _answer(body)))
    yield fake
    fake.close()


def test_a_real_conversation_leaves_its_evidence(run, server, settings):
    made, _ = run(None, host=server.url, with_=("ollama",))
    assert made.model.counts["scenario asked"] == 3
    assert made.model.window >= 2048
    assert any("m:1 on 127.0.0.1" in note for note in made.notes)
    kept = [json.loads(path.read_bytes()) for path in (settings.directory / ".cache/answers").iterdir()]
    about = {one["question"]["about"].partition("::")[2] for one in kept}
    assert about == {"", "discount", "parse_sku", "Cart.size"}
    assert {one["question"]["strategy"] for one in kept} == {"ability", "scenario", "use"}
    windows = {body["options"]["num_ctx"] for body in server.bodies("/chat")}
    assert windows == {made.model.window}


def test_a_model_is_not_asked_for_what_it_failed_to_show_and_that_is_said(run, server, ollama):
    server.answer("POST /api/chat", lambda body: ollama.reply(_answer(body)))
    made, _ = run(None, host=server.url, with_=("ollama",))
    assert made.model.counts["ability asked"] == 3
    assert "scenario asked" not in made.model.counts
    assert any("the model failed at names, whole tests, texts and scripts: not asked" in one for one in made.notes)


def test_what_a_model_showed_once_is_not_asked_again(run, server):
    run(None, host=server.url, with_=("ollama",))
    made, _ = run(None, host=server.url, with_=("ollama",))
    assert "ability asked" not in made.model.counts


def test_what_there_is_no_time_for_is_not_asked_and_said(run, server, ollama):
    slow = {"prompt_eval_duration": 100 * 10**9, "eval_duration": 10**9}
    server.answer("POST /api/chat", lambda body: ollama.reply(ollama.shown(body) or _answer(body), **slow))
    made, _ = run(None, host=server.url, with_=("ollama",))
    assert [
        body
        for body in server.bodies("/chat")
        if body["messages"] and body["options"]["num_predict"] != FIRST_WORDS
    ] == []
    (note,) = (note for note in made.notes if note.startswith("no time for another question"))
    assert re.fullmatch(r".*: it takes about \d+s, \ds were left; the next run asks it", note)
    assert (made.stopped, made.gaps) == ("budget", {"not tried": 3})
    quick, _ = run(None, host=server.url, with_=("ollama",), budget=Budget(seconds=3000.0))
    assert quick.model.counts["scenario asked"] == 3


def troubled(ollama):
    """A server that dies in the middle of a reply, is busy for a moment, and is silent after a question."""
    busy = iter([ollama.plain(503, b'{"error": "server busy, please try again"}')])

    def said(body):
        asked = body["messages"][-1]["content"] if body["messages"] else ""
        about = re.search(r"^# target: src/shop/cart.py::(.+)$", asked, re.MULTILINE)
        match about[1] if about else "":
            case "discount":
                return ollama.stream(ollama.line("def test_a"), "reset")
            case "parse_sku":
                return next(busy, ollama.reply(_answer(body)))
            case "Cart.size":
                return ["hang"]
        return ollama.reply(ollama.shown(body) or _answer(body))

    return said


def asked_about(bodies):
    """Of which functions whole tests were asked for."""
    contents = (message["content"] for body in bodies for message in body["messages"])
    return {
        found
        for content in contents
        for found in re.findall(r"^# target: src/shop/cart.py::(.+)$", content, re.MULTILINE)
    }


def test_what_a_server_in_trouble_did_not_answer_is_asked_by_the_next_run_and_nothing_else(
    run, server, ollama, monkeypatch
):
    monkeypatch.setattr(connect, "Limits", partial(Limits, first=1.0, gap=0.5))
    server.answer("POST /api/chat", troubled(ollama))
    made, _ = run(None, host=server.url, with_=("ollama",))
    assert made.model.counts["failed: aborted"] == 1
    assert made.gaps == {"nothing found": 1, "not tried": 2}
    before = len(server.bodies("/chat"))
    server.answer("POST /api/chat", lambda body: ollama.reply(ollama.shown(body) or _answer(body)))
    again, _ = run(None, host=server.url, with_=("ollama",))
    assert asked_about(server.bodies("/chat")[before:]) == {"discount", "Cart.size"}
    assert again.gaps == {"nothing found": 2, "done before": 1}


def test_what_there_was_no_time_for_is_asked_when_the_others_leave_time(run, asked):
    asked.unasked = {"discount"}
    asked.resume = asked.unasked.clear
    run(asked, budget=Budget(seconds=SHORTEST_WALK + 20))
    names = [task.target.qualname for task in asked.proposer.tasks]
    assert names.count("discount") == 2
    assert names.count("parse_sku") == 1


def _answer(body):
    """Nothing for loading, and no test."""
    return "I cannot write this test." if body["messages"] else ""


class Waited:
    """An asker that notes when its model is loaded, and never gets an answer."""

    has_kept = False

    def __init__(self):
        self.loaded = threading.Event()

    def left(self):
        return 60.0

    def warm(self, _messages):
        self.loaded.set()

    def ask(self, _question):
        return None

    def close(self):
        pass


def test_until_something_is_kept_the_machine_is_left_to_those_who_search():
    asker = Waited()
    local = model.LocalModel(None, asker, (), ())
    assert not asker.loaded.wait(1.0)
    asker.has_kept = True
    assert asker.loaded.wait(5.0)
    local.close()


def test_a_model_that_is_wanted_loads_at_once():
    asker = Waited()
    local = model.LocalModel(None, asker, (), (("names", None, False),))
    assert [*local.improvers()] == [(None, False)]
    assert asker.loaded.is_set()
    local.close()
