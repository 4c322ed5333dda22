"""The suggestions folder: that it is ours, that it ignores itself, and moving suggestions inside it."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from pytest_enrich.errors import StoreError
from pytest_enrich.store import disk

GITIGNORE = "# Created by pytest-enrich.\n*\n"
_OURS = ("pending", "decided", "run.json", "decisions.jsonl", "evidence", ".cache")


def is_made(directory: Path) -> bool:
    """Whether the folder was made by us, perhaps without its hidden files."""
    with disk.reporting(directory, "read"):
        return any((directory / name).exists() for name in _OURS)


def is_marked(directory: Path) -> bool:
    """Whether suggestions of any project lie in it."""
    return (directory / "pending").is_dir() or (directory / "decided").is_dir()


def is_ours(directory: Path) -> bool:
    """The same, or the folder may become ours: it is empty."""
    if is_made(directory):
        return True
    with disk.reporting(directory, "read"):
        return not directory.exists() or not any(directory.iterdir())


def prepare(directory: Path, rootdir: Path) -> None:
    """Make the folder with its own `.gitignore`, unless it is there.

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
    disk.make_folder(directory)
    ignore(directory)


def make_inside(directory: Path, *names: str) -> Path:
    """Make a folder inside ours and return it; no part of the way may be a symbolic link."""
    for name in names:
        directory /= name
        disk.make_folder(directory)
    return directory


def ignore(directory: Path) -> None:
    """Put `.gitignore` there, or back: it is missing after a download from CI."""
    if not os.path.lexists(directory / ".gitignore"):
        disk.write(directory / ".gitignore", GITIGNORE)


def move(source: Path, destination: Path) -> None:
    """Move a suggestion's folder; what stands in the way is kept under a name beside it."""
    if not source.is_dir() or source.is_symlink():
        return
    disk.make_folder(destination.parent)
    with disk.reporting(destination, "move"):
        if os.path.lexists(destination):
            destination.rename(_free(destination))
        source.rename(destination)
        disk.sync_folder(destination.parent)
        disk.sync_folder(source.parent)


def remove(path: Path) -> None:
    """Remove a suggestion's folder; of a symbolic link only the link."""
    with disk.reporting(path, "remove"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:  # a pipe, too, which nobody may open: that would wait for ever
            path.unlink(missing_ok=True)


def names(directory: Path) -> tuple[str, ...]:
    """What is in the folder, sorted; nothing when it is not there or is a symbolic link."""
    if directory.is_symlink():
        return ()
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        try:
            return tuple(sorted(entry.name for entry in directory.iterdir()))
        except PermissionError as error:
            raise StoreError(
                f"cannot read {directory}: {disk.explained(error)}\n"
                "Nothing was done.\n"
                f"Make it readable:  chmod -R u+rwX {directory}"
            ) from error
    return ()


def _free(path: Path) -> Path:
    """A name for what was there before; no id has a `~`, so readers pass it over."""
    number = 1
    while os.path.lexists(path.with_name(f"{path.name}~{number}")):
        number += 1
    return path.with_name(f"{path.name}~{number}")
