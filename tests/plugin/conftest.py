import json
import os
import textwrap

import pytest

SESSION = """
import json, os, sys, time, types
import msgspec

def run(settings, coverage, terminal):
    terminal.section("enrich")
    data = coverage.get_data()
    root = str(settings.rootdir) + "/"
    files = {path: coverage.analysis2(path)[3] for path in data.measured_files()}
    said = {
        "settings": msgspec.to_builtins(settings, enc_hook=str),
        "missing": {path.removeprefix(root): lines for path, lines in files.items()},
        "contexts": sorted(data.measured_contexts()),
        "branches": data.has_arcs(),
        "environment": {name: os.environ.get(name) for name in ("COVERAGE_FILE", "COVERAGE_CORE")},
        "folder": settings.directory.exists(),
    }
    terminal.write_line("FAKE " + json.dumps(said))
    terminal.write_line(f"tty {terminal.isatty}")
    {"": lambda: None, "crash": lambda: 1 / 0, "exit": lambda: sys.exit(3), "interrupt": interrupt, "error": error,
     "hang": lambda: time.sleep(60)}[os.environ.get("FAKE", "")]()

def interrupt():
    raise KeyboardInterrupt

def error():
    from pytest_enrich.errors import EnrichError
    raise EnrichError("the disk is full")

import pytest_enrich
module = types.ModuleType("pytest_enrich.session")
module.run = run
sys.modules["pytest_enrich.session"] = pytest_enrich.session = module
"""

CART = """
def parse(text):
    if not text:
        raise ValueError("empty")
    return text.upper()
"""

TESTS = """
from shop.cart import parse

def test_upper():
    assert parse("a") == "A"

def test_other():
    assert parse("b") == "B"
"""


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    # This suite may itself be measured, spread out or enriched. More plugins than these two make each start three
    # times as long; who needs them asks for `plugins`.
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_enrich.plugin,pytest_cov.plugin")
    for name in list(os.environ):
        if name.startswith(("PYTEST_XDIST", "COV", "PYTEST_ENRICH", "PYTEST_ADDOPTS", "FAKE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", "src")


@pytest.fixture
def write(pytester):
    def into(name, text):
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return into


@pytest.fixture
def shop(pytester, write):
    """A project whose code is below src, with a session that says what it was given."""
    write("conftest.py", SESSION)
    write("src/shop/__init__.py", "")
    write("src/shop/cart.py", CART)
    write("tests/test_cart.py", TESTS)
    return pytester


@pytest.fixture
def given():
    """What the session was given, from the output of a run."""

    def read(result):
        lines = [line for line in result.outlines if line.startswith("FAKE ")]
        assert len(lines) == 1, result.stdout.str()
        return json.loads(lines[0].removeprefix("FAKE "))

    return read
