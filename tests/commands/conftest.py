"""A small real project with a pytest suite, and pending suggestions that were made the real way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import Struct

from pytest_enrich import gaps, patch
from pytest_enrich.cli import main
from pytest_enrich.contracts import write
from pytest_enrich.contracts.function import Broken, Claim
from pytest_enrich.data import Attempt, Gap, Kept, NewRow, NewTest, Oracle, Origin, Placement
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.store import Store, seal

SOURCE = """\
def parse_sku(text):
    head, sep, tail = text.partition("-")
    if not sep:
        raise ValueError("missing dash")
    return head.upper(), int(tail)


def discount(total, code):
    if total < 0:
        raise ValueError("negative")
    if code == "FREE":
        return 0.0
    return total
"""
TESTS = """\
from shop.cart import discount, parse_sku


def test_parts():
    assert parse_sku("ab-1") == ("AB", 1)


def test_discount():
    assert discount(10, "") == 10
"""
MADE = MadePart(at="2026-11-24T22:41:07Z", pytest_enrich="0.1.0", python="3.11.7")


class Answer(Struct, frozen=True):
    """What a command answered and printed."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Project:
    """The project, and the command run in it."""

    def __init__(self, root: Path, monkeypatch, capfd):
        self.root, self._capfd, self._monkeypatch = root, capfd, monkeypatch
        self.store = Store(root / "enrich-suggestions", root)
        self.tests = root / "tests" / "test_cart.py"
        self.source = root / "src" / "shop" / "cart.py"

    def run(self, *words, cwd: Path | None = None) -> Answer:
        self._monkeypatch.chdir(cwd or self.root)
        self.said()
        status = main(words)
        out, err = self._capfd.readouterr()
        return Answer(status, out, err)

    def said(self) -> str:
        """What was printed since this was asked."""
        return self._capfd.readouterr().out

    def identity(self, qualname: str, line: int) -> str:
        found = gaps.identify("src/shop/cart.py", self.source.read_text())
        return next(one for one, place in sorted(found.items()) if place == (qualname, line))

    def suggest(  # noqa: PLR0913 - what a suggestion is made of
        self, qualname, line, code, *, anchor="test_parts", imports=(), path="tests/test_cart.py", title=""
    ):
        """Write a pending suggestion for the gap of `qualname` at `line`, and return its id."""
        name = code.partition("def ")[2].partition("(")[0]
        text = (self.root / path).read_text() if (self.root / path).exists() else None
        gap = self._gap(qualname, line)
        test = NewTest(
            name=name,
            code=code,
            imports=imports,
            placement=Placement(path=path, anchor=anchor, new_file=text is None),
            title=title or f"{qualname}: line {line}",
            **self._facts(gap),
        )
        return self._save(gap, test, text)

    def suggest_row(  # noqa: PLR0913 - what a row is made of
        self,
        qualname,
        line,
        code,
        *,
        name="test_discount",
        argnames=("total", "code", "expected"),
        owner=None,
        imports=(),
    ):
        """Write a pending suggestion of one more row, and return its id."""
        gap = self._gap(qualname, line)
        row = NewRow(
            name=name,
            code=code,
            argnames=argnames,
            imports=imports,
            placement=Placement(path="tests/test_cart.py", anchor=name, owner=owner),
            title=f"{qualname}: line {line}",
            **self._facts(gap),
        )
        return self._save(gap, row, self.tests.read_bytes().decode())

    def _gap(self, qualname, line):
        return Gap(
            id=self.identity(qualname, line),
            path="src/shop/cart.py",
            qualname=qualname,
            line=line,
            outcome="true",
            text=self.source.read_text().splitlines()[line - 1].strip(),
            lines=(line + 1,),
            branches=((line, line + 1),),
        )

    def _facts(self, gap):
        return {
            "look": "is this value meant?",
            "oracle": (Oracle(line=2, what="a value", source="observed", look=True),),
            "origin": Origin(proposer="search", executions=12),
            "gaps": (gap.id,),
        }

    def _save(self, gap, candidate, text):
        kept = Kept(gaps=(gap.id,), lines=gap.lines, branches=gap.branches, runs=("alone", "suite"), seconds=0.001)
        attempt = Attempt(path=gap.path, qualname=gap.qualname, digest="d", candidate=candidate, verdict=kept)
        one = patch.suggest(attempt, gap, (), text, made=MADE, isolation="rlimits-only")
        one = seal.sealed(self.root, one)
        self.store.save(one, patch.render_patch(one, text), patch.render_module(one, text))
        return one.id

    def possible_bug(self, *, quote='>>> discount(-1, "")\n0'):
        """Write a possible bug of `discount`, whose docstring now says `quote`, and return its id."""
        text = self.source.read_text()
        said = quote.replace("\n", "\n    ")
        head = "def discount(total, code):\n"
        self.source.write_text(text.replace(head, f'{head}    """The price.\n\n    {said}\n    """\n', 1))
        claim = Claim(
            path="src/shop/cart.py",
            module="shop.cart",
            qualname="discount",
            line=8,
            promise="example",
            quote=quote,
            quote_line=11,
            action='⟨shop.cart:discount⟩(-1, "")',
            expected="0",
        )
        broken = Broken(claim=claim, observed="raised ValueError in cart.py:14", runs=("in a fork",))
        place = Placement(path="tests/test_cart.py")
        one = write.bug(broken, place, self.tests.read_text(), MADE, "docstring")
        self.store.save(seal.sealed(self.root, one), "", patch.render_module(one))
        return one.id

    def suite_passes(self) -> bool:
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        return subprocess.run(words, cwd=self.root, check=False, capture_output=True).returncode == 0

    def snapshot(self) -> dict[str, bytes]:
        """All files but for the suggestions folder."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and "enrich-suggestions" not in path.parts and "__pycache__" not in path.parts
        }


NO_DASH = (
    'def test_no_dash():\n    with pytest.raises(ValueError, match="missing dash"):\n        parse_sku("AB12")\n'
)
NEGATIVE = (
    'def test_negative():\n    with pytest.raises(ValueError, match="negative"):\n        discount(-1, "")\n'
)
FREE = 'def test_free():\n    assert discount(10, "FREE") == 0.0\n'
WRONG = 'def test_free():\n    assert discount(10, "FREE") == 1.0\n'


@pytest.fixture
def project(tmp_path, monkeypatch, capfd):
    root = tmp_path / "project"
    (root / "src" / "shop").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "src" / "shop" / "__init__.py").write_text("")
    (root / "src" / "shop" / "cart.py").write_text(SOURCE)
    (root / "tests" / "test_cart.py").write_text(TESTS)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["src"]\n')
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    if "PYTEST_DISABLE_PLUGIN_AUTOLOAD" in os.environ:
        monkeypatch.setenv("PYTEST_PLUGINS", "pytest_enrich.plugin")  # our own is there, whatever else is
    return Project(root, monkeypatch, capfd)


@pytest.fixture
def no_dash(project):
    return project.suggest("parse_sku", 3, NO_DASH, imports=("import pytest",))


@pytest.fixture
def negative(project):
    return project.suggest("discount", 9, NEGATIVE, imports=("import pytest",), anchor="test_discount")


@pytest.fixture
def free(project):
    return project.suggest("discount", 11, FREE, anchor="test_discount")


@pytest.fixture
def wrong(project):
    """A suggestion that turns its file red."""
    return project.suggest("discount", 11, WRONG, anchor="test_discount")
