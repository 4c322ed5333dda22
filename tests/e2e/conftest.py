"""Whole projects in processes of their own, as a user has them."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from msgspec import Struct

import pytest_enrich

FIXTURES = Path(__file__).parents[2] / "fixtures"
SHOP = FIXTURES / "shop"
PLUGINS = ("pytest_enrich.plugin", "pytest_cov")
LEFT_BEHIND = ("__pycache__", ".pytest_cache", "enrich-suggestions", ".git", ".coverage")
CART = """\
def discount(total: int) -> int:
    if total < 0:
        raise ValueError("negative")
    return total


def half(total: int) -> int:
    if total > 100:
        return 50
    return total // 2
"""
TESTS = """\
from shop.cart import discount, half


def test_discount():
    assert discount(10) == 10


def test_half():
    assert half(10) == 5
"""


class Ended(Struct, frozen=True):
    """How a command ended, and all that it said."""

    status: int
    text: str

    @property
    def enrich(self) -> str:
        """What comes from us: from the first line that says so."""
        return self.text[self.text.find("enrich:", self.text.find(" passed")) :]


def written(root: Path, files: Mapping[str, str]) -> Project:
    """A project with these texts in it, committed."""
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    project = Project(root)
    project.commit()
    return project


def enriched(root: Path, files: Mapping[str, str], *command: str) -> Project:
    """The same after a command that ended well."""
    project = written(root, files)
    ended = project.run(*command)
    assert ended.status == 0, ended.text
    return project


class Project:
    """A project on the disk."""

    def __init__(self, root: Path, plugins: tuple[str, ...] | None = PLUGINS) -> None:
        """Its pytest has these `plugins`; None is all of this environment: each start is three times as long."""
        self.root = root
        self.plugins = plugins

    def environment(self) -> dict[str, str]:
        # This suite may itself be measured, spread out or enriched.
        odd = ("PYTEST_", "COV", "CI", "GITHUB", "PYTHONHASHSEED", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(odd)}
        few = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if self.plugins is not None else {}
        place = str(Path(pytest_enrich.__file__).parents[1])
        return kept | few | {"PYTHONPATH": place, "PYTHONDONTWRITEBYTECODE": "1"}

    def command(self, name: str, *words: str) -> list[str]:
        plugins = [f"-p{one}" for one in self.plugins or ()] if name == "pytest" else []
        return [sys.executable, "-m", name, *plugins, *words]

    def run(self, *words: str, timeout: float = 900) -> Ended:
        """`python -m` these words, in the project."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode("utf-8", "replace"))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(*words),
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def git(self, *words: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        # A patch names the commit that it is made for, whose id depends on its time.
        fixed = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-01-01T00:00:00Z")
        done = subprocess.run(
            command, cwd=self.root, env={**os.environ, **fixed}, check=True, capture_output=True, text=True
        )
        return done.stdout

    def commit(self) -> None:
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "all")

    def content(self) -> dict[str, bytes]:
        """What is in all files, but for what pytest, git and we leave behind."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not {*path.relative_to(self.root).parts} & {*LEFT_BEHIND}
        }

    def pending(self) -> dict[str, Path]:
        """The suggestions that wait, by id; one that is being written is none yet."""
        folder = self.root / "enrich-suggestions" / "pending"
        return {path.parent.name: path.parent for path in sorted(folder.glob("*/suggestion.json"))}

    def suggested(self) -> list[tuple[dict[str, object], list[str]]]:
        """The gap, and the lines of the test, of each suggestion that waits."""
        read = (json.loads((path / "suggestion.json").read_text("utf-8")) for path in self.pending().values())
        return [(one["gap"], one["test"]["code"].splitlines()) for one in read]


@pytest.fixture(scope="session")
def shop() -> Callable[[Path], Project]:
    """A fresh copy of the shop, committed."""

    return functools.partial(copied, SHOP)


def copied(fixture: Path, root: Path) -> Project:
    """A fresh copy of a project, committed."""
    shutil.copytree(fixture, root, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    project = Project(root)
    project.commit()
    return project


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Project]:
    """A project of a few files, by name; a text that is bytes is written as such."""
    return functools.partial(laid_out, tmp_path / "small")


def laid_out(root: Path, files: Mapping[str, str | bytes]) -> Project:
    """A project of these files, under no version control."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Project(root)
