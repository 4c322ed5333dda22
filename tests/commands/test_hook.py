import os
import subprocess
import sys

import pytest

from pytest_enrich.commands.hook import told

CART = "src/shop/cart.py"
HEAVY = {"pytest", "libcst", "coverage", "hypothesis", "httpx", "ollama", "shop"}


@pytest.mark.usefixtures("no_dash", "negative")
def test_what_waits_for_a_file_is_one_line(project):
    answer = project.run("hook", CART)
    assert (answer.status, answer.err) == (0, "")
    assert answer.out == f"2 suggestions wait for {CART}:  pytest-enrich review\n"
    assert project.run("hook").out == answer.out


@pytest.mark.usefixtures("no_dash")
@pytest.mark.parametrize("files", [["src/shop/__init__.py"], ["README.md", "nowhere.py"], ["/etc/hosts"]])
def test_nothing_that_waits_is_nothing_said(project, files):
    answer = project.run("hook", *files)
    assert (answer.status, answer.out, answer.err) == (0, "", "")


def test_a_project_without_suggestions_is_silent_and_stays_so(project):
    assert (project.run("hook", CART).out, project.run("hook", "--fail-on", "pending", CART).status) == ("", 0)
    assert not project.store.directory.exists()


@pytest.mark.usefixtures("no_dash")
def test_a_test_file_stands_for_what_would_go_into_it(project):
    assert project.run("hook", "tests/test_cart.py").out.startswith(f"1 suggestion waits for {CART}:  ")


def test_a_decided_suggestion_waits_no_more(project, no_dash):
    assert project.run("reject", no_dash, "--reason", "wrong").status == 0
    assert project.run("hook", CART).out == ""


@pytest.mark.usefixtures("no_dash")
def test_a_team_may_hold_up_commits(project):
    answer = project.run("hook", "--fail-on", "pending", CART)
    assert (answer.status, answer.out) == (1, f"1 suggestion waits for {CART}:  pytest-enrich review\n")
    assert project.run("hook", "--fail-on", "pending", "README.md").status == 0


@pytest.mark.usefixtures("no_dash")
def test_files_are_found_in_the_project_that_they_are_in(project):
    answer = project.run("hook", f"project/{CART}", "other/x.py", cwd=project.root.parent)
    assert answer.out == f"1 suggestion waits for project/{CART}:  pytest-enrich review\n"
    assert project.run("hook", "cart.py", cwd=project.source.parent).out.startswith(
        "1 suggestion waits for cart.py"
    )


@pytest.mark.usefixtures("no_dash", "negative")
@pytest.mark.parametrize("name", ["-x.py", "--json", "b\udcff.py", "two\nlines.py", "two words.py"])
def test_a_file_may_have_any_name(project, name):
    (project.root / name).touch()
    answer = project.run("hook", name, CART)
    assert (answer.status, answer.out) == (0, f"2 suggestions wait for {CART}:  pytest-enrich review\n")


@pytest.mark.usefixtures("no_dash")
def test_a_folder_elsewhere_can_be_named(project):
    project.store.directory.rename(project.root / "other")
    assert project.run("hook", CART).out == ""
    assert project.run("hook", "--dir", "other", CART).out.startswith(f"1 suggestion waits for {CART}")


def test_several_files_are_listed_the_first_few():
    text = told([f"src/{name}.py" for name in "aabcdefg"])
    files = "src/a.py, src/b.py, src/c.py, src/d.py, src/e.py and 2 more"
    assert text == f"8 suggestions wait for {files}:  pytest-enrich review"


def test_a_name_of_a_file_cannot_act_on_a_terminal():
    assert told(["\x1b[31m.py"]).startswith(r"1 suggestion waits for \x1b[31m.py:")


@pytest.mark.parametrize("words", [["--budget", "5s"], ["--fail-on", "gaps"], ["--fail-on", "x"]])
def test_what_does_not_go_together_is_wrong_use(project, words):
    assert project.run("hook", *words).status == 2


@pytest.mark.usefixtures("no_dash")
def test_a_folder_that_cannot_be_read_holds_up_nothing_unless_that_is_asked_for(project):
    broken = project.store.directory / "decisions.jsonl"
    broken.symlink_to(broken)
    answer = project.run("hook", CART)
    assert answer.status == 0
    assert "decisions.jsonl: it is a symbolic link" in answer.out
    assert "This holds up nothing." in answer.out
    assert project.run("hook", "--fail-on", "pending", CART).status == 3


@pytest.mark.usefixtures("no_dash")
def test_neither_pytest_nor_the_project_nor_a_heavy_library_is_imported(project):
    project.source.with_name("__init__.py").write_text("raise SystemExit('imported')")
    code = (
        "import sys; from pytest_enrich.cli import main\n"
        f"status = main(['hook', '--fail-on', 'pending', {CART!r}])\n"
        f"print(status, sorted({HEAVY} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project.root, env=os.environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "1 []"


def test_a_defect_of_ours_holds_up_nothing_and_is_kept(project, monkeypatch):
    monkeypatch.setattr("pytest_enrich.commands.hook._waiting", lambda *_: 1 / 0)
    answer = project.run("hook", CART)
    assert (answer.status, answer.out.splitlines()[-1]) == (0, "This holds up nothing.")
    assert "ZeroDivisionError" in (project.store.directory / ".cache" / "crash.txt").read_text()
    assert project.run("hook", "--fail-on", "pending", CART).status == 3
