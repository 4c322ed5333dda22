"""A small project on the disk, and suggestions for it made by hand."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Oracle, Suggestion
from pytest_enrich.data.suggestion import (
    GapPart,
    MadePart,
    OriginPart,
    ProofPart,
    RunsPart,
    TargetPart,
    TestPart,
)
from pytest_enrich.store import Store

SOURCE = """\
def parse_sku(text):
    head, sep, tail = text.partition("-")
    if not sep:
        raise ValueError("missing dash")
    return head.upper(), int(tail)
"""
TESTS = """\
from shop.cart import parse_sku


def test_parts():
    assert parse_sku("ab-1") == ("AB", 1)
"""


def suggestion(identity="cart-6e2m3fea", *, body="9c1e22ab" + "0" * 56, title="parse_sku: no dash", **target):
    name = f"test_{identity.replace('-', '_')}"
    code = f'def {name}():\n    with pytest.raises(ValueError, match="missing dash"):\n        parse_sku("AB12")\n'
    return Suggestion(
        id=identity,
        title=title,
        look='the text "missing dash" was read off the code',
        gap=GapPart(
            path="src/shop/cart.py",
            qualname="parse_sku",
            line=3,
            outcome="true",
            text="if not sep:",
            lines=(4,),
            branches=((3, 4),),
            function_sha256="f" * 64,
        ),
        target=TargetPart(**{"path": "tests/test_cart.py", "where": "after", "anchor": "test_parts", **target}),
        test=TestPart(
            names=(name,),
            code=code,
            imports=("import pytest", "from shop.cart import parse_sku"),
            body_sha256=body,
        ),
        oracle=(Oracle(line=2, what="raises ValueError", source="raises"),),
        proof=ProofPart(
            lines_gained=1,
            branches_gained=1,
            runs=RunsPart(passed=3, of=3, modes=("alone", "suite", "shuffled")),
            duration_ms=0.4,
            isolation="rlimits-only",
        ),
        origin=OriginPart(proposer="search", seed=0, executions=120),
        made=MadePart(at="2026-11-24T22:41:07Z", pytest_enrich="0.1.0", python="3.11.7"),
    )


@pytest.fixture
def make_suggestion():
    return suggestion


@pytest.fixture
def rootdir(tmp_path):
    root = tmp_path / "project"
    (root / "src" / "shop").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "src" / "shop" / "__init__.py").write_text("")
    (root / "src" / "shop" / "cart.py").write_text(SOURCE)
    (root / "tests" / "test_cart.py").write_text(TESTS)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["src"]\n')
    return root


@pytest.fixture
def store(rootdir):
    return Store(rootdir / "enrich-suggestions", rootdir)


@pytest.fixture
def filled(store):
    """A store with one pending suggestion."""
    store.save(suggestion(), "patch", "module")
    return store
