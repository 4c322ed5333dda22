"""`pytest-enrich merge` as people meet it."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture
def jobs(project, no_dash, tmp_path):
    """Two downloads, the second one with one more suggestion; nothing waits in the project itself."""
    folder = project.store.directory
    places = [tmp_path / "jobs" / f"enrich-suggestions-{number}" for number in (1, 2)]
    shutil.copytree(folder, places[0], ignore=shutil.ignore_patterns(".*"))
    code = 'def test_free():\n    assert discount(10, "FREE") == 0.0\n'
    other = project.suggest("discount", 11, code, anchor="test_discount")
    shutil.copytree(folder, places[1], ignore=shutil.ignore_patterns(".*"))
    shutil.rmtree(folder)
    return places, (no_dash, other)


def test_a_merge_says_what_waits_what_was_left_out_and_what_comes_next(project, jobs):
    places, ids = jobs
    answer = project.run("merge", *map(str, places))
    assert answer.status == 0
    assert "Merged 2 folders: 2 suggestions wait, 2 of them new." in answer.out
    assert "left out: 1 for the same gap as another" in answer.out
    assert all(identity in answer.out for identity in ids)
    assert answer.out.endswith("Next:  pytest-enrich review\n")


def test_the_folder_of_all_downloads_will_do(project, jobs):
    places, ids = jobs
    answer = project.run("merge", str(places[0].parent), "--json")
    assert answer.json["waiting"] == sorted(answer.json["waiting"], key=answer.json["waiting"].index)
    assert set(answer.json["waiting"]) == set(ids) == set(answer.json["added"])
    assert (len(answer.json["folders"]), answer.json["same_gap"]) == (2, [ids[0]])


def test_a_folder_that_is_named_twice_counts_once(project, jobs):
    places, _ = jobs
    answer = project.run("merge", str(places[0]), str(places[0].parent), str(places[0]), "--json")
    assert (len(answer.json["folders"]), len(answer.json["same_gap"])) == (2, 1)


def test_what_was_merged_is_accepted_as_any_other(project, jobs):
    places, ids = jobs
    project.run("merge", *map(str, places))
    assert project.run("accept", *ids).status == 0
    assert project.suite_passes()


def test_another_folder_may_be_named(project, jobs, tmp_path):
    answer = project.run("merge", *map(str, jobs[0]), "--into", str(tmp_path / "all"))
    assert answer.status == 0
    assert project.run("list", "--dir", str(tmp_path / "all"), "--json").json["suggestions"][0]["stale"] is False
    assert not project.store.directory.exists()


@pytest.mark.parametrize("name", ["nowhere", "src", "pyproject.toml"])
def test_a_folder_that_is_none_is_a_usage_error_and_nothing_is_merged(project, jobs, name):
    answer = project.run("merge", str(jobs[0][0]), name)
    assert (answer.status, answer.out) == (2, "")
    assert f"{name} is no suggestions folder" in answer.err
    assert "Nothing was merged." in answer.err
    assert not project.store.directory.exists()


def test_downloads_of_jobs_that_left_nothing_are_nothing_to_merge(project, tmp_path):
    (tmp_path / "none").mkdir()
    answer = project.run("merge", str(tmp_path / "none"))
    assert (answer.status, answer.out) == (0, "No job has left anything: nothing was merged.\n")
    assert project.run("merge", str(tmp_path / "none"), "--json").json["waiting"] == []
    assert not project.store.directory.exists()


def test_a_folder_in_which_nothing_waits_leaves_a_folder_that_is_ours(project, jobs, tmp_path):
    (tmp_path / "empty" / "pending").mkdir(parents=True)
    assert project.run("merge", str(tmp_path / "empty")).status == 0
    assert project.run("merge", str(jobs[0][0])).status == 0
    assert len(project.store.pending()) == 1


def test_on_github_what_is_merged_and_reported_is_no_command_to_the_runner(project, jobs, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    merged = project.run("merge", str(jobs[0][0].parent)).out.splitlines()
    assert merged[0].startswith("::stop-commands::")
    assert merged[-1] == f"::{merged[0].rpartition('::')[2]}::"
    told = project.run("report", "--format", "github", "--format", "html")
    assert [line.split("file=")[0] for line in told.out.splitlines()] == ["::notice ", "::notice "]
    assert "### Suggested tests: 2" in (tmp_path / "summary.md").read_text("utf-8")
    assert "Job summary written." in told.err


def test_without_a_folder_the_command_says_what_it_wants(project):
    assert project.run("merge").status == 2


def test_what_cannot_be_read_is_named_and_the_rest_is_merged(project, jobs):
    places, ids = jobs
    (places[1] / "pending" / ids[1] / "suggestion.json").write_text("{")
    answer = project.run("merge", *map(str, places))
    assert answer.status == 0
    assert f"enrich-suggestions-2: pending/{ids[1]}/suggestion.json cannot be read" in answer.err
    assert "1 suggestion waits" in answer.out


def test_a_folder_that_cannot_be_written_is_said_and_no_traceback(project, jobs):
    (project.root / "file").write_text("")
    answer = project.run("merge", str(jobs[0][0]), "--into", "file/inside")
    assert answer.status == 3
    assert "Traceback" not in answer.err
    assert answer.err.endswith("Another folder:  pytest-enrich merge DIR... --into FOLDER\n")
