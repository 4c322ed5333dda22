"""What the machine does to a store: a full disk, a clock that goes back, two runs at once, old files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_enrich.data import Decision
from pytest_enrich.store import last_run

HERE = Path(__file__).parent
BEGIN = f"""\
import sys
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from conftest import suggestion
from pytest_enrich.data import Finished, Gap
from pytest_enrich.errors import StoreError
from pytest_enrich.store import Store
root = Path(sys.argv[1])
store = Store(root / "enrich-suggestions", root)
def identity(number): return "cart-" + "".join("abcdefghij"[int(digit)] for digit in f"{{number:08}}")
"""
FILL = """\
saved = []
try:
    for number in range(500):
        one = suggestion(identity(number))
        store.save(one, "patch" * 500, "module" * 500)
        saved.append(one.id)
except StoreError as error:
    print(str(error).splitlines()[0])
shelf = store.shelf()
others = [one for one in shelf.problems if "not written to its end" not in one]
print(len(saved) > 2, {one.id for one in shelf.suggestions} >= {*saved}, others)
"""
SAVE = """\
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 15):
    store.save(suggestion(identity(number)), "patch", "module")
    gap = Gap(id=identity(number), path="src/cart.py", qualname="f", line=1, outcome="true", text="", lines=(2,))
    store.journal(Finished(gap=gap, digest="d", proposer="search", outcome="nothing found"))
"""


def test_on_a_full_disk_all_that_was_told_as_saved_is_there(rootdir):
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare")
    mount = 'mount -t tmpfs -o size=300k tmpfs "$1" && cp -r "$2"/. "$1" && exec "$3" -c "$4" "$1"'
    place = rootdir.parent / "small"
    place.mkdir()
    words = ["unshare", "-rm", "sh", "-c", mount, "sh", place, rootdir, sys.executable, BEGIN + FILL]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if "unshare:" in ended.stderr or "mount:" in ended.stderr:
        pytest.skip(f"nothing may be mounted here: {ended.stderr.strip()}")
    first, last = ended.stdout.splitlines()
    assert "No space left" in first, ended
    assert last == "True True []"


def test_two_runs_that_write_at_once_lose_nothing(store, rootdir):
    words = [sys.executable, "-c", BEGIN + SAVE, str(rootdir)]
    started = [subprocess.Popen([*words, first]) for first in ("0", "100")]
    assert [one.wait() for one in started] == [0, 0]
    shelf = store.shelf()
    assert (len(shelf.suggestions), shelf.problems) == (30, ())
    assert len({one.gap.id for one in store.finished()}) == 30


def test_what_was_decided_last_counts_although_the_clock_went_back(filled):
    (one,) = filled.pending()
    for verb, at in (("reject", "2026-11-24T12:00:00Z"), ("undo", "2026-11-24T11:00:00Z")):
        filled.decide(Decision(id=one.id, verb=verb, body=one.test.body_sha256, at=at))
    assert filled.pending() == (one,)


def test_files_without_what_later_versions_added_are_read(filled):
    (one,) = filled.pending()
    place = filled.directory / "pending" / one.id / "suggestion.json"
    known = json.loads(place.read_bytes())
    for name in (
        "seal",
        "broken",
        "gap also_closes",
        "origin model",
        "origin worded",
        "made options",
        "proof mutants",
    ):
        *parts, last = name.split()
        (known[parts[0]] if parts else known).pop(last)
    place.write_text(json.dumps(known))
    assert [other.id for other in filled.pending()] == [one.id]
    (filled.directory / "run.json").write_text('{"schema": "pytest-enrich/run/1", "at": "2026-01-01T00:00:00Z"}')
    assert last_run.read(filled).learnt == ()
    line = {"id": one.id, "verb": "reject", "body": one.test.body_sha256, "at": "2026-01-01T00:00:00Z"}
    (filled.directory / "decisions.jsonl").write_text(json.dumps(line) + "\n")
    assert filled.state(one) == "rejected"
