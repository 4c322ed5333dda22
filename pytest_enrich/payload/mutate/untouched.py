"""Folders as they were: what one fork writes, the next one must not find."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from os import lstat, mkdir, readlink, rmdir, scandir, symlink, unlink
from typing import NamedTuple

MOST = 32 << 20
"""Bytes that are remembered; files beyond that stay as they are."""
_open = open


class _Entry(NamedTuple):
    """A file, link or folder; its `mark` is another one once somebody has changed it."""

    mark: tuple[int, ...]
    mode: int
    content: bytes | str | None


@contextlib.contextmanager
def kept(folders: Sequence[str]) -> Iterator[None]:
    """Whatever happens in the folders meanwhile, afterwards they hold what they held before."""
    before = dict(_remembered(folders))
    yield
    after = dict(_found(folders))
    for path in sorted(after.keys() - before.keys(), reverse=True):  # what is in a folder before the folder
        with contextlib.suppress(OSError):
            _remove(path, after[path])
    for path, entry in before.items():
        if path not in after or after[path].st_mode != entry.mode or _mark(after[path]) != entry.mark:
            with contextlib.suppress(OSError):
                _restore(path, entry, after.get(path))


def _found(folders: Sequence[str]) -> Iterator[tuple[str, os.stat_result]]:
    """All files, links and folders below, a folder before what is in it; devices and the like are nobody's."""
    waiting = [*folders]
    while waiting:
        with contextlib.suppress(OSError), scandir(waiting.pop()) as entries:
            for entry in entries:
                told = lstat(entry.path)
                if stat.S_ISDIR(told.st_mode):
                    waiting.append(entry.path)
                if stat.S_IFMT(told.st_mode) in {stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}:
                    yield entry.path, told


def _remembered(folders: Sequence[str]) -> Iterator[tuple[str, _Entry]]:
    left = MOST
    for path, told in _found(folders):
        content: bytes | str | None = None
        with contextlib.suppress(OSError):
            if stat.S_ISLNK(told.st_mode):
                content = readlink(path)  # noqa: PTH115 - a text
            elif stat.S_ISREG(told.st_mode) and told.st_size <= left:
                left -= told.st_size
                with _open(path, "rb") as file:
                    content = file.read()
        yield path, _Entry(_mark(told), told.st_mode, content)


def _mark(told: os.stat_result) -> tuple[int, ...]:
    """Nobody sets a time of change back. A folder's is another one when something in it comes and goes."""
    if stat.S_ISDIR(told.st_mode):
        return ()
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def _remove(path: str, told: os.stat_result) -> None:
    (rmdir if stat.S_ISDIR(told.st_mode) else unlink)(path)


def _restore(path: str, entry: _Entry, now: os.stat_result | None) -> None:
    if now is not None and stat.S_IFMT(now.st_mode) != stat.S_IFMT(entry.mode):
        _remove(path, now)
    if stat.S_ISDIR(entry.mode):
        if now is None:
            mkdir(path, stat.S_IMODE(entry.mode))  # noqa: PTH102 - the same
    elif isinstance(entry.content, str):
        if now is not None:
            unlink(path)  # noqa: PTH108 - the same
        symlink(entry.content, path)  # noqa: PTH211 - the same
    elif entry.content is not None:
        with _open(path, "wb") as file:
            file.write(entry.content)
    if not stat.S_ISLNK(entry.mode) and stat.S_IMODE(lstat(path).st_mode) != stat.S_IMODE(entry.mode):
        os.chmod(path, stat.S_IMODE(entry.mode))  # noqa: PTH101 - the same
