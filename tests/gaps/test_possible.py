"""Which branches a text has."""

from __future__ import annotations

import coverage
import pytest

from pytest_enrich import gaps

TEXT = "def f(x):\n    if x:\n        return 1\n    for one in x:\n        print(one)\n    return 2\n"


def test_the_ways_out_of_a_decision_are_its_branches():
    assert gaps.branches(TEXT) == {(2, 3), (2, 4), (4, 5), (4, 6)}


@pytest.mark.parametrize("text", ["", "def (:\n", "x = 1\n", "\0"])
def test_what_has_none_or_cannot_be_read_has_none(text):
    assert gaps.branches(text) == frozenset()


def test_whatever_coverage_measures_is_among_them(tmp_path):
    file = tmp_path / "code.py"
    file.write_text(f"{TEXT}f(1)\nf([])\ntry:\n    f([0])\n    f(object())\nexcept TypeError:\n    pass\n")
    measured = coverage.Coverage(data_file=None, branch=True, include=[str(file)], config_file=False)
    with measured.collect():
        exec(compile(file.read_text(), str(file), "exec"), {})
    taken = measured._analyze(str(file)).executed_branch_arcs()
    assert {(start, end) for start, ends in taken.items() for end in ends} <= gaps.branches(file.read_text())
    assert taken
