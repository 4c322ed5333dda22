"""What a run leaves in the folder beside its suggestions: for people, for the commands, and for the next run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from pytest_enrich.data import RunSummary
from pytest_enrich.data.run import RUN_SCHEMA
from pytest_enrich.errors import StoreError
from pytest_enrich.store import Store, disk, folder, reading, readme


def write(store: Store, summary: RunSummary) -> None:
    """Write `run.json` and the README, unless there is nothing to say and no folder to say it in."""
    if not (store.directory.is_dir() or summary.suggestions or summary.candidates or summary.bugs):
        return
    store.prepare()
    disk.write_json(store.directory / "run.json", summary)
    rebuild_readme(store)


def read(store: Store) -> RunSummary | None:
    """The last run; None when there is none, or it cannot be read or is of another version."""
    try:
        found = reading.file(store.directory / "run.json", RunSummary, disk.LARGEST)
    except (msgspec.MsgspecError, ValueError, RecursionError, StoreError):
        return None
    return found if found.schema == RUN_SCHEMA else None


def rebuild_readme(store: Store) -> None:
    """Write `README.md` again from what is pending now."""
    disk.write(store.directory / "README.md", readme.render(store.pending(), read(store)))


def write_tests(store: Store, tests: Mapping[str, Sequence[str]]) -> None:
    """Note for each source file the test files that touch it, where there is a folder to note it in."""
    if store.exists() and store.directory.is_dir():
        folder.make_inside(store.directory, ".cache")
        disk.write_json(store.directory / ".cache" / "tests.json", tests)


def read_tests(store: Store) -> dict[str, tuple[str, ...]]:
    """What the last run of the whole suite noted; empty when there was none or it cannot be read."""
    try:
        content = disk.read(store.directory / ".cache" / "tests.json") or b"{}"
        return msgspec.json.decode(content, type=dict[str, tuple[str, ...]])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, StoreError):
        return {}


def write_crash(store: Store, text: str) -> Path:
    """Keep the traceback of a defect of ours; returns where."""
    store.prepare()
    folder.make_inside(store.directory, ".cache")
    path = store.directory / ".cache" / "crash.txt"
    disk.write(path, text)
    return path
