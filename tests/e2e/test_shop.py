"""The main job on the project of the demo, from the first run to the last undo."""

from __future__ import annotations

import json
import re

import pytest

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-max=0", "--enrich-budget=5000x", "-p", "no:cacheprovider")
ONLY = tuple(f"--enrich-only=src/shop/{name}.py" for name in ("cart", "orders", "stock"))
LEAST_SUGGESTIONS = 15


@pytest.fixture(scope="module")
def enriched(shop, tmp_path_factory):
    """The shop after one run, and what the run said."""
    project = shop(tmp_path_factory.mktemp("first") / "shop")
    return project, project.run(*ENRICH, *ONLY)


@pytest.fixture(scope="module")
def status(enriched):
    """What git said before anything was accepted."""
    return enriched[0].git("status", "--porcelain")


@pytest.fixture(scope="module")
def accepted(enriched, status):
    """The bytes before all was accepted, what the command said, and the bytes afterwards."""
    assert status == ""
    project, _ = enriched
    before = project.content()
    ended = project.run("pytest_enrich", "accept", *project.pending())
    return before, ended, project.content()


def covered(project):
    """Lines and branches, in percent."""
    text = project.run("pytest", "-p", "no:cacheprovider", "--enrich", "--enrich-list").text
    found = re.search(r"coverage +(\d+)% of lines, (\d+)% of branches", text)
    assert found, text
    return int(found[1]), int(found[2])


def test_the_tests_pass_and_the_run_ends_well(enriched):
    _, ended = enriched
    assert ended.status == 0, ended.text
    assert "33 passed" in ended.text
    assert "Traceback" not in ended.text
    assert "internal error" not in ended.text


def test_every_known_gap_is_found(shop, tmp_path):
    project = shop(tmp_path / "shop")
    text = project.run(*ENRICH, "--enrich-list").text
    found, function = set(), ("", "")
    for line in text.partition("gaps  ")[2].splitlines():
        if named := re.match(r"(\S+\.py)::(\S+)  \(", line):
            function = named.groups()
        elif gap := re.match(r" +\d+  (\w+(?: match)?) +(.*)  \[[\w-]+\]$", line):
            found.add((*function, *gap.groups()))
    known = json.loads((project.root / "gaps.json").read_text("utf-8"))
    wanted = {(gap["path"], gap["qualname"], gap["outcome"], gap["text"]) for gap in known}
    assert wanted - found == set()
    assert not project.pending()


def test_nothing_outside_the_suggestions_is_changed(status):
    assert status == ""


def test_there_are_suggestions_for_most_gaps(enriched):
    project, ended = enriched
    assert len(project.pending()) >= LEAST_SUGGESTIONS, ended.text


def test_every_suggestion_has_its_three_files(enriched, accepted):
    assert accepted[1].status == 0
    project, _ = enriched
    summary = json.loads((project.root / "enrich-suggestions" / "run.json").read_text("utf-8"))
    assert summary["read_only_check"] == "ok"
    decided = project.root / "enrich-suggestions" / "decided"
    for one in summary["suggestions"]:
        names = {path.name for path in (decided / one["id"]).iterdir()}
        module = f"suggestion_{one['id'].replace('-', '_')}.py"
        assert {"suggestion.json", "suggestion.patch", module} <= names


def test_a_second_run_asks_nothing_new(enriched, status):
    project, _ = enriched
    assert status == ""
    before = {name: (path / "suggestion.json").read_bytes() for name, path in project.pending().items()}
    ended = project.run(*ENRICH, *ONLY)
    after = {name: (path / "suggestion.json").read_bytes() for name, path in project.pending().items()}
    assert ended.status == 0, ended.text
    assert after == before
    summary = json.loads((project.root / "enrich-suggestions" / "run.json").read_text("utf-8"))
    assert summary["candidates"] == 0
    assert set(summary["gaps"]) <= {"waiting", "done before"}, summary["gaps"]


def test_accepting_all_closes_gaps_and_the_suite_stays_green(enriched, accepted, shop, tmp_path):
    project, _ = enriched
    before, ended, after = accepted
    assert ended.status == 0, ended.text
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed
    assert all(path.startswith("tests/") for path in changed)
    suite = project.run("pytest", "-q", "-p", "no:cacheprovider")
    assert suite.status == 0, suite.text
    lines, branches = covered(project)
    old_lines, old_branches = covered(shop(tmp_path / "shop"))
    assert (lines > old_lines, branches > old_branches) == (True, True)


def test_the_accepted_tests_pass_in_any_order_and_with_any_hash(enriched, accepted):
    project, _ = enriched
    assert accepted[1].status == 0
    names = sorted(str(path.relative_to(project.root)) for path in (project.root / "tests").glob("test_*.py"))
    assert project.run("pytest", "-q", "-p", "no:cacheprovider", *reversed(names)).status == 0


def test_taking_all_back_restores_every_byte(enriched, accepted):
    project, _ = enriched
    before, _, _ = accepted
    decided = [path.name for path in (project.root / "enrich-suggestions" / "decided").iterdir()]
    for name in reversed(decided):
        ended = project.run("pytest_enrich", "undo", name)
        assert ended.status == 0, ended.text
    assert project.content() == before
    assert project.git("status", "--porcelain") == ""


def test_two_fresh_copies_give_the_same_suggestions_byte_for_byte(shop, tmp_path):
    first, second = (shop(tmp_path / name) for name in ("here", "elsewhere"))
    for project in (first, second):
        project.run(*ENRICH, "--enrich-only=src/shop/ledger.py", "--enrich-budget=300x")

    def patches(project):
        folder = project.root / "enrich-suggestions" / "pending"
        return {path.parent.name: path.read_bytes() for path in folder.glob("*/suggestion.patch")}

    assert patches(first)
    assert patches(second) == patches(first)
