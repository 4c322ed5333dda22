from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[1]
AUTOLOAD = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Every test goes to whichever worker is free, but what a module's tests share is made in one of them only.

    `--dist loadgroup` is meant for that; with pytest 9.2, pytest-xdist 3.8 does not keep its groups together.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return path if _is_shared(path) else nodeid

    return Scheduling(config, log)


@functools.cache
def _is_shared(path: str) -> bool:
    """Whether a test file has a fixture that is made once for all its tests."""
    return '@pytest.fixture(scope="module")' in (ROOT / path).read_text("utf-8")


@pytest.fixture(scope="session", autouse=True)
def few_plugins() -> Iterator[None]:
    """Those of this environment make each start three times as long: a test that needs them asks for `plugins`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(AUTOLOAD, "1")
        yield


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The key that suggestions are sealed with is kept out of the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def _is_listening(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.3):
        return True
    return False


@pytest.fixture(scope="session", autouse=True)
def no_model() -> Iterator[None]:
    """No test asks the model of whoever runs it by chance; those marked `live` are told where one is."""
    with pytest.MonkeyPatch.context() as patch:
        if "OLLAMA_HOST" not in os.environ and _is_listening(11434):
            patch.setenv("OLLAMA_HOST", "127.0.0.1:1")  # where nobody is
        yield


@pytest.fixture
def usual_signals() -> Iterator[None]:
    """As in a terminal: under `nohup`, or in the background of a script, signals are ignored, and by children too.

    What handles a signal has children that do not.
    """
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ignored = [number for number in (getattr(signal, name) for name in names) if is_ignored(number)]
    for number in ignored:
        signal.signal(number, lambda *_: None)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


def is_ignored(number: signal.Signals) -> bool:
    return signal.getsignal(number) == signal.SIG_IGN


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for by tests that need the plugins of this environment inside."""
    for name in (AUTOLOAD, "PYTEST_PLUGINS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def fakes() -> ModuleType:
    """`fakes.py`: tests are no package, so that they cannot import it."""
    name = "pytest_enrich_fakes"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("fakes.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
