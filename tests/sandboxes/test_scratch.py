from __future__ import annotations

import stat

import pytest

from pytest_enrich.sandboxes import scratch


def test_the_directory_is_private_and_gone_afterwards(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where no run of Hypothesis has left anything
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    with scratch.directory() as place:
        mode = stat.S_IMODE(place.stat().st_mode)
        parts = {part.name for part in place.iterdir()}

    assert mode == 0o700
    assert parts == {"home", "tmp", "cache"}
    assert not place.exists()


def test_it_is_gone_after_an_error_too():
    with pytest.raises(KeyboardInterrupt), scratch.directory() as place:
        raise KeyboardInterrupt

    assert not place.exists()


def test_read_only_directories_are_removed(tmp_path):
    deep = tmp_path / "place" / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "file").write_text("x")
    for part in (deep, deep.parent, tmp_path / "place"):
        part.chmod(0o000)

    scratch.remove(tmp_path / "place")

    assert not (tmp_path / "place").exists()


def test_what_a_link_leads_to_is_left_alone(tmp_path):
    other = tmp_path / "other"
    other.mkdir(mode=0o500)
    place = tmp_path / "place"
    place.mkdir()
    (place / "link").symlink_to(other)

    scratch.remove(place)

    assert not place.exists()
    assert stat.S_IMODE(other.stat().st_mode) == 0o500


def test_a_link_to_a_directory_is_not_unlocked(tmp_path):
    other = tmp_path / "other"
    other.mkdir(mode=0o500)
    place = tmp_path / "place"
    place.mkdir()
    (place / "link").symlink_to(other)

    scratch._unlock(place)

    assert stat.S_IMODE(other.stat().st_mode) == 0o500
