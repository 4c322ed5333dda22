"""Whose the machine's device files are, and what a sandbox is given in their place."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from pytest_enrich.sandboxes.isolation import DEVICE_NUMBERS, Isolation, copy_devices, whose_devices

as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make them")
BWRAP = Isolation(name="bwrap+landlock+seccomp", bwrap="bwrap")


@pytest.fixture
def ours(monkeypatch):
    """The machine's are this user's."""
    monkeypatch.setattr(os, "geteuid", lambda: Path(os.devnull).stat().st_uid)


def test_nobody_can_change_what_is_of_another_user(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: Path(os.devnull).stat().st_uid + 1)
    assert whose_devices() == "theirs"


@pytest.mark.usefixtures("ours")
def test_what_cannot_be_made_is_exposed(monkeypatch):
    def refuse(*_arguments):
        raise PermissionError("mknod")

    monkeypatch.setattr(os, "mknod", refuse)
    assert whose_devices() == "exposed"


@pytest.mark.usefixtures("ours")
def test_what_is_made_and_does_nothing_is_exposed(monkeypatch):
    # As on a file system that is mounted without devices.
    monkeypatch.setattr(os, "mknod", lambda file, *_more: Path(file).mkdir())
    assert whose_devices() == "exposed"


@as_root
def test_copies_are_what_the_machine_has(tmp_path):
    words = copy_devices(tmp_path)
    assert words[:3] == ("--dev-bind", str(tmp_path / "dev" / "null"), "/dev/null")
    for name in DEVICE_NUMBERS:
        made, own = (tmp_path / "dev" / name).stat(), Path("/dev", name).stat()
        assert (made.st_rdev, stat.S_ISCHR(made.st_mode)) == (own.st_rdev, True)


@pytest.mark.parametrize(("whose", "metadata"), [("theirs", True), ("copied", True), ("exposed", False)])
def test_no_mode_can_be_changed_where_that_of_a_device_could(whose, metadata):
    confinement = replace(BWRAP, devices=whose).confinement(forks=False)
    assert confinement is not None
    assert confinement.metadata == metadata
