from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from pytest_enrich.data import Answered, Collect, Collected, Record, Recorded
from pytest_enrich.sandboxes.process import ProcessSandbox


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    def project(**files: str) -> Path:
        """Files by name; `__` is a `/`, and all are Python."""
        root = tmp_path / "project"
        (root / "tests").mkdir(parents=True, exist_ok=True)
        (root / "pytest.ini").write_text("[pytest]\npythonpath = src\n")
        for name, text in files.items():
            path = root / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return root

    return project


@pytest.fixture
def collect() -> Callable[..., Collected]:
    def collect(root: Path, *tests: str) -> Collected:
        execution = ProcessSandbox(root).execute(Collect(tests=tests), timeout=30)
        assert isinstance(execution, Answered), execution
        assert isinstance(execution.answer, Collected)
        return execution.answer

    return collect


@pytest.fixture
def record() -> Callable[..., Recorded]:
    def record(
        root: Path, *qualnames: str, tests: tuple[str, ...] = ("tests/test_cart.py",), limit=60
    ) -> Recorded:
        job = Record(tests=tests, path="src/shop/cart.py", module="shop.cart", qualnames=qualnames, limit=limit)
        execution = ProcessSandbox(root).execute(job, timeout=30)
        assert isinstance(execution, Answered), execution
        assert isinstance(execution.answer, Recorded)
        return execution.answer

    return record


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], ModuleType]]:
    """Writes a module and imports it; it is gone afterwards."""
    names: list[str] = []
    monkeypatch.syspath_prepend(tmp_path)

    def imported(name: str, text: str) -> ModuleType:
        names.append(name)
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        return importlib.import_module(name)

    yield imported
    for name in names:
        del sys.modules[name]
