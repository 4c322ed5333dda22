"""Why a process must not be forked, and what it was made of."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ..project import INSTALLED, Project
from .seen import Seen

CONFIGURATION = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
BEFORE = (
    "pytest_ignore_collect", "pytest_collect_directory", "pytest_collect_file", "pytest_pycollect_makemodule",
    "pytest_collectstart", "pytest_make_collect_report", "pytest_report_collectionfinish",
)  # fmt: skip
"""Hooks that are called before a test file is imported."""
AFTER = ("pytest_sessionfinish", "pytest_terminal_summary", "pytest_unconfigure")
"""Those that are called when its tests are over."""


def reason() -> str:
    """What is here that does not survive a fork, "" if nothing."""
    names = sorted(thread.name for thread in threading.enumerate() if thread is not threading.current_thread())
    if names:
        return f"threads are alive after the project's imports: {', '.join(names[:5])}"
    if getattr(sys.modules.get("gevent.monkey"), "saved", None):
        return "gevent has patched the standard library"
    if getattr(sys.modules.get("eventlet.patcher"), "already_patched", None):
        return "eventlet has patched the standard library"
    if "grpc._cython.cygrpc" in sys.modules:
        return "grpc is loaded, which does not work in forks"
    return ""


def has_first_word(config: pytest.Config, project: Project) -> bool:
    """Whether a plugin of the project does something before the tests are imported."""
    return _has_say(config, project, BEFORE)


def has_last_word(config: pytest.Config, project: Project) -> bool:
    """Whether a plugin of the project does something when the tests are over."""
    return _has_say(config, project, AFTER)


def _has_say(config: pytest.Config, project: Project, names: Iterable[str]) -> bool:
    # Not `config.hook`: of hooks that take a path, pytest 7 gives a function there.
    callers = [getattr(config.pluginmanager.hook, name, None) for name in names]
    impls = [impl for caller in callers if caller is not None for impl in caller.get_hookimpls()]
    return any(project.kind(place) for impl in impls for place in _places(impl))


def _places(impl: Any) -> Iterator[str]:
    """Where a hook's plugin, and its function, lie: a conftest may register others."""
    code = getattr(inspect.unwrap(impl.function), "__code__", None)
    for place in (getattr(impl.plugin, "__file__", None), getattr(code, "co_filename", None)):
        if isinstance(place, str):
            yield place


def files(rootdir: str, config: pytest.Config, seen: Seen) -> set[str]:
    """Files of the project that are loaded, and those that configured pytest."""
    found = {str(config.inipath)} if config.inipath is not None else set()
    found |= {str(Path(rootdir, name)) for name in CONFIGURATION}
    return found | held() | {file for module in seen.modules.values() for file in _of(module)}


def held() -> set[str]:
    """Files of modules that are loaded here for good."""
    return {file for module in list(sys.modules.values()) for file in _of(module)}


def _of(module: ModuleType | Any) -> Iterator[str]:
    file = getattr(module, "__file__", None)
    if isinstance(file, str) and not INSTALLED & set(Path(file).parts) and not file.startswith(_library()):
        yield file


def _library() -> str:
    return str(Path(threading.__file__).parent)
