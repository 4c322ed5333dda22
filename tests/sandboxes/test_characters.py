from __future__ import annotations

import gzip
import os
import subprocess
import sys

import pytest

from pytest_enrich.sandboxes.environment import (
    CHARACTERS_VARIABLE,
    LARGEST_STORAGE,
    bring_characters,
    scratch_directory,
)

FILE = "unicode_data/15.0.0/charmap.json.gz"


@pytest.fixture
def storage(tmp_path):
    folder = tmp_path / ".hypothesis"
    (folder / FILE).parent.mkdir(parents=True)
    (folder / FILE).write_bytes(b"found")
    return folder


def brought(tmp_path, **environ):
    """What is there of what users have found."""
    place = tmp_path / "place"
    bring_characters(place, environ)
    files = [file for file in sorted(place.rglob("*")) if file.is_file() and not file.name.startswith("codec-")]
    return {str(file.relative_to(place)): file.read_bytes() for file in files}


@pytest.mark.usefixtures("storage")
def test_a_job_is_given_what_runs_of_the_suite_found_out_about_characters(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert brought(tmp_path) == {f"hypothesis/{FILE}": b"found"}


def test_the_folder_is_the_one_that_hypothesis_is_told_of(storage, tmp_path):
    assert brought(tmp_path, HYPOTHESIS_STORAGE_DIRECTORY=str(storage)) == {f"hypothesis/{FILE}": b"found"}


def test_examples_stay_where_they_are(storage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (storage / "examples" / "0a").mkdir(parents=True)
    (storage / "examples" / "0a" / "1b").write_bytes(b"an example")

    assert list(brought(tmp_path)) == [f"hypothesis/{FILE}"]


@pytest.mark.parametrize("linked", ["file", "folder"])
def test_no_link_is_followed_out_of_the_folder(storage, tmp_path, monkeypatch, linked):
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret" / "keys.json.gz"
    secret.parent.mkdir()
    secret.write_bytes(b"secret")
    if linked == "file":
        (storage / FILE).with_name("keys.json.gz").symlink_to(secret)
    else:
        (storage / "unicode_data" / "16.0.0").symlink_to(secret.parent)

    assert list(brought(tmp_path)) == [f"hypothesis/{FILE}"]


def test_what_is_no_file_or_far_too_large_is_left(storage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo((storage / FILE).with_name("pipe.json.gz"))
    (storage / FILE).with_name("huge.json.gz").write_bytes(bytes(LARGEST_STORAGE + 1))

    assert list(brought(tmp_path)) == [f"hypothesis/{FILE}"]


def test_what_hypothesis_finds_out_of_utf_8_is_known(tmp_path):
    code = "from hypothesis import strategies; strategies.text().validate()"
    environ = {**os.environ, CHARACTERS_VARIABLE: str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environ)
    with scratch_directory() as place:
        found, known = kept(tmp_path), kept(place)
    assert found
    assert found.items() <= known.items()


def kept(folder):
    """What is known of encodings, by file."""
    return {file.name: gzip.decompress(file.read_bytes()) for file in folder.rglob("codec-*")}
