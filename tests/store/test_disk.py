import errno
import os
import stat
from pathlib import Path

import pytest

from pytest_enrich.errors import StoreError
from pytest_enrich.store import Store, disk


def test_a_write_replaces_the_content_and_keeps_the_mode(tmp_path):
    path = tmp_path / "run.sh"
    path.write_text("old")
    path.chmod(0o754)
    disk.write(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o754)


def test_a_new_file_gets_the_usual_mode(tmp_path):
    (tmp_path / "usual").write_text("")
    disk.write(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_full_disk_leaves_the_old_bytes_and_nothing_beside(tmp_path, monkeypatch):
    path = tmp_path / "README.md"
    path.write_text("old")

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left") as caught:
        disk.write(path, "new")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["README.md"]
    assert "--enrich-dir=" in str(caught.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_append_to_a_full_device_is_told():
    with pytest.raises(StoreError, match="cannot write /dev/full"):
        disk.append(Path("/dev/full"), b"line")


def test_a_message_says_what_happened_what_was_kept_and_the_way_out(tmp_path, make_suggestion):
    (tmp_path / "enrich-suggestions").write_text("a file")
    with pytest.raises(StoreError) as caught:
        Store(tmp_path / "enrich-suggestions", tmp_path).save(make_suggestion(), "patch", "module")
    happened, kept, command = str(caught.value).splitlines()
    assert "File exists" in happened
    assert "as it was" in kept
    assert "--enrich-dir=" in command


def test_a_folder_below_a_file_is_told(tmp_path, make_suggestion):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Not a directory"):
        Store(tmp_path / "file" / "enrich-suggestions", tmp_path / "other").save(
            make_suggestion(), "patch", "module"
        )


def test_a_read_only_directory_is_told(tmp_path, make_suggestion, monkeypatch):
    def refuse(self, *_args, **_more):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreError, match=os.strerror(errno.EROFS)):
        Store(tmp_path / "enrich-suggestions", tmp_path).save(make_suggestion(), "patch", "module")


def test_a_missing_file_is_none(tmp_path):
    assert disk.read(tmp_path / "nothing") is None


def test_a_line_after_a_torn_one_begins_anew(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"torn")
    disk.append(path, b"whole")
    assert path.read_bytes() == b"torn\nwhole\n"
