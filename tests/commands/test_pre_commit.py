"""Real pre-commit and git's own hooks in real repositories, by the recipes of the documentation as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CART = "src/shop/cart.py"
PASSED = "suggested tests for these files..........................................Passed"


def page():
    return (ROOT / "docs/how-to/pre-commit.md").read_text(encoding="utf-8")


def recipe(language, number=0):
    return re.findall(rf"^```{language}\n(.*?)^```", page(), re.MULTILINE | re.DOTALL)[number]


class Repository:
    """A project under git whose hooks find this pytest-enrich."""

    def __init__(self, root, home):
        self.root = root
        odd = ("PYTEST_", "COV", "CI", "GIT_", "PRE_COMMIT", "SKIP")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(odd)}
        identity = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        self.env = kept | identity | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(home),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip

    def run(self, *words, cwd=None, status=0, **more):
        """What a command says, its errors included; it has no terminal."""
        done = subprocess.run(
            words,
            cwd=cwd or self.root,
            env=self.env | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def git(self, *words, **more):
        return self.run("git", *words, **more)

    def snapshot(self):
        """All files but for the suggestions and what git keeps."""
        left = {".git", "enrich-suggestions", ".pytest_cache", "__pycache__"}
        files = (path for path in self.root.rglob("*") if path.is_file() and not left & {*path.parts})
        return {path: path.read_bytes() for path in files}

    def edit(self, path, old, new):
        file = self.root / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def repository(project, home, no_dash, negative):  # noqa: ARG001 - what waits
    made = Repository(project.root, home)
    (project.root / ".gitignore").write_text("__pycache__/\n.pytest_cache/\n")
    made.git("init", "-q", "-b", "main")
    made.git("add", "-A")
    made.git("commit", "-qm", "all")
    return made


@pytest.fixture
def installed(repository):
    """With the hooks of the page, installed by pre-commit."""
    (repository.root / ".pre-commit-config.yaml").write_text(recipe("yaml"))
    repository.git("add", "-A")
    repository.git("commit", "-qm", "hooks")
    repository.run(sys.executable, "-m", "pre_commit", "install")
    return repository


def test_a_commit_is_told_what_waits_for_its_files_and_goes_on(installed):
    installed.edit(CART, "return total\n", "return total + 0\n")
    installed.git("add", "-A")
    installed.edit(CART, "total + 0", "total + 1")  # not staged: pre-commit puts it aside meanwhile
    (installed.root / "notes.py").write_text("not staged either")
    told = installed.git("commit", "-m", "change")
    assert PASSED in told
    assert f"2 suggestions wait for {CART}:  pytest-enrich review\n" in told
    assert "files were modified" not in told
    assert installed.git("status", "--short") == f" M {CART}\n?? notes.py\n"
    assert "total + 1" in (installed.root / CART).read_text()


def test_a_commit_of_other_files_is_told_nothing_and_skip_is_respected(installed):
    (installed.root / "other.py").write_text("")
    installed.git("add", "-A")
    told = installed.git("commit", "-m", "other")
    assert PASSED in told
    assert "wait" not in told
    installed.edit(CART, "return total\n", "return total + 0\n")
    told = installed.git("commit", "-am", "skip", SKIP="enrich-pending")
    assert "Skipped" in told
    assert "wait" not in told


def test_a_worktree_has_suggestions_of_its_own_and_a_moved_file_none(installed, tmp_path):
    installed.git("worktree", "add", "-q", str(tmp_path / "tree"))
    tree = tmp_path / "tree"
    (tree / "enrich-suggestions").symlink_to(installed.root / "enrich-suggestions")
    (tree / CART).write_text((tree / CART).read_text() + "\n\nx = 1\n")
    told = installed.git("commit", "-am", "there", cwd=tree)
    assert f"2 suggestions wait for {CART}:  pytest-enrich review\n" in told
    installed.git("mv", CART, "src/shop/basket.py")
    assert "wait" not in installed.git("commit", "-m", "moved")


def test_a_team_can_hold_up_a_commit(installed):
    installed.edit(
        ".pre-commit-config.yaml", "entry: pytest-enrich hook\n", "entry: pytest-enrich hook --fail-on pending\n"
    )
    installed.edit(CART, "return total\n", "return total + 0\n")
    told = installed.git("commit", "-am", "held up", status=1)
    assert "Failed" in told
    assert f"2 suggestions wait for {CART}" in told


def test_git_calls_the_same_hooks_without_pre_commit(repository):
    """The push hook of the page runs the tests, looks for more of them, and holds up nothing."""
    folder = repository.root / ".git" / "hooks"
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(("pre-commit", "pre-push")):
        (folder / name).write_text(recipe("sh", number))
        (folder / name).chmod(0o755)
    repository.edit(CART, "return total\n", "return total + 0\n")
    assert f"2 suggestions wait for {CART}" in repository.git("commit", "-am", "change")
    repository.git("init", "-q", "--bare", "../remote.git")
    repository.git("remote", "add", "origin", "../remote.git")
    repository.git("push", "-q", "--no-verify", "-u", "origin", "main")
    repository.edit("tests/test_cart.py", "== 10", "== 10.0")
    repository.git("commit", "-qam", "tests")
    told = repository.git("push")
    assert "changed line since @{upstream} is a statement that coverage measures" in told
    assert repository.git("rev-parse", "origin/main") == repository.git("rev-parse", "HEAD")


def test_the_hook_that_others_can_take_is_one_that_pre_commit_knows():
    from pre_commit.clientlib import load_manifest

    (hook,) = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert (hook["id"], hook["entry"], hook["language"]) == ("enrich-pending", "pytest-enrich hook", "python")
    assert (hook["require_serial"], hook["verbose"], hook["pass_filenames"]) == (True, True, True)
    assert {one["id"] for one in yaml.safe_load(recipe("yaml"))["repos"][0]["hooks"]} >= {hook["id"]}
