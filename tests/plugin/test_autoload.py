"""Where pytest loads no plugins by itself, what our commands need is loaded, however the project names it."""

import pytest

OURS = ("-p", "pytest_enrich.pytest_hooks.autoload")
NAMES = ("pytest_enrich.plugin", "pytest_cov.plugin")


@pytest.fixture(autouse=True)
def alone(monkeypatch, plugins):  # noqa: ARG001 - none of those that the other tests here have
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def loaded(pytester, *words):
    """The modules of both plugins that are loaded."""
    config = pytester.parseconfig(*words, *OURS)
    return {module.__name__ for module in config.pluginmanager.get_plugins() if hasattr(module, "__name__")} & {
        *NAMES
    }


@pytest.mark.parametrize("words", ["", "-p enrich -p pytest_cov", "-p pytest_enrich.plugin -p pytest_cov.plugin"])
def test_both_plugins_are_there_once_however_the_project_names_them(pytester, words):
    pytester.makeini(f"[pytest]\naddopts = {words}\n")
    assert loaded(pytester) == {*NAMES}


def test_a_variable_may_name_them_too(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_PLUGINS", ",".join(NAMES))
    assert loaded(pytester) == {*NAMES}


@pytest.mark.parametrize(("name", "left"), [("enrich", {NAMES[1]}), ("pytest_cov", {NAMES[0]})])
def test_what_the_project_refuses_stays_out(pytester, name, left):
    assert loaded(pytester, "-p", f"no:{name}") == left
