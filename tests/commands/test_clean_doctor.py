import pytest

from pytest_enrich.commands import doctor
from pytest_enrich.sandboxes import survey


def test_clean_removes_decided_and_stale_and_keeps_what_waits(project, no_dash, free):
    project.run("reject", no_dash, "--reason", "wrong")
    stale = project.suggest("parse_sku", 3, "def test_b():\n    assert parse_sku\n")
    project.source.write_text(project.source.read_text().replace("if not sep", "if not tail"))
    answer = project.run("clean", "--yes", "--json")
    assert answer.json == {"decided": [no_dash], "stale": [stale]}
    assert project.store.decided_names() == ()
    assert [one.id for one in project.store.pending()] == [free]


def test_clean_does_not_remove_without_being_told(project, no_dash, monkeypatch):
    project.run("reject", no_dash, "--reason", "wrong")
    monkeypatch.setattr("sys.stdin", None)
    answer = project.run("clean")
    assert answer.status == 2
    assert "pytest-enrich clean --yes" in answer.err
    assert project.store.decided_names() == (no_dash,)


def test_clean_with_nothing_to_clean(project, no_dash):
    assert project.run("clean").out == "Nothing to clean.\n"
    assert len(project.store.pending()) == 1, no_dash


def test_doctor_finds_everything_here(project):
    answer = project.run("doctor", "--json")
    assert answer.status == 0, answer.out
    names = [check["name"] for check in answer.json["checks"]]
    assert names[:3] == ["Python", "pytest", "pytest-cov"]
    assert not project.store.directory.exists()


def test_doctor_names_the_isolation_and_each_of_its_layers(project, monkeypatch):
    layers = (
        survey.Layer("bwrap", works=False, found="not installed"),
        survey.Layer("landlock", works=True, found="version 7"),
    )
    monkeypatch.setattr(survey, "survey", lambda _root: ("landlock+seccomp", layers))
    checks = {check["name"].strip(): check["found"] for check in project.run("doctor", "--json").json["checks"]}
    assert checks["isolation"] == "landlock+seccomp"
    assert (checks["bwrap"], checks["landlock"]) == ("not installed", "version 7")


def test_doctor_says_what_is_not_done_without_layers(project, monkeypatch):
    monkeypatch.setattr(survey, "survey", lambda _root: ("rlimits-only", ()))
    answer = project.run("doctor")
    assert "rlimits-only: code that a model writes is not run here" in answer.out


@pytest.mark.parametrize(("needed", "found"), [((99,), "(needs 99)"), ((0,), "")])
def test_doctor_compares_versions_as_numbers(monkeypatch, needed, found):
    monkeypatch.setattr(doctor.importlib.metadata, "version", lambda _: "7.10.1rc2")
    check = doctor._package("coverage", needed)
    assert check.ok == (not found)
    assert found in check.found


def test_doctor_names_the_fix_for_what_is_missing():
    check = doctor._package("no-such-distribution", (1,))
    assert not check.ok
    assert check.fix.endswith('-m pip install "no-such-distribution>=1"')


def test_doctor_tells_a_folder_that_cannot_be_used(project):
    project.store.directory.write_text("a file")
    answer = project.run("doctor")
    assert answer.status == 1
    assert "--enrich-dir=" in answer.out
