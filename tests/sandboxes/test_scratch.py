from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pytest_enrich.sandboxes.environment import DAY, PREFIX, _unlock, remove_scratch, scratch_directory, sweep


def test_the_directory_is_private_and_gone_afterwards(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    with scratch_directory() as place:
        mode = stat.S_IMODE(place.stat().st_mode)
        parts = {part.name for part in place.iterdir()}

    assert mode == 0o700
    assert parts == {"home", "tmp", "cache", "hypothesis"}
    assert not place.exists()


def test_it_is_gone_after_an_error_too():
    with pytest.raises(KeyboardInterrupt), scratch_directory() as place:
        raise KeyboardInterrupt

    assert not place.exists()


MAKE = """
import sys
from pytest_enrich.sandboxes.environment import scratch_directory
with scratch_directory() as place:
    (place / "tmp" / "file").write_text("x")
    print(place, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def maker(tmp_path, monkeypatch):
    """A process that has made a directory, and that."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    command = [sys.executable, "-c", MAKE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        place = Path(process.stdout.readline().strip())
        os.utime(place, (0, 0))
        yield process, place
        process.kill()


def test_what_a_killed_process_left_behind_is_swept_away(maker):
    process, place = maker
    process.kill()
    process.wait()

    assert place.is_dir()
    sweep()
    assert not place.exists()


def test_what_a_living_process_has_made_or_makes_stays(maker, tmp_path):
    _, place = maker
    new = tmp_path / f"{PREFIX}new"
    new.mkdir()

    sweep()

    assert new.is_dir()

    assert (place / "tmp" / "file").exists()


def test_only_what_is_surely_ours_is_swept_away(maker, tmp_path):
    process, _ = maker
    process.kill()
    process.wait()
    old, new = time.time() - 2 * DAY, time.time()
    ages = {"other": old, "pytest-enrich-abc": new, "pytest-enrich-old": old}
    for name, age in ages.items():
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (age, age))
    (tmp_path / "pytest-enrich-job-link").symlink_to(tmp_path / "other")
    (tmp_path / "pytest-enrich-job-file").write_text("x")

    sweep()

    left = ["other", "pytest-enrich-abc", "pytest-enrich-job-file", "pytest-enrich-job-link"]
    assert sorted(path.name for path in tmp_path.iterdir()) == left


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_what_belongs_to_somebody_else_stays(maker):
    process, place = maker
    process.kill()
    process.wait()
    os.chown(place, 65534, 65534)

    sweep()

    assert place.is_dir()


def test_read_only_directories_are_removed(tmp_path):
    deep = tmp_path / "place" / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "file").write_text("x")
    for part in (deep, deep.parent, tmp_path / "place"):
        part.chmod(0o000)

    remove_scratch(tmp_path / "place")

    assert not (tmp_path / "place").exists()


def test_what_a_link_leads_to_is_left_alone(tmp_path):
    other = tmp_path / "other"
    other.mkdir(mode=0o500)
    place = tmp_path / "place"
    place.mkdir()
    (place / "link").symlink_to(other)

    remove_scratch(place)

    assert not place.exists()
    assert stat.S_IMODE(other.stat().st_mode) == 0o500


def test_a_link_to_a_directory_is_not_unlocked(tmp_path):
    other = tmp_path / "other"
    other.mkdir(mode=0o500)
    place = tmp_path / "place"
    place.mkdir()
    (place / "link").symlink_to(other)

    _unlock(place)

    assert stat.S_IMODE(other.stat().st_mode) == 0o500
