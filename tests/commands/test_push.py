import os
import signal
import subprocess

import pytest

from pytest_enrich.commands import push, pytest_run
from pytest_enrich.commands.push import Asked, asked_by_git, choose_pushed, pushed_tests
from pytest_enrich.config import Budget
from pytest_enrich.data import ChangedPart, Changes, RunSummary
from pytest_enrich.data.run import MadeSuggestion

TOUCHING = {"src/cart.py": ["tests/test_cart.py", "tests/test_all.py"], "src/tax.py": ["tests/test_all.py"]}
KNOWN = ("tests/test_all.py", "tests/test_cart.py", "tests/test_new.py", "tests/pkg/shop_test.py")


@pytest.mark.parametrize(
    ("changed", "chosen"),
    [
        (["src/cart.py"], ("tests/test_all.py", "tests/test_cart.py")),
        (["src/tax.py"], ("tests/test_all.py",)),
        (["src/new.py"], ("tests/test_new.py",)),
        (["src/shop/__init__.py"], ("tests/pkg/shop_test.py",)),
        (["src/tax.py", "tests/test_new.py"], ("tests/test_all.py", "tests/test_new.py")),
        (["src/other.py"], ()),
        (["src/other.py", "tests/conftest.py"], ()),
    ],
)
def test_the_tests_that_touch_the_changed_files_are_chosen(changed, chosen):
    assert choose_pushed(changed, TOUCHING, KNOWN) == chosen


def test_a_test_file_that_is_gone_is_not_run():
    assert choose_pushed(["src/cart.py"], TOUCHING, ("tests/test_all.py",)) == ("tests/test_all.py",)


def test_where_very_many_tests_touch_the_change_all_are_run(tmp_path, monkeypatch):
    many = tuple(f"tests/test_{number}.py" for number in range(501))
    monkeypatch.setattr("pytest_enrich.changes.named", lambda *_: many)
    assert pushed_tests(tmp_path, ["src/cart.py"], {"src/cart.py": many[:500]}) == tuple(sorted(many[:500]))
    assert pushed_tests(tmp_path, ["src/cart.py"], {"src/cart.py": many}) == ()


@pytest.fixture
def git(project):
    def git(*words):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        return subprocess.run(command, cwd=project.root, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "all")
    return git


def test_what_pre_commit_says_is_compared_with(project, git):
    first = git("rev-parse", "HEAD")
    git("commit", "-qm", "next", "--allow-empty")
    refs = {"PRE_COMMIT_FROM_REF": first, "PRE_COMMIT_TO_REF": git("rev-parse", "HEAD")}
    assert asked_by_git(project.root, refs, None) == Asked(since=first[:10])
    assert asked_by_git(project.root, refs, "v1") == Asked(since="v1")
    elsewhere = asked_by_git(project.root, {**refs, "PRE_COMMIT_TO_REF": first}, None)
    assert elsewhere.problem.startswith("What is pushed is not what is checked out")


def test_without_pre_commit_it_is_the_branch_that_a_push_goes_to(project, git, tmp_path):
    assert asked_by_git(project.root, {}, None).problem.startswith("No earlier commit to compare with")
    git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    git("remote", "add", "origin", str(tmp_path / "remote.git"))
    git("push", "-q", "--no-verify", "-u", "origin", "main")
    assert asked_by_git(project.root, {"PRE_COMMIT_FROM_REF": "0" * 40}, None) == Asked(since="@{push}")
    git("checkout", "-q", "-b", "new")
    assert asked_by_git(project.root, {}, None) == Asked(since="origin/main")
    git("checkout", "-q", "--detach")
    assert asked_by_git(project.root, {}, None) == Asked(since="origin/main")


@pytest.mark.usefixtures("git")
def test_changes_without_python_sources_start_nothing(project):
    assert project.run("hook", "--push", "--since", "HEAD").out == (
        "No Python file changed since HEAD: nothing to look for.\n"
    )
    project.tests.write_text("def test_more(): pass\n")
    assert project.run("hook", "--push", "--since", "HEAD").out == (
        "Only tests changed since HEAD: nothing to look for.\n"
    )


def test_outside_of_git_that_is_said_and_nothing_is_held_up(project, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.root.parent))
    answer = project.run("hook", "--push")
    assert (answer.status, answer.out.endswith("This holds up nothing.\n")) == (0, True)
    assert "is not in the work tree of a git repository: fatal: not a git repository" in answer.out


@pytest.mark.usefixtures("git")
def test_a_commit_that_is_not_there_holds_up_nothing_unless_that_is_asked_for(project):
    answer = project.run("hook", "--push", "--since", "nowhere")
    assert answer.status == 0
    assert answer.out.startswith("there is no such commit here\n")
    assert answer.out.endswith("This holds up nothing.\n")
    assert project.run("hook", "--push", "--since", "nowhere", "--fail-on", "gaps").status == 2


@pytest.mark.usefixtures("git", "no_dash")
def test_a_gap_that_nobody_could_be_told_of_is_no_success_where_that_was_asked_for(project):
    project.source.write_text(project.source.read_text().replace("return total", "return total + 0"))
    (project.store.directory / ".cache").write_text("")
    answer = project.run("hook", "--push", "--since", "HEAD", "--fail-on", "gaps")
    assert (answer.status, answer.out) == (3, "")
    assert ".cache: a file is where a folder should be" in answer.err


def test_a_run_is_told_in_a_line():
    part = ChangedPart(since="a", lines=7, missing=6, functions=("a.py::ship", "a.py::Cart.add", "b.py::"))
    made = RunSummary(suggestions=(MadeSuggestion(id="a-22222222", grade="good"),), seconds={"total": 41.3})
    assert push._result(made, part) == (
        "ship(), Cart.add() and 1 more: 6 of 7 changed lines have no test. 1 suggestion written in 41s."
    )
    full = RunSummary(stopped="enough waiting", waiting=10)
    assert push._result(full, ChangedPart(since="a", lines=1, missing=1)) == (
        "1 of 1 changed line has no test. 10 suggestions wait already, so no test was looked for."
    )


@pytest.mark.parametrize(
    ("fail_on", "status", "told"),
    [
        ([], 0, "Your push goes on. Review"),
        (["gaps"], 1, "Your push is held up: --fail-on gaps. Review"),
        (["bugs", "pending"], 1, "Your push is held up: --fail-on pending, bugs. Review"),
    ],
)
def test_a_team_may_hold_up_a_push(project, no_dash, capfd, fail_on, status, told):  # noqa: PLR0913, PLR0917
    project.possible_bug()
    changed = Changes(since="main", lines={"src/shop/cart.py": (3,)})
    seen = ChangedPart(since="main", functions=("src/shop/cart.py::parse_sku",))
    assert push._judge(project.store, changed, seen, fail_on) == status
    assert told in capfd.readouterr().out, no_dash
    others = Changes(since="main", lines={"src/shop/__init__.py": (1,)})
    assert push._judge(project.store, others, ChangedPart(since="main"), ["pending", "gaps", "bugs"]) == 0
    assert push._judge(project.store, others, None, ["gaps"]) == 0


@pytest.mark.parametrize(
    ("output", "late", "told"),
    [
        (
            "F.\n1 failed in 0.1s\nenrich: not run, the tests stopped at a failure (-x).\n",
            False,
            "enrich: not run, the tests stopped at a failure (-x).",
        ),
        ("enrich: coverage is of a partial run (x): y\nNo module named x\n", False, "No module named x"),
        ("...", True, "The tests took longer than 9s: nothing was looked for. More time:  --budget TIME"),
        (
            "=== enrich ===\ncoverage  9% of lines\nAll 2 changed lines are covered.\n",
            True,
            "All 2 changed lines are covered.",
        ),
        (
            "ERROR: usage: x\nx: error: unrecognized arguments: --enrich --y\n  rootdir: z\n",
            False,
            (
                "This project's pytest does not load pytest-enrich: nothing was looked for.\n"
                "Drop -p no:enrich, or add -p enrich to its addopts."
            ),
        ),
        ("ERROR: what is wrong\n       what to do\n\n", False, "what is wrong\n       what to do"),
    ],
)
def test_why_there_was_no_run_is_told_in_its_own_words(output, late, told):
    status = 4 if output.startswith("ERROR") else 1
    assert push._reason(pytest_run.Outcome(status, output, late), Budget(seconds=9)) == told


@pytest.mark.usefixtures("git")
def test_a_red_suite_is_not_worked_on_before_a_push_and_holds_up_nothing(project):
    project.source.write_text(project.source.read_text().replace("return total", "return total + 0"))
    project.tests.write_text(project.tests.read_text() + "\n\ndef test_red():\n    assert 0\n")
    answer = project.run("hook", "--push", "--since", "HEAD", "--fail-on", "gaps")
    assert answer.out.startswith("enrich: not run, the tests stopped at a failure (-x)")
    assert (answer.status, answer.out.endswith("\nYour push goes on.\n")) == (0, True)


@pytest.mark.usefixtures("git")
def test_where_plugins_are_not_loaded_by_themselves_tests_are_looked_for(project, monkeypatch):
    monkeypatch.delenv("PYTEST_PLUGINS")
    project.source.write_text(project.source.read_text().replace("return total", "return total + 0"))
    answer = project.run("hook", "--push", "--since", "HEAD")
    assert answer.out.startswith("The 1 changed line since HEAD is covered.")
    assert answer.out.endswith("\nYour push goes on.\n")


@pytest.mark.usefixtures("git")
def test_tests_that_take_too_long_are_ended(project):
    project.source.write_text(project.source.read_text().replace("return total", "return total + 0"))
    project.tests.write_text("import time\n\ndef test_slow():\n    time.sleep(60)\n")
    answer = project.run("hook", "--push", "--since", "HEAD", "--budget", "1.5s")
    assert answer.status == 0
    assert answer.out.startswith("The tests took longer than 1.5s: nothing was looked for.")
    assert answer.out.endswith("Your push goes on.\n")


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_a_run_that_takes_too_long_is_ended_where_ctrl_c_is_ignored_too(project):
    """As in the background of a script: what ignores SIGINT has children that ignore it."""
    (project.root / "tests" / "test_slow.py").write_text("def test_slow():\n    import time\n    time.sleep(60)\n")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        outcome = pytest_run.within(project.store, ["tests/test_slow.py"], 3.0, os.environ)
    finally:
        signal.signal(signal.SIGINT, before)

    assert outcome.late
    assert outcome.status == -signal.SIGTERM
