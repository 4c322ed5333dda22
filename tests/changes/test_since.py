import os
import subprocess

import pytest

from pytest_enrich import changes
from pytest_enrich.changes import environment, since
from pytest_enrich.errors import UsageError

CART = "a = 1\nb = 2\nc = 3\n"


def lines(repository, name, below="."):
    return since((repository.root / below).resolve(), name).lines


def clone(repository, tmp_path, *options):
    subprocess.run(
        ["git", "clone", "-q", *options, f"file://{repository.root}", tmp_path / "clone"],
        check=True,
        capture_output=True,
    )
    return type(repository)(tmp_path / "clone")


@pytest.fixture
def branched(repository):
    """`main` has gone on since the branch that is checked out left it."""
    repository.commit({"src/cart.py": CART, "old.py": "x = 1\n"})
    repository.git("checkout", "-qb", "work")
    repository.commit({"src/cart.py": "a = 1\nb = 20\nc = 3\nd = 4\n"})
    repository.git("checkout", "-q", "main")
    repository.commit({"old.py": "x = 2\ny = 3\n"})
    repository.git("checkout", "-q", "work")
    return repository


def test_what_the_other_branch_did_meanwhile_is_no_change(branched):
    assert lines(branched, "main") == {"src/cart.py": (2, 4)}


def test_the_commit_that_was_compared_with_is_named(branched):
    assert since(branched.root, "main").base == branched.git("merge-base", "main", "HEAD")


def test_what_is_not_committed_counts_too(branched):
    branched.write({"old.py": "x = 1\nz = 1\n"})
    branched.git("add", "old.py")
    branched.write({"src/cart.py": "a = 1\nb = 20\nc = 30\nd = 4\n"})
    assert lines(branched, "main") == {"src/cart.py": (2, 3, 4), "old.py": (2,)}
    assert lines(branched, "HEAD") == {"src/cart.py": (3,), "old.py": (2,)}


def test_a_new_file_is_changed_as_a_whole_unless_it_is_ignored(branched):
    branched.write({"src/new.py": "x = 1\ny = 2", "a.txt": ""})
    branched.write({"build/made.py": "x = 1\n", ".gitignore": "build/\n"})
    (branched.root / "link.py").symlink_to("old.py")
    assert lines(branched, "HEAD") == {"src/new.py": (1, 2)}


def test_a_file_that_was_moved_keeps_its_lines(branched):
    branched.write({"src/big.py": "".join(f"x{number} = {number}\n" for number in range(40))})
    branched.commit({})
    branched.git("mv", "src/big.py", "src/huge.py")
    path = branched.root / "src/huge.py"
    path.write_text(path.read_text().replace("x5 = 5", "x5 = 6"))
    assert lines(branched, "HEAD") == {"src/huge.py": (6,)}


def test_staged_lines_are_told_by_where_they_stand_in_the_work_tree(branched):
    branched.write({"src/cart.py": "a = 1\nb = 20\nc = 30\nd = 40\n"})
    branched.git("add", "-A")
    branched.write({"src/cart.py": "new = 0\na = 1\nb = 20\nc = 31\nd = 40\n", "old.py": "x = 9\n", "u.py": "x\n"})
    assert lines(branched, "staged") == {"src/cart.py": (5,)}


def test_staged_lines_are_known_before_the_first_commit(repository):
    repository.write({"cart.py": CART})
    repository.git("add", "-A")
    assert lines(repository, "staged") == {"cart.py": (1, 2, 3)}
    with pytest.raises(UsageError, match=r"nothing is committed here yet\n.*--enrich-since=staged|no such commit"):
        since(repository.root, "HEAD")


def test_nothing_changed_is_nothing(branched):
    assert lines(branched, "HEAD") == lines(branched, "staged") == {}


def test_in_a_folder_below_the_top_paths_are_relative_to_it(repository):
    repository.commit({"packages/shop/src/cart.py": CART, "packages/other/x.py": CART, "top.py": CART})
    changed = CART.replace("2", "3")
    repository.write({"packages/shop/src/cart.py": changed, "packages/other/x.py": changed, "top.py": changed})
    repository.write({"packages/shop/new.py": "x\n", "packages/other/new.py": "x\n"})
    assert lines(repository, "HEAD", "packages/shop") == {"src/cart.py": (2,), "new.py": (1,)}


def test_a_file_that_was_moved_into_the_folder_keeps_its_lines(repository):
    repository.commit({"top.py": CART * 9, "shop/x.py": "x\n"})
    repository.git("mv", "top.py", "shop/cart.py")
    assert lines(repository, "HEAD", "shop") == {}


@pytest.mark.parametrize("name", ["na\u00efve \u6f22.py", "two words.py", "-x.py", "b\udcff.py", ":(top).py"])
def test_a_file_may_have_any_name(repository, name):
    repository.commit({name: CART})
    repository.write({name: CART.replace("2", "3"), f"un{name}": "x\n"})
    assert lines(repository, "HEAD") == {name: (2,), f"un{name}": (1,)}


def test_settings_of_the_user_change_nothing(branched):
    for key, value in {
        "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always", "core.quotePath": "true",
        "diff.external": "false", "diff.context": "9", "diff.renames": "false", "diff.relative": "true",
        "diff.interHunkContext": "9", "diff.submodule": "log", "diff.ignoreSubmodules": "all",
    }.items():  # fmt: skip
        branched.git("config", key, value)
    assert lines(branched, "main") == {"src/cart.py": (2, 4)}
    assert lines(branched, "main", "src") == {"cart.py": (2, 4)}


def test_attributes_of_the_repository_hide_no_python_file(branched):
    branched.write({".gitattributes": "*.py -diff\nold.py binary\n", "old.py": "x = 1\nz = 1\n"})
    branched.write({"src/cart.py": "a = 1\nb = 20\nc = 30\nd = 4\n"})
    assert lines(branched, "HEAD") == {"src/cart.py": (3,), "old.py": (2,)}
    branched.git("add", "-A")
    assert lines(branched, "staged") == {"src/cart.py": (3,), "old.py": (2,)}


def test_a_worktree_has_changes_of_its_own(branched, tmp_path):
    branched.write({"old.py": "x = 5\n"})
    branched.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"), "main")
    other = type(branched)(tmp_path / "tree")
    other.write({"src/cart.py": "a = 2\nb = 2\nc = 3\n"})
    assert lines(other, "HEAD") == {"src/cart.py": (1,)}


def test_a_project_in_a_submodule_is_compared_there_and_from_outside_too(repository, tmp_path):
    inner = type(repository)(tmp_path / "inner")
    inner.root.mkdir()
    inner.git("init", "-q", "-b", "main")
    inner.commit({"cart.py": CART * 3})
    repository.commit({"x.py": "x\n"})
    repository.git("submodule", "add", "-q", f"file://{inner.root}", "libs/two words")
    repository.commit({})
    place = "libs/two words"
    repository.write({f"{place}/cart.py": (CART * 3).replace("a = 1\nb", "a = 7\nb", 1)})
    assert lines(repository, "HEAD", place) == {"cart.py": (1,)}
    assert lines(repository, "HEAD") == {f"{place}/cart.py": (1,)}
    submodule = type(repository)(repository.root / place)
    submodule.commit({})
    assert lines(repository, "HEAD") == {f"{place}/cart.py": (1,)}
    assert lines(submodule, "HEAD") == {}


def test_a_hooks_environment_does_not_move_the_top(branched, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(branched.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    monkeypatch.setenv("GIT_PREFIX", "src/")
    assert lines(branched, "main", "src") == {"cart.py": (2, 4)}


def test_a_work_tree_that_was_named_is_believed(branched, monkeypatch, tmp_path):
    branched.git("config", "core.worktree", str(branched.root))
    (branched.root / ".git").rename(tmp_path / "elsewhere")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(branched.root))
    assert lines(branched, "main") == {"src/cart.py": (2, 4)}
    assert environment({"GIT_DIR": "x", "GIT_PREFIX": "y", "HOME": "z"}) == {"HOME": "z"}


@pytest.mark.parametrize("name", ["nowhere", "-x", "--output=stolen.py", "", "HEAD\n", "a b"])
def test_a_name_that_stands_for_no_commit_is_refused(branched, name):
    with pytest.raises(UsageError, match=r"there is no such commit here\nWhat there is:  git branch --all"):
        since(branched.root, name)
    assert not list(branched.root.glob("stolen*"))


def test_a_range_is_refused(branched):
    with pytest.raises(UsageError, match="accepted is one commit"):
        since(branched.root, "main...HEAD")


def test_outside_of_git_it_is_said(tmp_path):
    with pytest.raises(UsageError, match=r"not in the work tree of a git repository: .*\nDo without"):
        since(tmp_path, "HEAD")


def test_without_git_it_is_said(branched, monkeypatch):
    monkeypatch.setenv("PATH", str(branched.root))
    with pytest.raises(UsageError, match="needs git, which is not here\nInstall git"):
        since(branched.root, "HEAD")


def test_unrelated_histories_are_told(branched):
    branched.git("checkout", "-q", "--orphan", "alone")
    branched.commit({})
    with pytest.raises(UsageError, match="no commit in common with HEAD"):
        since(branched.root, "main")


def run_told(clone, error, label):
    """Do what the message says."""
    told = next(line for line in str(error).splitlines() if line.startswith(label))
    words = told.partition(":")[2].partition("    (")[0].split()
    assert words[0] == "git"
    clone.git(*words[1:])


def test_a_branch_that_was_not_fetched_is_fetched_by_the_command_that_is_told(branched, tmp_path):
    copy = clone(branched, tmp_path, "--single-branch", "--branch=work")
    copy.git("checkout", "-q", "--detach")
    copy.git("branch", "-qD", "work")
    with pytest.raises(UsageError, match=r"no such commit here\nThere is:    origin/work$"):
        since(copy.root, "work")
    with pytest.raises(UsageError, match="no such commit here") as error:
        since(copy.root, "origin/main")
    run_told(copy, error.value, "Fetch it")
    assert lines(copy, "origin/main") == {"src/cart.py": (2, 4)}


def test_a_shallow_clone_is_deepened_by_the_command_that_is_told(branched, tmp_path):
    copy = clone(branched, tmp_path, "--depth=1", "--no-single-branch", "--branch=work")
    with pytest.raises(UsageError, match="this clone is shallow") as error:
        since(copy.root, "origin/main")
    run_told(copy, error.value, "All of it")
    assert lines(copy, "origin/main") == {"src/cart.py": (2, 4)}


def test_in_the_middle_of_a_conflict_the_other_files_are_told(branched):
    branched.commit({"old.py": "x = 7\n"})
    subprocess.run(["git", "merge", "-q", "main"], cwd=branched.root, check=False, capture_output=True)
    branched.write({"src/cart.py": "a = 9\nb = 20\nc = 3\nd = 4\n"})
    assert lines(branched, "HEAD")["src/cart.py"] == (1,)
    assert "src/cart.py" not in lines(branched, "staged")


def test_git_is_asked_and_never_changed(branched):
    branched.write({"src/cart.py": CART})

    def snapshot():
        files = (path for path in (branched.root / ".git").rglob("*") if path.is_file())
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

    os.utime(branched.root / "old.py")  # git would refresh its index
    before = snapshot()
    for name in ("main", "HEAD", "staged"):
        since(branched.root, name)
    assert snapshot() == before


def test_a_git_that_may_not_be_started_is_none(tmp_path, monkeypatch):
    (tmp_path / "git").write_text("no program")
    (tmp_path / "git").chmod(0o644)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert changes.word(tmp_path, "rev-parse", "HEAD") == ""
