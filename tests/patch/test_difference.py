import hashlib
import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_enrich import patch
from pytest_enrich.errors import RefusedError


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


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x = 1\r\ny = 2\n",
        "x = 'ä'\n".encode(),
        "\ufeffx = 'ä'\n".encode(),
        "# -*- coding: latin-1 -*-\nx = 'ä'\n".encode("latin-1"),
        "#!/bin/python\r\n# vim: set fileencoding=cp1252 :\r\nx = '€'\r\n".encode("cp1252"),
        "\ufeff# coding: utf-8\nx = 'ä'\n".encode(),
        b"x = 1\n# coding: latin-1\n",
        b"\n\n# coding: latin-1\n",
        "x = 1\n# coding: latin-1\ny = 'ä'\n".encode(),
    ],
)
def test_encoding_undoes_decoding(data):
    assert patch.encode(patch.decode(data)) == data


@given(st.text(st.characters(codec="latin-1")))
def test_any_text_of_a_latin_file_survives(text):
    data = b"# coding: latin-1\n" + text.encode("latin-1")

    assert patch.encode(patch.decode(data)) == data


@pytest.mark.parametrize("data", [b"x = '\xff'\n", b"# coding: no-such\n", b"\xef\xbb\xbf# coding: latin-1\n"])
def test_what_cannot_be_decoded_is_refused(data):
    with pytest.raises(RefusedError, match=r"tests/test_a\.py cannot be decoded") as caught:
        patch.decode(data, "tests/test_a.py")

    assert len(str(caught.value).splitlines()) == 3


def test_what_the_encoding_does_not_have_is_refused():
    with pytest.raises(RefusedError, match="iso-8859-1 does not have"):
        patch.encode("# coding: latin-1\nx = '€'\n")


def test_the_blob_id_is_git_s(tmp_path):
    data = "# coding: latin-1\nx = 'ä'\r\n".encode("latin-1")
    (tmp_path / "a.py").write_bytes(data)
    expected = subprocess.run(
        ["git", "hash-object", "--no-filters", "a.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert patch.blob_id(patch.decode(data)) == expected.stdout.strip()


def test_an_empty_file_has_the_well_known_id():
    assert patch.blob_id("") == hashlib.sha1(b"blob 0\0", usedforsecurity=False).hexdigest()


LINES = st.lists(st.sampled_from(["def test_a():\n", "    pass\n", "\n", "x = 1\n"]), max_size=6).map("".join)


@given(LINES, LINES.filter(str.strip), LINES)
def test_what_was_added_can_be_taken_back(head, added, tail):
    before, after = head + tail, head + added + tail
    assert patch.reverted(after, patch.blocks(before, after)) == before


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_file_keeps_its_end(end):
    before = f"x = 1{end}"
    after = f"x = 1{end or chr(10)}y = 2{end}"
    assert patch.reverted(after, patch.blocks(before, after)) == before


def test_what_changed_since_elsewhere_stays():
    changes = patch.blocks("a\nb\n", "a\nnew\nb\n")
    assert patch.reverted("more\na\nnew\nB\n", changes) == "more\na\nB\n"
    assert patch.reverted("new\na\nnew\nb\n", changes) == "new\na\nb\n"


def test_what_is_not_there_as_it_came_is_not_taken_back():
    assert patch.reverted("a\nnewer\nb\n", patch.blocks("a\nb\n", "a\nnew\nb\n")) is None


def test_nothing_is_put_into_a_file_that_way():
    assert patch.reverted("a\nb\n", [("b\n", "import os\n", "a\n", 1)]) is None
    assert patch.reverted("a\nb\n", [("", "import os\n", "a\n", 1)]) is None


def test_empty_lines_that_went_with_what_stood_below_are_taken_from_above():
    changes = patch.blocks("a\n\n\nc\n", "a\n\n\nb\n\n\nc\n")
    assert patch.reverted("a\n\n\nb\n", changes) == "a\n"
