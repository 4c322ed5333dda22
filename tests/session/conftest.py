"""A small project on the disk, and coverage of it as tests would have left it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import coverage
import pytest

from pytest_enrich.config import Settings
from pytest_enrich.store import Store

SOURCE = """\
def parse_sku(text):
    head, sep, tail = text.partition("-")
    if not sep:
        raise ValueError("missing dash")
    return head.upper(), int(tail)


def discount(total):
    if total < 0:
        return 0
    return total


class Cart:
    def size(self):
        return 1
"""
TESTS = """\
from shop.cart import discount, parse_sku


def test_parts():
    assert parse_sku("ab-1") == ("AB", 1)


def test_discount():
    assert discount(10) == 10
"""
PARTS = [(-1, 2), (2, 3), (3, 5), (5, -1)]
DISCOUNT = [(-8, 9), (9, 11), (11, -8)]
IMPORT = [(-1, 1), (1, 8), (8, 14), (14, -1), (-14, 14), (14, 15), (15, -14)]


@pytest.fixture
def rootdir(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in {
        "src/shop/__init__.py": "",
        "src/shop/cart.py": SOURCE,
        "tests/test_cart.py": TESTS,
        "pytest.ini": "[pytest]\npythonpath = src\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def settings(rootdir: Path) -> Settings:
    return Settings(
        rootdir=rootdir, directory=rootdir / "enrich-suggestions", test_files=("tests/test_cart.py",), passed=2
    )


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store(settings.directory, settings.rootdir)


@pytest.fixture
def measured(rootdir: Path, tmp_path: Path) -> Callable[..., coverage.Coverage]:
    """What coverage knows after these arcs of `cart.py`, by test."""

    def measured(**more: list[tuple[int, int]]) -> coverage.Coverage:
        place = str(tmp_path / "coverage-data")
        data = coverage.CoverageData(basename=place)
        data.erase()
        for context, arcs in {"": IMPORT, "test_parts": PARTS, "test_discount": DISCOUNT, **more}.items():
            data.set_context(f"tests/test_cart.py::{context}|run" if context else "")
            data.add_arcs({str(rootdir / "src/shop/cart.py"): arcs})
        data.write()
        cov = coverage.Coverage(data_file=place, branch=True, source=[str(rootdir / "src")], config_file=False)
        cov.load()
        return cov

    return measured
