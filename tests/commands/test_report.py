import json

import pytest

from pytest_enrich.data import Finished, RunSummary
from pytest_enrich.store import last_run, rejected


def told(project):
    return project.run("report", "--format", "json:-").json


def test_what_waits_is_told_with_its_source_as_it_is_today(project, no_dash):
    project.source.write_text("\n\n" + project.source.read_text())
    (one,) = told(project)["suggestions"]
    assert one["suggestion"]["id"] == no_dash
    assert [(line["number"], line["missing"]) for line in one["source"]][2:4] == [(5, False), (6, True)]
    assert one["source"][3]["text"] == '        raise ValueError("missing dash")'
    assert not one["stale"]


def test_a_suggestion_whose_code_changed_is_stale_and_has_no_source(project, no_dash):
    project.source.write_text(project.source.read_text().replace("if not sep", "if sep is None"))
    (one,) = told(project)["suggestions"]
    assert (one["stale"], one["source"], one["suggestion"]["id"]) == (True, [], no_dash)


@pytest.mark.usefixtures("negative")
def test_the_difference_is_to_the_test_file_as_it_is_today(project):
    project.tests.write_text("# a line more\n" + project.tests.read_text())
    (one,) = told(project)["suggestions"]
    assert "+def test_negative():" in one["difference"]


@pytest.mark.usefixtures("no_dash")
def test_a_test_that_its_file_cannot_take_has_no_difference(project):
    project.tests.write_text("<<<<<<< ours\n")
    (one,) = told(project)["suggestions"]
    assert one["difference"] == ""


def test_a_new_file_is_a_difference_to_nothing(project):
    project.suggest("discount", 11, "def test_free():\n    assert True\n", path="tests/test_new.py", anchor=None)
    (one,) = told(project)["suggestions"]
    assert one["difference"].splitlines()[1] == "new file mode 100644"


def test_strong_ones_come_first_then_those_of_one_file_in_its_order(project, negative, no_dash):
    assert [one["suggestion"]["id"] for one in told(project)["suggestions"]] == [no_dash, negative]
    path = project.store.directory / "pending" / negative / "suggestion.json"
    path.write_text(path.read_text().replace('"grade": "good"', '"grade": "strong"').replace("ungraded", "strong"))
    assert [one["suggestion"]["id"] for one in told(project)["suggestions"]] == [negative, no_dash]


def test_gaps_without_a_test_and_what_was_turned_down_are_told(project, no_dash, negative):
    gap = project._gap("discount", 11)
    project.store.journal(Finished(gap=gap, digest="d", proposer="search", outcome="nothing found"))
    project.run("reject", negative, "--reason", "trivial")
    answer = told(project)
    assert [one["gap"]["id"] for one in answer["without"]] == [gap.id]
    assert (answer["turned_down"], answer["project"]) == (1, "project")
    assert [one["suggestion"]["id"] for one in answer["suggestions"]] == [no_dash]
    assert len(rejected.read(project.root).lines) == 1


@pytest.mark.usefixtures("no_dash")
def test_a_report_goes_where_the_current_folder_says(project):
    answer = project.run("report", "--format", "json:out/a.json", "--format", "json", cwd=project.root / "tests")
    assert answer.status == 0
    assert json.loads((project.root / "tests/out/a.json").read_text())["schema"] == "pytest-enrich/report/1"
    assert (project.store.directory / "report.json").is_file()
    assert "Written: out/a.json" in answer.out


@pytest.mark.usefixtures("no_dash")
def test_json_names_what_was_written(project):
    answer = project.run("report", "--format", "json:a.json", "--json")
    assert answer.json == {"written": [str(project.root / "a.json")]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--format", "pdf"], "accepted is none, "),
        (["--format", "json:"], "accepted is none, "),
        (["--format", "none", "--format", "json"], "accepted is none alone"),
        (["--format", "json:-", "--format", "md:-"], "only one thing can go to stdout"),
        (["--format", "json:-", "--json"], "only one thing can go to stdout"),
        (["--format", "json:tests/test_cart.py"], "is there and is no json report of ours"),
        (["--format", "json:/dev/null"], "is there and is no json report of ours"),
    ],
)
@pytest.mark.usefixtures("no_dash")
def test_a_wrong_wish_is_told_and_nothing_is_written(project, words, message):
    before = project.snapshot()
    answer = project.run("report", *words)
    assert answer.status == 2
    assert message in answer.err
    assert project.snapshot() == before


def test_without_a_suggestions_folder_a_file_has_to_be_named(project):
    answer = project.run("report", "--format", "json")
    assert (answer.status, "Make one:  pytest --enrich" in answer.err) == (2, True)
    assert project.run("report", "--format", "json:empty.json").status == 0
    assert json.loads((project.root / "empty.json").read_text())["suggestions"] == []


@pytest.mark.usefixtures("no_dash")
def test_the_time_is_the_runs(project):
    last_run.write(project.store, RunSummary(at="2026-11-24T22:41:07Z", suggestions=()))
    assert told(project)["run"]["at"] == "2026-11-24T22:41:07Z"
