import subprocess

import pytest


@pytest.fixture
def git(shop):
    def git(*words):
        identity = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *identity, *words], cwd=shop.path, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    (shop.path / ".gitignore").write_text("__pycache__\n")
    git("add", "-A")
    git("commit", "-qm", "all")
    return git


def test_the_header_and_the_run_know_the_changed_lines(shop, git, given):
    git("checkout", "-qb", "work")
    cart = shop.path / "src/shop/cart.py"
    cart.write_text(cart.read_text().replace("ValueError", "KeyError"))
    result = shop.runpytest_subprocess("--enrich", "--enrich-since=main")
    result.stdout.fnmatch_lines(["enrich: *, 10 suggestions, lines changed since main"])
    changes = given(result)["settings"]["changes"]
    assert (changes["since"], changes["lines"]) == ("main", {"src/shop/cart.py": [4]})


@pytest.mark.usefixtures("git")
def test_a_commit_that_is_not_there_is_refused_before_the_tests_run(shop):
    result = shop.runpytest_subprocess("--enrich", "--enrich-since=nowhere")
    assert result.ret == 4
    result.stderr.fnmatch_lines(
        ["ERROR: --enrich-since=nowhere: there is no such commit here", "       What there is:  git branch --all"]
    )
    result.stdout.no_fnmatch_line("*passed*")
