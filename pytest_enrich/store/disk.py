"""Bytes on the disk: atomic writes of files, append-only lines, and errors that people can act on.

Also the suggestions folder: whether it is ours, its `.gitignore`, and moving suggestions inside it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import itertools
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from pytest_enrich.data.encoded import encoded
from pytest_enrich.errors import StoreError

LARGEST = 16 * 1024 * 1024
"""Bytes; a larger file was not written by us."""

LARGEST_FILE = 1024 * 1024
"""Bytes of one suggestion, or of one line of a log."""
LONGEST = 50_000
"""Characters of one string in such a file."""
LONGEST_LIST = 10_000
"""Items in one list."""
_NUMBER = 1 << 63
_PAUSE = 0.05
_TAKEN = frozenset({errno.EAGAIN, errno.EACCES})
_T = TypeVar("_T")


def now() -> str:
    """The time in the format of our files: UTC, ISO 8601, to the second."""
    return datetime.now(tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def sha256(content: bytes) -> str:
    """The digest in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def explained(error: OSError) -> str:
    """Why the system refused, in its own words, except for symbolic links, which are never followed."""
    return "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror or type(error).__name__


@contextlib.contextmanager
def reporting(path: Path, doing: str = "write") -> Iterator[None]:
    """Turn errors of the system into our three-part messages.

    Raises:
        StoreError: In place of any `OSError` in the block.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"cannot {doing} {path}: {explained(error)}\n"
            "What was there before is as it was; nothing half-written is left.\n"
            "Another folder:  pytest --enrich --enrich-dir=/tmp/enrich-suggestions"
        ) from error


def make_folder(path: Path) -> None:
    """Make the folder and its parents; a symbolic link in its place is an error."""
    with reporting(path, "make"):
        path.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def write(path: Path, data: str | bytes) -> None:
    """Replace the file's content atomically: readers see the old bytes or the new ones, whatever happens."""
    content = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    with reporting(path):
        descriptor, beside = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fchmod(descriptor, _mode(path))
                os.fsync(descriptor)
            Path(beside).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
            raise
        sync_folder(path.parent)


def write_json(path: Path, value: object) -> None:
    """Write the value as JSON that people can read, too."""
    write(path, msgspec.json.format(encoded(value), indent=2) + b"\n")


def append(path: Path, line: bytes) -> None:
    """Append one line and wait until it is on the disk.

    A line that an earlier process could not finish is terminated first, so that it spoils only itself.
    """
    with reporting(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o644)
        try:
            content = (b"\n" if _torn(descriptor) else b"") + line + b"\n"
            while content:
                content = content[os.write(descriptor, content) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def cut_torn(path: Path) -> None:
    """Remove the incomplete last line that a killed process has left."""
    content = read(path, sys.maxsize) or b""
    if content and not content.endswith(b"\n"):
        with reporting(path):
            os.truncate(path, content.rfind(b"\n") + 1)


class BusyError(StoreError):
    """Another process holds the lock."""


@contextlib.contextmanager
def locked(path: Path, patience: float) -> Iterator[None]:
    """Hold the lock for the block, or go on without it if the system has no such locks.

    Raises:
        BusyError: Another process holds it for longer than `patience`, in seconds.
    """
    with reporting(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        deadline = time.monotonic() + patience
        while not _is_locked(descriptor):
            if time.monotonic() >= deadline:
                raise BusyError(
                    f"another pytest-enrich has been at work here for {patience:g} s: {path} is locked\n"
                    "Nothing was changed.\n"
                    "Try again when it is done; what waits then:  pytest-enrich list"
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Whether we hold the lock now, or there are no locks here."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _TAKEN
    return True


def real(path: Path) -> Path:
    """The path without symbolic links; a loop of links is left as it is, where `Path.resolve` would raise."""
    return Path(os.path.realpath(path))


def read(path: Path, largest: int = LARGEST) -> bytes | None:
    """The bytes of a regular file of at most `largest` bytes, None if it does not exist.

    Raises:
        StoreError: It cannot be read, is not a regular file, or is larger than any that we write.
    """
    with reporting(path, "read"):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            return _content(path, file, largest)


def shown(path: Path, rootdir: Path) -> str:
    """The path as shown to people: relative to the project if it is inside."""
    return path.relative_to(rootdir).as_posix() if path.is_relative_to(rootdir) else str(path)


def sync_folder(path: Path) -> None:
    """Make renames in this folder durable, if the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _content(path: Path, file: BinaryIO, largest: int) -> bytes:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode) or status.st_size > largest:
        reason = "larger than any that we write" if stat.S_ISREG(status.st_mode) else "no regular file"
        message = f"{path} is {reason}\nIt was not read.\nRemove it:  rm -r {path}"
        raise StoreError(message) from OSError(errno.EINVAL, reason)
    return file.read()


def _mode(path: Path) -> int:
    """The mode of the existing file, else the mode that a new file would get."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _torn(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


class TooMuchError(ValueError):
    """Something in the data is larger than anything we write."""


def decoded(content: bytes, kind: type[_T], largest: int = LARGEST_FILE) -> _T:
    """The JSON value decoded.

    Raises:
        ValueError: It is no such value, or is too large: `msgspec.MsgspecError`, `TooMuchError`, ...
        RecursionError: It is too deeply nested.
    """
    if len(content) > largest:
        raise TooMuchError(f"it has more than {largest} bytes")
    value = msgspec.json.decode(content, type=kind)
    _check(msgspec.to_builtins(value), "it")
    return value


def _check(value: Any, name: str) -> None:  # noqa: ANN401 - whatever JSON may hold
    if isinstance(value, str) and len(value) > LONGEST:
        raise TooMuchError(f"{name} has more than {LONGEST} characters")
    if isinstance(value, int | float) and not -_NUMBER < value < _NUMBER:
        raise TooMuchError(f"{name} is larger than any number that we write")
    if isinstance(value, list | tuple | dict) and len(value) > LONGEST_LIST:
        raise TooMuchError(f"{name} has more than {LONGEST_LIST} parts")
    for key, part in value.items() if isinstance(value, dict) else ():
        _check(key, "a key")
        _check(part, str(key)[:30])
    for part in value if isinstance(value, list | tuple) else ():
        _check(part, name)


GITIGNORE = "# Created by pytest-enrich.\n*\n"
_OURS = ("pending", "decided", "run.json", "decisions.jsonl", "evidence", ".cache")


def is_made(directory: Path) -> bool:
    """Whether the folder was made by us, even if its hidden files are missing."""
    with reporting(directory, "read"):
        return any((directory / name).exists() for name in _OURS)


def is_marked(directory: Path) -> bool:
    """Whether it contains suggestions, of any project."""
    return (directory / "pending").is_dir() or (directory / "decided").is_dir()


def is_ours(directory: Path) -> bool:
    """Whether it was made by us or may become ours: it holds nothing but what another run may be starting with."""
    with reporting(directory, "read"):
        names = [entry.name for entry in directory.iterdir()] if directory.exists() else []
    # `is_made` comes last, so that what another run makes meanwhile counts.
    return all(name.lstrip(".").startswith("gitignore") for name in names) or is_made(directory)


def prepare(directory: Path, rootdir: Path) -> None:
    """Make the folder with its own `.gitignore`, unless they exist.

    Raises:
        StoreError: It cannot be made, or it is a folder that belongs to someone else.
    """
    above = rootdir.resolve().is_relative_to(directory.resolve())
    if above or (directory.is_dir() and not is_ours(directory)):
        raise StoreError(
            f"{directory} holds files that are not ours\n"
            "Nothing was written there: the folder would hide itself from git.\n"
            "An own folder:  pytest --enrich --enrich-dir=enrich-suggestions"
        )
    make_folder(directory)
    if not os.path.lexists(directory / ".gitignore"):  # it is also missing after a download from CI
        write(directory / ".gitignore", GITIGNORE)


def make_inside(directory: Path, *names: str) -> Path:
    """Make a folder inside ours and return it; no part of its path may be a symbolic link."""
    for name in names:
        directory /= name
        make_folder(directory)
    return directory


def move(source: Path, destination: Path) -> None:
    """Move a suggestion's folder; whatever is in the way is kept beside it under another name."""
    if not source.is_dir() or source.is_symlink():
        return
    make_folder(destination.parent)
    with reporting(destination, "move"):
        if os.path.lexists(destination):
            destination.rename(_free(destination))
        source.rename(destination)
        sync_folder(destination.parent)
        sync_folder(source.parent)


def remove(path: Path) -> None:
    """Remove a suggestion's folder; if it is a symbolic link, only the link."""
    with reporting(path, "remove"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:  # also a pipe, which must not be opened: that would block for ever
            path.unlink(missing_ok=True)


def names(directory: Path) -> tuple[str, ...]:
    """The names in the folder, sorted; none if it does not exist or is a symbolic link."""
    if directory.is_symlink():
        return ()
    try:
        return tuple(sorted(entry.name for entry in directory.iterdir()))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except PermissionError as error:
        raise StoreError(
            f"cannot read {directory}: {explained(error)}\n"
            "Nothing was done.\n"
            f"Make it readable:  chmod -R u+rwX {directory}"
        ) from error


def _free(path: Path) -> Path:
    """A free name for what was there before; no id has a `~`, so readers skip it."""
    candidates = (path.with_name(f"{path.name}~{number}") for number in itertools.count(1))
    return next(candidate for candidate in candidates if not os.path.lexists(candidate))
