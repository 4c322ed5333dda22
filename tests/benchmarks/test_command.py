from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import command
import projects
import pytest

HERE = Path(__file__).parent
SCRIPTS = ("commands", "layout", "recovery", "reruns", "referee", "sandboxes", "peers", "hooks")


def python(code):
    return [sys.executable, "-c", code]


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_script_can_be_started_from_anywhere(name, tmp_path):
    argv = [sys.executable, HERE / f"{name}.py", "--help"]
    ended = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    assert "--folder" in ended.stdout


def test_a_program_that_is_late_is_ended_with_its_children(tmp_path):
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"

    ended = command.run(python(code), cwd=tmp_path, timeout=0.5)

    assert ended.status == -9  # a child that lived on would keep the pipe open


def test_a_program_that_has_to_succeed_says_how_it_failed(tmp_path):
    with pytest.raises(command.CommandError, match=r"ended with status 3 in .*\nwhy"):
        command.check(python("print('why'); raise SystemExit(3)"), cwd=tmp_path)


def test_errors_can_be_kept_apart(tmp_path):
    ended = command.run(
        python("import sys; print('out'); print('err', file=sys.stderr)"), cwd=tmp_path, apart=True
    )

    assert (ended.output, ended.errors) == ("out\n", "err\n")


def test_projects_are_chosen_in_the_order_of_the_list():
    listing = projects.read()

    assert projects.chosen(["sqlparse", "humanize"], listing) == ("humanize", "sqlparse")
    assert len(projects.chosen([], listing)) == 10


def test_a_project_that_is_not_in_the_list_is_refused():
    with pytest.raises(SystemExit, match="flask: not one of humanize"):
        projects.chosen(["flask"], projects.read())


def test_another_list_can_be_asked_for():
    parser = projects.listed(projects.arguments("About."))
    other = projects.LIST.with_name("others.toml")

    assert parser.parse_args(["--folder", "."]).list == projects.LIST
    assert parser.parse_args(["--folder", ".", "--list", str(other)]).list == other


def test_every_project_is_pinned_by_hash():
    files = ("projects.toml", "others.toml", "peers.toml")
    listings = [projects.read(projects.LIST.with_name(name)) for name in files]

    assert all(len(one.sha256) == 64 for listing in listings for one in listing.projects.values())


def test_the_users_own_settings_do_not_reach_a_projects_tests(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--maxfail=1")
    bench = projects.Bench(name="parse", project=projects.read().projects["parse"], folder=tmp_path)

    env = bench.environment(tmp_path / "ablated", tmp_path / "first")

    assert "PYTEST_ADDOPTS" not in env
    assert env["PYTHONPATH"].startswith(str(tmp_path / "first"))
