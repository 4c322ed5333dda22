"""Suggestions that this machine has not made: proven again in the sandbox before anything of them runs outside."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from pytest_enrich.commands import pytest_run
from pytest_enrich.store import identity, seal


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """From now on this is another machine."""
    return lambda: monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another state"))


@pytest.fixture
def canary(tmp_path):
    return tmp_path / "canary"


def file_of(project, name):
    return project.store.directory / "pending" / name / "suggestion.json"


def alter(project, name, **parts):
    """What an attacker does to a suggestion: other code, and a grade that asks for no look."""
    file = file_of(project, name)
    one = json.loads(file.read_bytes())
    one["grade"] = "strong"
    for part, changes in parts.items():
        one[part].update(changes)
    file.write_text(json.dumps(one))
    (file.parent / identity.module_name(name)).unlink()


def writing(canary):
    return (
        f"@(lambda test: open({str(canary)!r}, 'w').close() or test)\n"
        'def test_no_dash():\n    with pytest.raises(ValueError):\n        parse_sku("AB12")\n'
    )


@pytest.mark.parametrize("words", [("accept", "--all-strong"), ("verify", "--all"), ("run", "ID")])
def test_altered_code_runs_nowhere_but_in_the_sandbox(project, no_dash, canary, words):
    alter(project, no_dash, test={"code": writing(canary)})
    before = project.snapshot()
    answer = project.run(*(no_dash if word == "ID" else word for word in words))
    assert answer.status != 0
    assert f"proving {no_dash} again: it was changed after it was made" in answer.err
    assert not canary.exists()
    assert project.snapshot() == before


def test_what_no_honest_test_needs_is_not_even_tried(project, no_dash, canary):
    alter(
        project, no_dash, test={"code": f'def test_no_dash():\n    import os\n    os.system("touch {canary}")\n'}
    )
    answer = project.run("accept", no_dash)
    assert (answer.status, "uses os.system" in answer.out, canary.exists()) == (3, True, False)


def test_what_lies_in_the_runnable_file_besides_the_test_is_never_run(project, no_dash, canary):
    file = file_of(project, no_dash).parent / identity.module_name(no_dash)
    file.write_text(f"open({str(canary)!r}, 'w').close()\n{file.read_text()}")
    assert project.run("run", no_dash).status == 0
    assert project.run("verify", no_dash).status == 0
    assert not canary.exists()


def test_an_edited_file_from_elsewhere_is_read_first(project, no_dash, elsewhere, canary):
    file = file_of(project, no_dash).parent / identity.module_name(no_dash)
    evil = f'parse_sku("AB12")\n\n\ndef test_more():\n    import os\n    os.system("touch {canary}")\n'
    file.write_text(file.read_text().replace('parse_sku("AB12")\n', evil))
    elsewhere()
    answer = project.run("accept", no_dash, "--edited")
    assert (answer.status, "uses os.system" in answer.err, canary.exists()) == (3, True, False)


def test_a_suggestion_of_another_machine_is_proven_and_accepted(project, no_dash, elsewhere):
    elsewhere()
    assert "proven again here before it runs" in " ".join(project.run("show", no_dash).out.split())
    assert "of another machine, or changed since it was made: all 1" in project.run("list").out
    answer = project.run("accept", no_dash)
    assert answer.status == 0
    assert (
        f"note: {no_dash} was made on another machine: proven again here: it is strong, not ungraded" in answer.out
    )
    assert "def test_no_dash" in project.tests.read_text()
    assert project.run("undo").status == 0
    assert "def test_no_dash" not in project.tests.read_text()


def test_the_grade_is_what_is_found_here(project, free):
    """The assertion of this one notices nothing."""
    alter(project, free, test={"code": 'def test_free():\n    assert discount(10, "FREE") is not discount\n'})
    answer = project.run("accept", "--all-strong")
    assert answer.status == 3
    assert "it is not strong" in answer.out
    assert "test_free" not in project.tests.read_text()


def test_what_was_proven_again_is_not_proven_twice(project, no_dash, elsewhere):
    elsewhere()
    assert project.run("verify", no_dash).status == 0
    assert seal.made(project.root, project.store.find(no_dash)) == "here"
    assert "proving" not in project.run("verify", no_dash).err


def test_a_possible_bug_of_another_machine_has_to_fail_in_the_sandbox(project, elsewhere, canary):
    bug = project.possible_bug()
    elsewhere()
    answer = project.run("verify", bug)
    assert (answer.status, answer.out) == (0, f"{bug}  there\n")
    file = project.store.directory / "pending" / bug / "suggestion.json"
    one = json.loads(file.read_bytes())
    one["broken"]["mark"] = f"@pytest.mark.xfail(open({str(canary)!r}, 'w'), strict=True, reason='')"
    file.write_text(json.dumps(one))
    before = project.snapshot()
    assert project.run("xfail", bug).status == 3
    assert (canary.exists(), project.snapshot()) == (False, before)


def test_options_of_another_machine_count_only_when_they_are_harmless(project, no_dash, canary):
    (project.root / "evil.py").write_text(f"open({str(canary)!r}, 'w').close()\n")
    (project.root / "evil.ini").write_text("[pytest]\naddopts = -p evil\n")
    words = ["-p", "evil", "-c", "evil.ini", "--rootdir=/", "--import-mode=importlib", "-o", "addopts="]
    (project.root / "pytest.ini").write_text("[pytest]\npythonpath = src\naddopts = --no-such-option\n")
    alter(project, no_dash, made={"options": words})
    answer = project.run("accept", no_dash)
    assert answer.status == 0
    assert "left out of its options: -p evil, -c evil.ini, --rootdir=/" in answer.out
    assert not canary.exists()
    assert project.store.decisions()[-1].verb == "accept"


def test_options_of_the_run_are_those_of_its_accepts(project, no_dash):
    (project.root / "pytest.ini").write_text("[pytest]\npythonpath = src\naddopts = --no-such-option\n")
    file = file_of(project, no_dash)
    assert project.run("accept", no_dash).status == 3
    one = project.store.find(no_dash)
    one = seal.sealed(project.root, replace(one, made=replace(one.made, options=("-o", "addopts="))))
    project.store.save(one, "", (file.parent / identity.module_name(no_dash)).read_text())
    assert project.run("run", no_dash).status == 0
    assert project.run("verify", no_dash).status == 0
    assert project.run("accept", no_dash).status == 0


def test_a_file_that_does_not_end_is_ended_and_is_as_it_was(project, no_dash, monkeypatch):
    monkeypatch.setattr(pytest_run, "LIMIT", 3.0)
    monkeypatch.setattr(pytest_run, "SILENCE", 1.0)
    slow = "import time\n\n\ndef test_slow():\n    time.sleep(60)\n"
    project.tests.write_text(project.tests.read_text() + "\n\n" + slow)
    before = project.tests.read_bytes()
    answer = project.run("accept", no_dash)
    assert answer.status == 3
    assert "still running tests/test_cart.py ..." in answer.err
    assert "it did not come to its end within 3.0s" in answer.out
    assert project.tests.read_bytes() == before
