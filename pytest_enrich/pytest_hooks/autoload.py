"""For a pytest that loads no plugins by itself: ours and pytest-cov, each unless it is there or was blocked.

A plugin that is named in two ways (`-p enrich` and `-p pytest_enrich.plugin`) ends pytest with a traceback, and
whoever starts the pytest of a project cannot know how its `addopts` or PYTEST_PLUGINS name them.
"""

from __future__ import annotations

import importlib

import pytest

_NEEDED = {"enrich": "pytest_enrich.plugin", "pytest_cov": "pytest_cov.plugin"}


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Load what is missing; by the names of modules, since PYTEST_PLUGINS, which is read later, has only those."""
    for key, name in _NEEDED.items():
        module = importlib.import_module(name)
        if not (pluginmanager.is_blocked(key) or pluginmanager.is_registered(module)):
            pluginmanager.register(module, name)
