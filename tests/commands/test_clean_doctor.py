import re

import pytest

from pytest_enrich.commands import doctor
from pytest_enrich.data import Rehearsal
from pytest_enrich.proposers.ollama import abilities, connect
from pytest_enrich.proposers.ollama.client import Client, parse_host
from pytest_enrich.proposers.ollama.gate import Model, Pulled
from pytest_enrich.proposers.ollama.protocol import Limits
from pytest_enrich.sandboxes import isolation


@pytest.fixture
def rehearsed(monkeypatch):
    """Existing tests need not run for what is not about them."""
    found = Rehearsal(isolation="rlimits-only", tests=("t.py::test_a",), passed=("alone",))
    monkeypatch.setattr(doctor.reproof, "rehearse", lambda _store: found)


def test_clean_removes_decided_and_stale_and_keeps_what_waits(project, no_dash, free):
    project.run("reject", no_dash, "--reason", "wrong")
    stale = project.suggest("parse_sku", 3, "def test_b():\n    assert parse_sku\n")
    project.source.write_text(project.source.read_text().replace("if not sep", "if not tail"))
    answer = project.run("clean", "--yes", "--json")
    assert answer.json == {"decided": [no_dash], "stale": [stale], "evidence": 0}
    assert project.store.decided_names() == ()
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


@pytest.mark.usefixtures("rehearsed")
def test_doctor_finds_everything_here(project):
    answer = project.run("doctor", "--json")
    assert answer.status == 0, answer.out
    names = [check["name"] for check in answer.json["checks"]]
    assert names[:2] == ["folder", "limits"]
    assert not project.store.directory.exists()


@pytest.mark.usefixtures("rehearsed")
def test_doctor_names_the_isolation_and_each_of_its_layers(project, monkeypatch):
    layers = (
        isolation.Layer("bwrap", works=False, found="not installed"),
        isolation.Layer("landlock", works=True, found="version 7"),
    )
    monkeypatch.setattr(isolation, "survey", lambda _root: ("landlock+seccomp", layers))
    checks = {check["name"].strip(): check["found"] for check in project.run("doctor", "--json").json["checks"]}
    assert checks["isolation"] == "landlock+seccomp"
    assert (checks["bwrap"], checks["landlock"]) == ("not installed", "version 7")


@pytest.mark.usefixtures("rehearsed")
def test_doctor_says_what_is_not_done_without_layers(project, monkeypatch):
    monkeypatch.setattr(isolation, "survey", lambda _root: ("rlimits-only", ()))
    answer = project.run("doctor")
    assert "rlimits-only: code that a model writes is not run here" in answer.out


@pytest.mark.usefixtures("rehearsed")
def test_doctor_says_that_no_model_is_needed(project, monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")
    answer = project.run("doctor")
    assert answer.status == 0
    assert "model        none: no answer from http://127.0.0.1:1 (ollama serve): not needed" in answer.out


@pytest.mark.usefixtures("rehearsed")
def test_doctor_says_which_model_would_be_asked_and_what_it_has_shown(project, monkeypatch):
    found = connect.Connected(
        client=Client(parse_host("127.0.0.1:1"), Limits()),
        model=Model(pulled=Pulled(name="coder"), name="coder"),
        reason="the only one pulled",
        version="0.33.0",
        is_here=True,
    )
    monkeypatch.setattr(connect, "connect", lambda _wish: found)
    monkeypatch.setattr(abilities, "look", lambda _asker: {"names": True, "tests": False})
    answer = project.run("doctor")
    assert "ollama coder on 127.0.0.1:1 (code stays here); the only one pulled" in answer.out
    assert "good for   names; not whole tests; not known yet, no answer in time: texts and scripts" in answer.out


@pytest.mark.usefixtures("rehearsed")
def test_doctor_tells_a_folder_that_cannot_be_used(project):
    project.store.directory.write_text("a file")
    answer = project.run("doctor")
    assert answer.status == 1
    assert "--enrich-dir=" in answer.out


def inside(answer):
    """What is said of existing tests inside, and of the ways in which they do not pass."""
    checks = answer.json["checks"]
    (place,) = (number for number, check in enumerate(checks) if check["name"] == "inside")
    return checks[place], checks[place + 1 :]


def test_doctor_tries_existing_tests_where_candidates_would_run(project, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))  # whatever is not installed
    answer = project.run("doctor", "--json")
    check, left_out = inside(answer)
    assert (answer.status, check["ok"], check["fix"]) == (0, True, "")
    assert re.fullmatch(
        r"in (landlock\+seccomp|rlimits-only): 2 existing tests passed in \d of 7 ways of .*", check["found"]
    )
    assert all("on a worker of pytest-xdist" in one["found"] for one in left_out)
    assert not project.store.directory.exists()


def test_doctor_says_that_no_test_passes_inside_and_what_helps(project):
    project.tests.write_text(
        "from pathlib import Path\n\n\ndef test_a():\n    (Path(__file__).parents[2] / 'new').write_text('')\n"
    )
    answer = project.run("doctor", "--json")
    check, _ = inside(answer)
    assert (answer.status, check["ok"]) == (1, False)
    assert "tests/test_cart.py::test_a does not pass: " in check["found"]
    assert "Error" in check["found"]
    assert check["fix"]


def test_doctor_names_a_way_in_which_existing_tests_do_not_pass(project):
    project.tests.write_text("import os\n\n\ndef test_a():\n    assert os.environ.get('USER') != 'somebody'\n")
    answer = project.run("doctor", "--json")
    check, left_out = inside(answer)
    assert (answer.status, check["ok"]) == (0, True)
    assert any("test_a does not pass in its file, with another hash seed" in one["found"] for one in left_out)


def test_doctor_says_why_pytest_does_not_start(project):
    (project.root / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--no-such-option'\n")
    check, _ = inside(project.run("doctor", "--json"))
    assert (check["ok"], "pytest did not start" in check["found"]) == (False, True)


def test_doctor_says_that_there_is_no_test_to_try(project):
    project.tests.unlink()
    check, _ = inside(project.run("doctor", "--json"))
    assert check["ok"]
    assert check["found"].endswith("there is no test to try")
