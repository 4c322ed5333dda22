from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_enrich.data import Answered, Execution, Failed, Proved, TestOutcome
from pytest_enrich.protocols import Sandbox
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


@pytest.fixture
def write() -> Callable[[Path, dict[str, str]], None]:
    def write(root: Path, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    return write


@pytest.fixture
def project(tmp_path: Path, write) -> Path:
    root = tmp_path / "project"
    write(root, FILES)
    return root


@pytest.fixture(params=["process"])
def sandbox(request: pytest.FixtureRequest, project: Path) -> Sandbox:
    """Every implementation must pass what asks for this."""
    return {"process": ProcessSandbox}[request.param](project)


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
