"""The dotted names that modules are imported by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path, PurePosixPath


def roots(rootdir: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """The entries of a `sys.path` that are in `rootdir`, relative to it, "" for itself.

    Args:
        rootdir: Absolute.
        paths: Entries of `sys.path`, PYTHONPATH or pytest's `pythonpath`; relative ones count from rootdir.
    """
    real = rootdir.resolve()
    found: dict[str, None] = {}
    for path in paths:
        try:
            folder = (rootdir / path).resolve()
        except (OSError, ValueError, RuntimeError):
            continue
        if folder.is_relative_to(real) and "site-packages" not in folder.parts:
            found[_posix(folder.relative_to(real))] = None
    return tuple(found)


def packages(rootdir: Path, files: Iterable[str]) -> frozenset[str]:
    """The folders of `files`, and those above them, that hold an `__init__.py`."""
    folders = {_posix(parent) for file in files for parent in PurePosixPath(file).parents}
    return frozenset(folder for folder in folders if (rootdir / folder / "__init__.py").is_file())


def module_name(path: str, source_roots: Sequence[str], package_folders: Collection[str]) -> str:
    """The name that the file is imported by.

    The longest source root that holds the outermost package decides; without one, that package is at the top.
    """
    file = PurePosixPath(path)
    top = file.parent
    while _posix(top) in package_folders and top.parent != top:
        top = top.parent
    holding = [root for root in source_roots if top.is_relative_to(PurePosixPath(root))]
    base = PurePosixPath(max(holding, key=len)) if holding else top
    parts = file.relative_to(base).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _posix(path: PurePosixPath | Path) -> str:
    text = path.as_posix()
    return "" if text == "." else text
