"""What is noticed of a job that no resource limit holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_enrich.sandboxes import limits
from pytest_enrich.sandboxes.limits import Start

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc says what is open")


def test_a_modest_job_has_nothing_too_much(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(b"x" * 10_000)

    assert limits.excess(tmp_path, limits.start(tmp_path)) == ""


@pytest.mark.parametrize(
    ("limit", "most", "words"),
    [
        ("MOST_BYTES", 100_000, "MiB"),
        ("MOST_FILES", 5, "5 files"),
        ("MOST_PROCESSES", -1_000_000, "new processes"),
    ],
)
def test_what_is_too_much_is_named(tmp_path, monkeypatch, limit, most, words):
    monkeypatch.setattr(limits, limit, most)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    for number in range(10):
        (deep / str(number)).write_bytes(os.urandom(20_000))

    assert words in limits.excess(tmp_path, Start(0, 0))


def test_a_sparse_file_a_link_and_what_vanishes_count_for_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 100_000)
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(10**9)
    (tmp_path / "link").symlink_to("/usr")

    assert limits.excess(tmp_path, limits.start(tmp_path)) == ""
    assert limits.excess(tmp_path / "gone", limits.start(tmp_path)) == ""


HOLD = """
import os, sys
for number in range(3):
    name = os.path.join(sys.argv[1], str(number))
    held = os.open(name, os.O_CREAT | os.O_RDWR)
    os.write(held, os.urandom(50_000))
    os.remove(name)
print("held", flush=True)
input()
"""


def taken(place: Path, size: int) -> Start:
    """As if the disk had had so much more free space when the job began."""
    now = limits.start(place)
    return Start(now.processes, now.free + size)


@on_linux
@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_what_is_open_without_a_name_counts_for_the_job_that_wrote_it(tmp_path, monkeypatch, where):
    monkeypatch.setattr(limits, "MOST_BYTES", 100_000)
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
    command = [sys.executable, "-c", HOLD, str(tmp_path / where)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        noticed = limits.excess(tmp_path / "here", taken(tmp_path, 10**9))
        process.communicate(b"\n")

    assert noticed == ("it wrote more than 512 MiB" if where == "here" else "")


@on_linux
def test_a_disk_that_fills_ends_a_job_wherever_it_hides_what_it_holds(tmp_path):
    assert limits.excess(tmp_path, taken(tmp_path, 3 * 1024**3)) == ""
    assert "4 GiB" in limits.excess(tmp_path, taken(tmp_path, 5 * 1024**3))
