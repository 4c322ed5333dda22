"""What a call did, as the runner tells it."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_enrich.payload.engine.trace import Tracer
from pytest_enrich.payload.explore.calls import Call
from pytest_enrich.payload.explore.entry import Entry
from pytest_enrich.payload.explore.run import Runner


class GoingOn(Tracer):
    """One that notes more whenever it is asked for a line, as a thread of the project's may do at any time."""

    def line(self, number):
        self.branches.add((number, len(self.branches) + 1000))
        return super().line(number)


def go_up():
    os.chdir("..")


class Money:
    def __add__(self, other):
        if isinstance(other, Money):
            return self
        return NotImplemented


def test_a_thread_that_goes_on_while_its_call_is_looked_at_is_no_obstacle():
    other = {"name": "other", "kind": "positional", "default": None}
    entry = Entry(__name__, "Money.__add__", "method", (other,))
    runner = Runner(GoingOn(__file__, {}), {entry.key: entry}, __file__.rpartition("/")[0])
    outcome = runner.call(Call(entry.key, (("other", "1"),), f"⟨{__name__}:Money⟩()"))
    assert isinstance(outcome.raised, TypeError)


def test_a_call_that_leaves_the_working_directory_is_refused_and_the_next_one_starts_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    entry = Entry(__name__, "go_up", "function", ())
    runner = Runner(Tracer(__file__, {}), {entry.key: entry}, __file__.rpartition("/")[0])
    assert runner.call(Call(entry.key, ())).refusal == "side effect"
    assert Path.cwd() == tmp_path
