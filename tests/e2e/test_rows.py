"""Existing tests with other values, from the run to the suite afterwards."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-with=rows", "--enrich-max=0", "--enrich-budget=1500x")
QUIET = ("-q", "-p", "no:cacheprovider")
SOURCE = """\
def size(text):
    if text == "xl":
        return 10
    return len(text)


def load(path):
    line = path.read_text()
    if not line.startswith("v1 "):
        raise ValueError("no version")
    return line[3:]
"""
TESTS = """\
import pytest

from sizes import load, size


@pytest.fixture
def file(tmp_path):
    return tmp_path / "a.txt"


@pytest.mark.parametrize(("text", "expected"), [("a", 1), ("abc", 3)])
def test_size(text, expected):
    assert size(text) == expected


def test_load(file):
    file.write_text("v1 abc")
    assert load(file) == "abc"
"""
FILES = {"src/sizes.py": SOURCE, "tests/test_sizes.py": TESTS, "pytest.ini": "[pytest]\npythonpath = src\n"}


@pytest.fixture(scope="module")
def enriched(tmp_path_factory):
    """The project after a run, by the number of workers."""
    from tests.e2e.conftest import written

    def enriched(workers):
        project = written(tmp_path_factory.mktemp("rows"), FILES)
        return project, project.run(*ENRICH, *QUIET, f"--enrich-workers={workers}")

    return {workers: enriched(workers) for workers in (1, 3)}


def codes(project):
    """What is suggested, by function."""
    return {gap["qualname"]: code for gap, code in project.suggested()}


def test_each_existing_test_gets_what_suits_it(enriched):
    project, ended = enriched[1]
    assert ended.status == 0, ended.text
    found = codes(project)
    assert found["size"] == ['("xl", 10)']
    assert found["load"][0] == "def test_load_no_version(file):"
    assert found["load"][-1].strip() == "load(file)"


def test_a_budget_in_executions_gives_the_same_bytes_with_any_number_of_workers(enriched):
    one, several = (
        (project.root / "enrich-suggestions" / "all.patch").read_bytes() for project, _ in enriched.values()
    )
    assert one == several


def test_what_is_accepted_passes_and_reads_like_the_rest(enriched):
    project, ended = enriched[1]
    assert ended.status == 0, ended.text
    accepted = project.run("pytest_enrich", "accept", *project.pending())
    assert accepted.status == 0, accepted.text
    text = (project.root / "tests/test_sizes.py").read_text("utf-8")
    assert '[("a", 1), ("abc", 3), ("xl", 10)])' in text
    assert "5 passed" in project.run("pytest", *QUIET, "-p", "no:enrich").text
