"""Laws that hold for all code, tried on modules of the standard library."""

from __future__ import annotations

import inspect
import warnings
from functools import cache

import pytest
from coverage.parser import PythonParser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_enrich import gaps
from pytest_enrich.gaps.flow import taken
from pytest_enrich.gaps.outline import Outline

MODULES = ("textwrap", "shlex", "configparser", "tempfile", "queue", "cmd", "email.utils")
WORDS = {
    "was never true": "true",
    "was always true": "false",
    "never started": "iterates",
    "didn't complete": "skips",
    "never matched": "matches",
    "always matched": "no match",
}


@cache
def measured(name: str) -> tuple[str, gaps.FileCoverage, PythonParser]:
    """A module's text, with all its statements and branches, and coverage's parser of it."""
    text = inspect.getsource(__import__(name, fromlist=["_"]))
    assert "abstractmethod" not in text, "what is abstract is no gap, which these laws leave out"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = PythonParser(text=text, filename=name)
        parser.parse_source()
    exits = parser.exit_counts()
    branches = tuple(sorted(arc for arc in parser.arcs() if exits.get(arc[0], 0) > 1))
    statements = tuple(sorted(parser.statements))
    file = gaps.FileCoverage(
        path=f"{name}.py",
        statements=statements,
        missing_lines=statements,
        branches=branches,
        missing_branches=branches,
    )
    return text, file, parser


@pytest.mark.parametrize("name", MODULES)
def test_branches_are_explained_as_coverage_explains_them(name):
    text, file, parser = measured(name)
    outline = Outline(text)
    ours, theirs = [], []
    for branch in file.branches:
        said = parser.missing_arc_description(*branch)
        outcomes = [outcome for words, outcome in WORDS.items() if words in said]
        if outcomes:
            theirs.append((branch, outcomes[0]))
            ours.append((branch, taken(outline, branch)[1]))
    assert ours == theirs
    assert len(ours) > 10


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_each_missing_line_and_branch_belongs_to_exactly_one_gap(data):
    name = data.draw(st.sampled_from(MODULES))
    text, everything, _ = measured(name)
    lines = data.draw(st.sets(st.sampled_from(everything.statements)))
    branches = data.draw(st.sets(st.sampled_from(everything.branches)))
    file = gaps.FileCoverage(
        path=everything.path,
        statements=everything.statements,
        missing_lines=tuple(sorted(lines)),
        branches=everything.branches,
        missing_branches=tuple(sorted(branches)),
    )
    found = gaps.find(file.path, text, file)
    assert sorted(line for gap in found for line in gap.lines) == sorted(lines)
    assert sorted(branch for gap in found for branch in gap.branches) == sorted(branches)


@pytest.mark.parametrize("name", MODULES)
def test_ids_are_unique_and_known_from_the_text_alone(name):
    text, file, _ = measured(name)
    found = gaps.find(file.path, text, file)
    known = gaps.identify(file.path, text)
    assert len({gap.id for gap in found}) == len(found)
    assert [known[gap.id] for gap in found] == [(gap.qualname, gap.line) for gap in found]


@pytest.mark.parametrize("name", MODULES)
def test_a_gap_lies_in_the_function_that_it_names(name):
    text, file, _ = measured(name)
    outline = Outline(text)
    spans = {}
    for node, site in outline.bodies.items():
        spans.setdefault(site.qualname, []).append(
            (getattr(node, "lineno", 0), getattr(node, "end_lineno", 10**6))
        )
    for gap in gaps.find(file.path, text, file):
        assert any(first <= gap.line <= last for first, last in spans[gap.qualname])
