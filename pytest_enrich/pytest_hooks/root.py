"""Which folder is the project: pytest takes the one in which it is configured, and that may be the tests' own."""

from __future__ import annotations

from pathlib import Path

import pytest

_PROJECT = (".git", "pyproject.toml", "setup.cfg", "setup.py")
"""What the folder of a project has."""


def widen(config: pytest.Config) -> None:
    """Take the project that pytest was started in for the project, unless a person said otherwise.

    Workers of pytest-xdist see none of this: with them it stays as it is.
    """
    known = config.known_args_namespace
    if narrowed(config) is not None and not known.rootdir and not getattr(known, "numprocesses", None):
        config._rootpath = config.invocation_params.dir  # noqa: SLF001 - there is no hook before it is decided


def narrowed(config: pytest.Config) -> Path | None:
    """The folder, relative to the project, that pytest takes for the project; None where that is the project."""
    here, root = config.invocation_params.dir, config.rootpath
    is_inside = root != here and root.is_relative_to(here)
    return root.relative_to(here) if is_inside and any((here / name).exists() for name in _PROJECT) else None
