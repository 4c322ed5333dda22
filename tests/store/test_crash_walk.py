"""A process is killed at each of its steps on the disk: what it had told as saved is there."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from pytest_enrich.data import Attempt, Attempted, Decision, Dropped, NewTest, Origin, Placement, RunSummary
from pytest_enrich.store import Store, last_run

STEPS = frozenset({"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "shutil.rmtree"})
IDS = ("cart-aaaaaaaa", "cart-bbbbbbbb")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


def attempt():
    test = NewTest(
        name="test_a",
        code="def test_a():\n    assert a() == 1\n",
        imports=(),
        placement=Placement(path="tests/test_cart.py"),
        title="a",
        look="",
        oracle=(),
        origin=Origin(proposer="search"),
        gaps=(),
    )
    dropped = Dropped(rung="gains", reason="reaches nothing new")
    return Attempted(attempt=Attempt(path="a.py", qualname="a", digest="d", candidate=test, verdict=dropped))


def work(store, make, told):
    """All that a run and a person have the store do; `told` is called after each thing that is saved."""
    decisions = [Decision(id=one, body=make(one).test.body_sha256, verb="accept", at="2026-11-28") for one in IDS]
    store.evidence.begin({"run": 1})
    for identity in IDS:
        store.save(make(identity), "patch", "module")
        told(f"saved {identity}")
        store.journal(attempt())
        told("journal")
    for decision in decisions:
        store.decide(decision)
        told(f"accepted {decision.id}")
    store.decide(Decision(id=IDS[0], body=decisions[0].body, verb="undo", at="2026-11-28"))
    told(f"saved {IDS[0]}")
    last_run.write(store, RunSummary(candidates=1))
    told("end")


def killed_at(step, store, make):
    """What a child told before it was killed at this step; None when it came to its end."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        count = 0

        def hook(event, arguments):
            nonlocal count
            if event in STEPS and str(store.directory) in str(arguments[0]):
                count += 1
                if count == step:
                    os._exit(9)

        sys.addaudithook(hook)
        try:
            work(store, make, lambda text: os.write(writing, f"{text}\n".encode()))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read().decode().splitlines()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, 9}
    return told, status == 0


def states(store):
    waiting = {one.id: "saved" for one in store.pending()}
    return {**{one.id: "accepted" for one in store.decisions() if one.verb == "accept"}, **waiting}


def test_nothing_that_was_told_as_saved_is_lost_at_any_step(rootdir, make_suggestion, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)  # a killed process loses nothing that the system has
    step, is_done = 0, False
    while not is_done:
        step += 1
        store = Store(rootdir / "enrich-suggestions", rootdir)
        shutil.rmtree(store.directory, ignore_errors=True)
        store.prepare()
        told, is_done = killed_at(step, store, make_suggestion)
        names = {name for line in told if (name := line.partition(" ")[2])}
        found = states(store)
        assert names <= found.keys(), (step, told)
        assert f"accepted {IDS[1]}" not in told or found[IDS[1]] == "accepted", (step, told)
        assert len(store.attempts()) >= told.count("journal"), (step, told)
        # What comes next repairs what was left.
        work(store, make_suggestion, lambda _: None)
        checked = store.evidence.check()
        assert checked.faults == (), (step, told)
        assert states(store) == {IDS[0]: "saved", IDS[1]: "accepted"}, (step, told)
    assert step > 40
