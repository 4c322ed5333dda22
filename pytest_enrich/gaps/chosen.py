"""Which source files the project's settings choose."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

_VENDORED = {"_vendor", "vendor", "_vendored", "vendored", "third_party", "node_modules"}


def wanted(path: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether the globs choose `path`; one without a `/` is tried on the name alone too.

    A copy of what others wrote is chosen only by one that says so.
    """
    inside = not include or any(_matches(path, glob) for glob in include)
    is_meant = not _is_copied(path) or any(map(_is_copied, include))
    return inside and is_meant and not any(_matches(path, glob) for glob in exclude)


def _is_copied(path: str) -> bool:
    return not _VENDORED.isdisjoint(path.split("/"))


def _matches(path: str, glob: str) -> bool:
    glob = glob.removeprefix("./")
    names = [path] if "/" in glob else [path, path.rpartition("/")[2]]
    folder = f"{glob.rstrip('/')}/*"
    return any(fnmatch.fnmatchcase(name, glob) for name in names) or fnmatch.fnmatchcase(path, folder)
