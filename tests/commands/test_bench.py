"""`bench`: what is hidden, what is counted, and a whole one of a small project without a model."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.commands import bench
from pytest_enrich.commands.bench import Arm

TESTS = """\
import pytest


@pytest.mark.parametrize("n", [1, 2])
def test_a(n):
    assert n


class TestB:
    def test_c(self):
        assert True

    def test_d(self):
        assert True


class TestE:
    \"""All about E.\"""

    def test_f(self):
        assert True


async def test_g():
    assert True
"""
EVERY = ("test_a", "TestB::test_c", "TestB::test_d", "TestE::test_f", "test_g")


@given(st.sets(st.sampled_from(EVERY)))
def test_what_is_hidden_is_gone_and_all_else_stays(names):
    left = ast.parse(bench.without(TESTS, names))
    found = {node.name for node in ast.walk(left) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert found == {name.rpartition("::")[2] for name in EVERY if name not in names}
    assert {node.name for node in ast.walk(left) if isinstance(node, ast.ClassDef)} == {"TestB", "TestE"}


def test_decorators_go_with_their_test():
    assert "parametrize" not in bench.without(TESTS, {"test_a"})


@given(st.integers(1, 60), st.floats(0.05, 0.9), st.integers(0, 9))
def test_the_same_share_is_drawn_each_time(count, share, seed):
    nodeids = [f"t.py::test_{number}" for number in range(count)]
    drawn = bench.choose(nodeids, share, seed)
    assert drawn == bench.choose(nodeids, share, seed)
    assert len(drawn) == max(round(count * share), 1)
    assert list(drawn) == [one for one in nodeids if one in drawn]


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1.0)]
)
def test_an_interval_is_wilsons(count, of, low, high):
    assert bench.wilson(count, of) == pytest.approx((low, high), abs=0.001)


def test_the_table_has_a_row_for_each_model():
    plain = Arm(name="none", back=5, wanted=10, killed=3, tried=0, accepted=4, own=0, tokens=0, seconds=61.2)
    small = Arm(name="m:1b", back=10, wanted=10, killed=3, tried=4, accepted=6, own=2, tokens=500, seconds=90)
    _, _, first, second = bench.table([plain, small]).splitlines()
    assert first == "| none | 5 of 10 (24-76 %) | 0 of 0 | 4, 0 |  | 61 |"
    assert second == "| m:1b | 10 of 10 (72-100 %) | 3 of 4 (30-95 %) | 6, 2 | 4.0 | 90 |"


@pytest.fixture
def small(project):
    """A project whose hidden test is the only one of a branch."""
    root = project.store.rootdir
    (root / "pytest.ini").write_text("[pytest]\npythonpath = .\ntestpaths = checks\n")
    (root / "till.py").write_text(
        "def toll(weight):\n    if weight < 0:\n        raise ValueError('negative weight')\n    return weight\n"
    )
    (root / "checks").mkdir()
    (root / "checks/test_till.py").write_text(
        "import pytest\nfrom till import toll\n\n\ndef test_a():\n    assert toll(1) == 1\n\n\n"
        "def test_b():\n    with pytest.raises(ValueError):\n        toll(-1)\n"
    )
    return project


def test_a_budget_in_executions_compares_nothing(small, tmp_path):
    answer = small.run("bench", "--budget", "900x", "--folder", str(tmp_path / "bench"))
    assert answer.status == 2
    assert not (tmp_path / "bench").exists()


@pytest.mark.slow
def test_what_hidden_tests_covered_is_won_back_in_copies_only(small, tmp_path):
    root = small.store.rootdir
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    words = (
        "bench",
        "--share",
        "0.5",
        "--seed",
        "0",
        "--budget",
        "3m",
        "--folder",
        str(tmp_path / "bench"),
        "--json",
    )
    first = small.run(*words)
    assert first.status == 0, first.err
    found = first.json
    (arm,) = found["arms"]
    assert found["hidden"] == ["checks/test_till.py::test_b"]
    assert (arm["name"], arm["wanted"], arm["back"], arm["own"]) == ("none", 1, 1, 0)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert small.run(*words).json == found  # nothing is measured twice: the seconds are the same
    (kept,) = (tmp_path / "bench").glob("*/bench.json")
    assert json.loads(kept.read_bytes()) == found["arms"]
