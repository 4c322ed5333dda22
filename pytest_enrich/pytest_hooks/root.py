"""Which folder is the project: pytest takes the one in which it is configured, which may be the tests' folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_PROJECT = (".git", "pyproject.toml", "setup.cfg", "setup.py")
"""What the folder of a project has; that of its tests may have such a file, too, just for pytest."""
_TESTS = {"test", "tests", "testing"}


def widen(config: pytest.Config) -> None:
    """Take the whole project as rootdir, not a folder of it, unless a person said otherwise.

    Workers of pytest-xdist see none of this: with them it stays as it is.
    """
    options = config.known_args_namespace
    project = _whole(config)
    if project is not None and not options.rootdir and not getattr(options, "numprocesses", None):
        config._rootpath = project  # noqa: SLF001 - there is no hook before it is decided


def narrowed(config: pytest.Config) -> str:
    """That only a folder of the project is looked at, and how to change that; "" where all of it is."""
    project, here = _whole(config), config.invocation_params.dir
    if project is None:
        return ""
    folder, root = config.rootpath.relative_to(here), os.path.relpath(project, here)
    return f"only code below {folder}, pytest's rootdir, is looked at (for all: --rootdir={root})"


def _whole(config: pytest.Config) -> Path | None:
    """The project, where pytest took only a folder of it, no higher than where it was started; else None."""
    here, root = config.invocation_params.dir, config.rootpath
    if not root.is_relative_to(here) or _is_project(root):
        return None
    return next((above for above in root.parents if above.is_relative_to(here) and _is_project(above)), None)


def _is_project(folder: Path) -> bool:
    return folder.name not in _TESTS and any((folder / name).exists() for name in _PROJECT)
