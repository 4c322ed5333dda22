"""What is noticed of a job that no resource limit holds."""

from __future__ import annotations

import os

import pytest

from pytest_enrich.sandboxes import excess


def test_a_modest_job_has_nothing_too_much(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(b"x" * 10_000)

    assert excess.found(tmp_path, excess.processes()) == ""


@pytest.mark.parametrize(
    ("limit", "most", "words"),
    [
        ("MOST_BYTES", 100_000, "MiB"),
        ("MOST_FILES", 5, "5 files"),
        ("MOST_PROCESSES", -1_000_000, "new processes"),
    ],
)
def test_what_is_too_much_is_named(tmp_path, monkeypatch, limit, most, words):
    monkeypatch.setattr(excess, limit, most)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    for number in range(10):
        (deep / str(number)).write_bytes(os.urandom(20_000))

    assert words in excess.found(tmp_path, 0)


def test_a_sparse_file_a_link_and_what_vanishes_count_for_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(excess, "MOST_BYTES", 100_000)
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(10**9)
    (tmp_path / "link").symlink_to("/usr")

    assert excess.found(tmp_path, excess.processes()) == ""
    assert excess.found(tmp_path / "gone", excess.processes()) == ""
