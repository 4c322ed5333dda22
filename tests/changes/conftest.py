"""Real repositories, made by the git that is installed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

FIXED = {
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    # A clone of a folder, as its submodules are in these tests.
    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always",
}  # fmt: skip


class Repository:
    """A work tree."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True)
        return done.stdout.decode("utf-8", "replace").strip()

    def write(self, files: dict[str, str | bytes]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, files: dict[str, str | bytes]) -> str:
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-qm", "more", "--allow-empty")
        return self.git("rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def plain_git(monkeypatch):
    for name in [one for one in os.environ if one.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in FIXED.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repository(tmp_path):
    """An empty repository whose branch is `main`."""
    root = tmp_path / "project"
    root.mkdir()
    made = Repository(root)
    made.git("init", "-q", "-b", "main")
    return made
