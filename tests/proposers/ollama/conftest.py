from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from pytest_enrich.proposers.ollama.client import Client, parse_host
from pytest_enrich.proposers.ollama.protocol import Limits, Message, Options, Request

SHORT = Limits(connect=0.5, first=2.0, gap=0.4, total=5.0)


@pytest.fixture(scope="session")
def ollama():
    """`server.py`: tests are no package, so that they cannot import it."""
    name = "pytest_enrich_fake_ollama"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("server.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture
def server(ollama):
    fake = ollama.FakeOllama()
    yield fake
    fake.close()


@pytest.fixture
def waited():
    """The pauses that a client made, none of which takes any time."""
    return []


@pytest.fixture
def client(server, waited):
    made = Client(parse_host(server.url), SHORT, wait=waited.append)
    yield made
    made.close()


@pytest.fixture
def request_of():
    """A short question."""

    def make(text="hello", **changes):
        plain = {"model": "m", "messages": (Message(role="user", content=text),), "options": Options()}
        return Request(**{**plain, **changes})

    return make


@pytest.fixture
def nowhere():
    """Keeps no reply between runs."""

    class Nowhere:
        def get(self, _name):
            return None

        def put(self, name, content):
            pass

        def note(self, content):
            pass

        def names(self):
            return ()

    return Nowhere()
