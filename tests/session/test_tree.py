from __future__ import annotations

import os

import pytest

from pytest_enrich.session import summary


@pytest.fixture
def directory(rootdir):
    return rootdir / "enrich-suggestions"


def test_nothing_changed_when_nothing_did(rootdir, directory):
    assert summary.changed_files(rootdir, directory, summary.snapshot_files(rootdir, directory)) == ()


def test_what_is_new_changed_or_gone_is_named(rootdir, directory):
    before = summary.snapshot_files(rootdir, directory)
    (rootdir / "new.txt").write_text("x")
    (rootdir / "pytest.ini").write_text("[pytest]\n")
    (rootdir / "tests/test_cart.py").unlink()
    assert summary.changed_files(rootdir, directory, before) == ("new.txt", "pytest.ini", "tests/test_cart.py")


def test_a_file_of_the_same_size_with_another_time_is_changed(rootdir, directory):
    before = summary.snapshot_files(rootdir, directory)
    os.utime(rootdir / "pytest.ini", (1, 1))
    assert summary.changed_files(rootdir, directory, before) == ("pytest.ini",)


@pytest.mark.parametrize(("name", "told"), [("log", ()), ("src/shop/cart.py", ("src/shop/cart.py",))])
def test_a_log_that_grows_is_no_change_but_code_that_grows_is(rootdir, directory, name, told):
    (rootdir / "log").write_text("2 passed\n")
    before = summary.snapshot_files(rootdir, directory)
    with (rootdir / name).open("a") as file:
        file.write("# more\n")
    assert summary.changed_files(rootdir, directory, before) == told


def test_a_log_that_shrinks_is_changed(rootdir, directory):
    (rootdir / "log").write_text("2 passed\n")
    before = summary.snapshot_files(rootdir, directory)
    (rootdir / "log").write_text("")
    assert summary.changed_files(rootdir, directory, before) == ("log",)


@pytest.mark.parametrize(
    "name",
    ["enrich-suggestions/x", ".git/x", "src/__pycache__/x.pyc", ".pytest_cache/x", ".venv/x", "node_modules/x"],
)
def test_what_others_write_by_themselves_is_passed_over(rootdir, directory, name):
    before = summary.snapshot_files(rootdir, directory)
    (rootdir / name).parent.mkdir(parents=True, exist_ok=True)
    (rootdir / name).write_text("x")
    assert summary.changed_files(rootdir, directory, before) == ()


def test_a_link_is_not_followed(rootdir, directory, tmp_path):
    (tmp_path / "outside").mkdir()
    (rootdir / "link").symlink_to(tmp_path / "outside")
    before = summary.snapshot_files(rootdir, directory)
    (tmp_path / "outside" / "x").write_text("x")
    assert summary.changed_files(rootdir, directory, before) == ()


def test_too_many_files_are_not_looked_at(rootdir, directory, monkeypatch):
    monkeypatch.setattr(summary, "MOST_FILES", 2)
    assert summary.snapshot_files(rootdir, directory) is None
    assert summary.changed_files(rootdir, directory, None) is None


def test_a_link_to_a_folder_is_a_file_that_is_new(rootdir, directory, tmp_path):
    before = summary.snapshot_files(rootdir, directory)
    (rootdir / "link").symlink_to(tmp_path, target_is_directory=True)
    assert summary.changed_files(rootdir, directory, before) == ("link",)
