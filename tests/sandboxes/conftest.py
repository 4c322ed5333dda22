from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pytest_enrich.data import Answered, Execution, Failed, Proved, TestOutcome
from pytest_enrich.protocols import Sandbox
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.isolation import Isolation
from pytest_enrich.sandboxes.process import ProcessSandbox

FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\npythonpath = ['src']\n",
    "src/shop/__init__.py": "",
    "src/shop/cart.py": """
        class Cart:
            def __init__(self, owner, limit=3):
                self.owner = owner
                self.limit = limit
                self.items = []

            def add(self, name, *more, price=0):
                self.items += [name, *more]
                return len(self.items)

            def total(self):
                if not self.items:
                    return 0
                return len(self.items) * 2


        def price(amount, currency="EUR"):
            if amount < 0:
                raise ValueError("negative")
            return f"{amount} {currency}"
        """,
    "tests/conftest.py": """
        import pytest


        @pytest.fixture
        def cart():
            from shop.cart import Cart

            return Cart("ann")
        """,
    "tests/test_cart.py": """
        from shop.cart import Cart, price


        def test_add(cart):
            assert cart.add("pen") == 1


        def test_price():
            assert price(3) == "3 EUR"
        """,
}


def written(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")


@pytest.fixture
def write() -> Callable[[Path, dict[str, str]], None]:
    return written


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    written(root, FILES)
    return root


@pytest.fixture(scope="session")
def kept() -> Iterator[dict[str, Sandbox]]:
    """Sandboxes of a project that no test changes, by their parameter: those that fork stay ready."""
    found: dict[str, Sandbox] = {}
    yield found
    for one in found.values():
        one.close()


@pytest.fixture(scope="session")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of that project."""
    root = tmp_path_factory.mktemp("unchanged") / "project"
    written(root, FILES)
    return root


@pytest.fixture(params=["process", "forkserver"])
def sandbox(request: pytest.FixtureRequest, kept, unchanged, layers) -> Iterator[Sandbox]:
    """Every implementation must pass what asks for this; `process+...` name layers round it.

    A test that asks for the `project` too, to change it, has one of its own, and a sandbox of its own.
    """
    if "project" not in request.fixturenames:
        if request.param not in kept:
            kept[request.param] = made(request.param, unchanged, layers)
        yield kept[request.param]
        return
    with closing(made(request.param, request.getfixturevalue("project"), layers)) as sandbox:
        yield sandbox


def made(wanted: str, root: Path, layers) -> Sandbox:
    kind, _, name = wanted.partition("+")
    fresh = ProcessSandbox(root, layers=layers(name or "rlimits-only", root))
    return fresh if kind == "process" else ForkserverSandbox(fresh)


@pytest.fixture(scope="session")
def working(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names of the isolations that work here."""
    return frozenset(one.name for one in isolation.available(tmp_path_factory.mktemp("working")))


@pytest.fixture
def layers(working: frozenset[str]) -> Callable[[str, Path], Isolation]:
    """The isolation of that name; it must work, unless what it is made of is not there at all."""

    def layers(name: str, root: Path) -> Isolation:
        if name == "rlimits-only":
            return isolation.RLIMITS_ONLY
        if not sys.platform.startswith("linux"):
            pytest.skip("only Linux has kernel layers")
        if name.startswith("bwrap") and not shutil.which("bwrap"):
            pytest.skip("bwrap is not installed (apt-get install bubblewrap)")
        assert name in working, f"{name} does not work here"
        return next(one for one in isolation.conceivable(root) if one.name == name)

    return layers


@pytest.fixture
def outcomes() -> Callable[[Execution], dict[str, TestOutcome]]:
    """The outcomes of a proved candidate by the last part of its node id."""

    def outcomes(execution: Execution) -> dict[str, TestOutcome]:
        assert isinstance(execution, Answered), execution
        assert isinstance(execution.answer, Proved)
        return {outcome.nodeid.rpartition("::")[2]: outcome for outcome in execution.answer.outcomes}

    return outcomes


@pytest.fixture
def failed() -> Callable[[Execution], Failed]:
    def failed(execution: Execution) -> Failed:
        assert isinstance(execution, Failed), execution
        return execution

    return failed
