"""Why a process must not be forked, and what it was made of."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ..project import INSTALLED, Project
from .seen import Seen

CONFIGURATION = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


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


def has_last_word(config: pytest.Config, rootdir: str) -> bool:
    """Whether a plugin of the project does something when the tests are over."""
    hooks = (config.hook.pytest_terminal_summary, config.hook.pytest_unconfigure)
    places = [getattr(impl.plugin, "__file__", None) for hook in hooks for impl in hook.get_hookimpls()]
    project = Project(rootdir, "")
    return any(project.kind(place) for place in places if isinstance(place, str))


def files(rootdir: str, config: pytest.Config, seen: Seen) -> set[str]:
    """Files of the project that are loaded, and those that configured pytest."""
    found = {str(config.inipath)} if config.inipath is not None else set()
    found |= {str(Path(rootdir, name)) for name in CONFIGURATION}
    for module in (*list(sys.modules.values()), *seen.modules.values()):
        found.update(_of(module))
    return found


def _of(module: ModuleType | Any) -> Iterator[str]:
    file = getattr(module, "__file__", None)
    if isinstance(file, str) and not INSTALLED & set(Path(file).parts) and not file.startswith(_library()):
        yield file


def _library() -> str:
    return str(Path(threading.__file__).parent)
