"""Tests of a team that uses Hypothesis, as jobs run them."""

from __future__ import annotations

import os
import sys
from contextlib import closing

import pytest

from pytest_enrich.data import Answered, Prove, World
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

DRAWS = """
from hypothesis import given, settings
from hypothesis import strategies as st

SEEN = []


@given(st.integers())
def test_draws(x):
    SEEN.append(x)


def test_seen():
    assert hash(tuple(SEEN)) == len(SEEN)
"""
WARM = """
def test_warm():
    from hypothesis.internal import charmap
    assert charmap._charmap is not None
"""


@pytest.fixture
def drawn(project):
    root = project(tests__test_draws="import hypothesis.strategies\n")

    def drawn(seed: int) -> str:
        """What names the values drawn with this hash seed."""
        job = Prove(path="tests/test_draws.py", text=DRAWS, world=World(hash_seed=seed))
        execution = ProcessSandbox(root).execute(job, timeout=60)
        assert isinstance(execution, Answered), execution
        plain, seen = execution.answer.outcomes
        assert (plain.result, seen.result) == ("passed", "failed")
        return seen.detail

    return drawn


@pytest.mark.parametrize("ci", [pytest.param({}, id="at home"), pytest.param({"CI": "true"}, id="on CI")])
def test_the_same_is_drawn_each_time_and_with_another_hash_seed_something_else(drawn, monkeypatch, ci):
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ci.items():
        monkeypatch.setenv(name, value)
    first = drawn(1)
    assert drawn(1) == first
    assert drawn(2) != first


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks are made on Linux alone")
def test_a_fork_need_not_work_out_what_letters_there_are(project):
    root = project(tests__test_draws="import hypothesis.strategies\n")
    # What is as young as the process that loads it counts as changed meanwhile.
    for path in root.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    with closing(ForkserverSandbox(ProcessSandbox(root))) as forks:
        execution = forks.execute(Prove(path="tests/test_draws.py", text=WARM), timeout=60)
    assert isinstance(execution, Answered), execution
    (outcome,) = execution.answer.outcomes
    assert outcome.result == "passed", outcome.detail
