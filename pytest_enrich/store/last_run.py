"""What a run leaves in the suggestions folder besides suggestions: its summary, and notes for the next run."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pytest_enrich.data import RunSummary
from pytest_enrich.data.run import RUN_SCHEMA
from pytest_enrich.errors import StoreError
from pytest_enrich.store import Store, disk

_README = """\
# Suggested tests

Written by pytest-enrich. **Not reviewed**, not part of the suite.
`report.html` shows them, `pytest-enrich list` names them.

## How to review

0. One after the other, a key a decision: `pytest-enrich review`. Or one at a time:
1. Read a suggestion: `pytest-enrich show ID`, or open its `suggestion.patch`.
2. Its **Look** line is the one question that no machine could answer.
3. Run it: `pytest-enrich run ID`
4. Take it: `pytest-enrich accept ID` (changes the test file, runs it, never commits)
5. Turn it down: `pytest-enrich reject ID --reason wrong` (it will not come back)
6. Changed your mind: `pytest-enrich undo`

Any unique beginning of an id will do. Without the tool, from the project's folder:

- one: `git apply {folder}/pending/ID/suggestion.patch`
- several in one command: `git apply -C2 PATCH1 PATCH2`
- all: `git apply {folder}/all.patch`

This folder ignores itself: nothing in it reaches git. It can be deleted at any time.
"""


def write(store: Store, summary: RunSummary) -> None:
    """Write `run.json`, and `README.md` for people without the tool, if there is a folder, a result or a gap."""
    if not (store.directory.is_dir() or summary.suggestions or summary.candidates or summary.bugs or summary.left):
        return
    store.prepare()
    store.evidence.add("end", summary)
    disk.write_json(store.directory / "run.json", summary)
    folder = "".join(c if c.isprintable() and c not in "`|" else "?" for c in summary.directory)
    disk.write(store.directory / "README.md", _README.replace("{folder}", folder))


def read(store: Store) -> RunSummary | None:
    """The summary of the last run; None if there is none, or it is unreadable or of another version."""
    try:
        summary = disk.decoded(disk.read(store.directory / "run.json") or b"", RunSummary, disk.LARGEST)
    except (msgspec.MsgspecError, ValueError, RecursionError, StoreError):
        return None
    return summary if summary.schema == RUN_SCHEMA else None


def examined(store: Store) -> str:
    """The digest of the sources whose docstrings were last examined, "" if none were."""
    return (disk.read(store.directory / ".cache" / "examined") or b"").decode("utf-8", "replace")


def note_examined(store: Store, digest: str) -> None:
    """Store the digest, if there is a suggestions folder."""
    if store.exists() and store.directory.is_dir():
        disk.make_inside(store.directory, ".cache")
        disk.write(store.directory / ".cache" / "examined", digest)


def write_crash(store: Store, text: str) -> Path:
    """Store the traceback of an internal error; returns its path."""
    store.prepare()
    disk.make_inside(store.directory, ".cache")
    path = store.directory / ".cache" / "crash.txt"
    disk.write(path, text)
    return path


def keep_crash(store: Store, text: str) -> str:
    """Store a traceback if possible; returns a phrase that says where, or its last line."""
    try:
        return f"details in {write_crash(store, text)}"
    except (StoreError, OSError):
        return f"{text.strip().splitlines()[-1]} (there is nowhere to write the details)"
