"""Whether a run left everything outside the suggestions folder as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

Snapshot: TypeAlias = "dict[str, tuple[int, int]] | None"

MOST_FILES = 20_000
# What pytest, Python and git write by themselves, and what is too large to look at.
PASSED_OVER = frozenset(
    {"__pycache__", ".git", ".hg", ".tox", ".nox", ".venv", "venv", "node_modules", ".pytest_cache"}
)
_CODE = (".py", ".pyi", ".toml", ".ini", ".cfg", ".json", ".yaml", ".yml")


def snapshot(rootdir: Path, directory: Path) -> Snapshot:
    """Size and time of each file below rootdir, by path; None when there are too many to look at."""
    found: dict[str, tuple[int, int]] = {}
    for entry in _files(str(rootdir), str(directory)):
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        found[entry.path] = (state.st_size, state.st_mtime_ns)
        if len(found) > MOST_FILES:
            return None
    return found


def changed(rootdir: Path, directory: Path, before: Snapshot) -> tuple[str, ...] | None:
    """The files that are new, gone or changed since `before`, relative to rootdir; None: not looked at."""
    after = snapshot(rootdir, directory)
    if before is None or after is None:
        return None
    differing = {
        path
        for path in before.keys() | after.keys()
        if before.get(path) != after.get(path) and not _is_log(path, before, after)
    }
    return tuple(sorted(os.path.relpath(path, rootdir) for path in differing))


def _is_log(path: str, before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> bool:
    """Whether it was there, only grew, and is no code: what a shell, or `tee`, writes a run's output to."""
    there = path in before and path in after
    return there and after[path][0] > before[path][0] and not path.endswith(_CODE)


def _files(folder: str, left_out: str) -> Iterator[os.DirEntry[str]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in PASSED_OVER and entry.path != left_out:
                yield from _files(entry.path, left_out)
        else:
            yield entry
