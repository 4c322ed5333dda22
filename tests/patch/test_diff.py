import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_enrich import patch


def git(folder, *arguments, text=""):
    """Run git without the user's or the machine's settings."""
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "core.autocrlf=false", *arguments]
    return subprocess.run(
        command, cwd=folder, input=text.encode(), capture_output=True, check=True, env=env
    ).stdout


def written(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(patch.encode(text))
    return file


def test_equal_texts_have_no_diff():
    assert patch.diff("a.py", "x\n", "x\n") == ""


def test_a_new_test_stands_in_one_piece():
    before = "def a():\n    x\n\n\ndef b():\n    x\n"
    after = "def a():\n    x\n\n\ndef n():\n    x\n\n\ndef b():\n    x\n"

    hunk = patch.diff("t.py", before, after).split("\n@@ ")[1]
    assert hunk.splitlines() == [
        "-2,5 +2,9 @@ def a():",
        "     x",
        " ",
        " ",
        "+def n():",
        "+    x",
        "+",
        "+",
        " def b():",
        "     x",
    ]


@pytest.mark.parametrize(
    "path", ["a.py", "sub dir/a.py", "sub/ä.py", 'q"uote.py', "back\\slash.py", "tab\there.py", "new\nline.py"]
)
@pytest.mark.parametrize("new", [False, True])
def test_the_diff_is_the_one_that_git_makes(tmp_path, path, new):
    lines = [f"line{number}\n" for number in range(30)]
    before, after = "".join(lines), "".join([*lines[:12], "new\n", "more\n", *lines[12:25], "z\n", *lines[25:]])
    git(tmp_path, "init", "-q")
    file = written(tmp_path, path, "" if new else before)
    if not new:
        git(tmp_path, "add", ".")
    file.write_bytes(after.encode())
    git(tmp_path, "add", "-N", ".")

    expected = git(tmp_path, "diff").decode()

    assert patch.diff(path, None if new else before, after) == expected


TEXTS = st.lists(st.sampled_from(["", "a", "b", "    c", "d\r", "ä", "def x():"]), max_size=25).map("\n".join)


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS)
@pytest.mark.parametrize("tool", [["git", "apply"], ["patch", "-p1", "--binary", "--quiet"]])
def test_every_diff_applies(tmp_path_factory, tool, before, after):
    folder = tmp_path_factory.mktemp("tree")
    file = written(folder, "sub/a b.py", before)

    if before != after:
        subprocess.run(tool, cwd=folder, input=patch.diff("sub/a b.py", before, after).encode(), check=True)

    assert file.read_bytes() == after.encode()


def test_a_file_can_be_made_and_taken_away(tmp_path):
    git(tmp_path, "apply", text=patch.diff("sub/a.py", None, "x\n"))
    assert (tmp_path / "sub/a.py").read_text() == "x\n"

    git(tmp_path, "apply", text=patch.diff("sub/a.py", "x\n", None))
    assert not (tmp_path / "sub/a.py").exists()
