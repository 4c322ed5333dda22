"""`--enrich-run=ID`: one suggestion, run as if it were beside the tests that it is meant for.

A file in the suggestions folder cannot see the fixtures of `tests/conftest.py`. So the target's folder is
collected, everything in it is passed over, and one module is added there: the suggestion's, with the target's
parent and a node id in the target's folder. The neighbouring test modules are not imported.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from msgspec import Struct

_PACKAGE = "__init__.py"


class Suggested(Struct, frozen=True, kw_only=True):
    """A suggestion or a possible bug: its module, and the folder (relative to rootdir) that it is meant for."""

    module: Path
    folder: PurePosixPath


def prepare(config: pytest.Config) -> None:
    """Have the conftest files of the target's folder loaded at the start, including the options that they add."""
    suggested = find(config, config.known_args_namespace.enrich_run)
    config.known_args_namespace.file_or_dir = [str(config.rootpath / suggested.folder)]


def find(config: pytest.Config, name: str) -> Suggested:
    """The pending suggestion or possible bug of this id.

    Raises:
        pytest.UsageError: There is none, or it cannot be read.
    """
    directory = config.rootpath / (config.known_args_namespace.enrich_dir or str(config.getini("enrich_dir")))
    path = directory / "pending" / name / "suggestion.json"
    module = path.with_name(f"suggestion_{name.replace('-', '_')}.py")
    try:
        target = PurePosixPath(json.loads(path.read_bytes())["target"]["path"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise pytest.UsageError(f"--enrich-run: {path} cannot be read: {error!r}") from None
    if target.is_absolute() or ".." in target.parts:
        raise pytest.UsageError(f"--enrich-run: {path} names {target}, outside the project")
    if not module.is_file():
        raise pytest.UsageError(f"--enrich-run: {module} is missing")
    return Suggested(module=module, folder=_existing(target.parent, config.rootpath))


def _existing(folder: PurePosixPath, rootdir: Path) -> PurePosixPath:
    """The folder itself or, when the suggestion would make it, the nearest one above with a file in it."""
    for nearest in (folder, *folder.parents):
        if any(path.is_file() and path.name != _PACKAGE for path in (rootdir / nearest).glob("*")):
            return nearest
    return PurePosixPath()


class Single:
    """The plugin that is registered for `--enrich-run`, in xdist's workers too."""

    def __init__(self, config: pytest.Config) -> None:
        self._suggested = find(config, config.option.enrich_run)
        self._folder = config.rootpath / self._suggested.folder
        self._is_added = False
        config.args = [str(self._folder)]
        pytest.register_assert_rewrite(self._suggested.module.stem)

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool:
        """Look only at files of the target's folder; the module is added in place of one of them."""
        if collection_path == self._folder or collection_path in self._folder.parents:
            return False
        if collection_path.name == _PACKAGE:  # before pytest 8 this file stands for its folder
            return collection_path.parent not in (self._folder, *self._folder.parents)
        return collection_path.parent != self._folder or collection_path.is_dir()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, Any, list[pytest.Collector]]:
        """The suggestion's module in place of the first file, nothing in place of the others."""
        collectors = yield
        if file_path.name == _PACKAGE:
            return [collector for collector in collectors if isinstance(collector, pytest.Package)]
        if self._is_added:
            return []
        self._is_added = True
        module = self._suggested.module
        nodeid = str(self._suggested.folder / module.name)
        return [pytest.Module.from_parent(parent, path=module, nodeid=nodeid)]
