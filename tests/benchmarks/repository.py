"""A checkout as a git repository: what a run changed there, and what accepting added."""

from __future__ import annotations

import shutil
from pathlib import Path

import command
import layout


def make(source: Path, destination: Path) -> Path:
    """A copy of a checkout in which git knows every file, and which git would tell of any other change."""
    checkout = layout.copy(source, destination)
    _git(checkout, "init", "--quiet")
    # What the suite's own run leaves behind is not what is looked for.
    (checkout / ".git" / "info").mkdir(exist_ok=True)
    (checkout / ".git" / "info" / "exclude").write_text("__pycache__/\n", encoding="utf-8")
    _git(checkout, "add", "--all", "--force")
    _git(checkout, "commit", "--quiet", "--no-verify", "--message", "ablated")
    return checkout


def changes(checkout: Path) -> tuple[str, ...]:
    """The files that are not as they were committed, with git's letters."""
    return tuple(_git(checkout, "status", "--porcelain").splitlines())


def added(checkout: Path, patch: Path) -> int:
    """The lines that accepting added; the whole change is kept in `patch` for readers."""
    _git(checkout, "add", "--all", "--intent-to-add")
    patch.write_text(_git(checkout, "diff"), encoding="utf-8")
    lines = (line.split("\t") for line in _git(checkout, "diff", "--numstat").splitlines())
    return sum(int(count) for count, _, _ in lines if count.isdigit())


def blank(patch: Path) -> int:
    """How many of the lines that a kept change added have nothing on them."""
    return sum(line.rstrip() == "+" for line in patch.read_text(encoding="utf-8").splitlines())


def _git(checkout: Path, *words: str) -> str:
    """Run git without the settings, hooks and identity of whoever runs a benchmark."""
    git = shutil.which("git")
    if git is None:
        raise command.CommandError("git is not installed")
    settings = ("user.name=benchmark", "user.email=benchmark@localhost", "core.hooksPath=/dev/null")
    chosen = [word for setting in (*settings, "core.autocrlf=false") for word in ("-c", setting)]
    env = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    return command.check([git, *chosen, *words], cwd=checkout, env=env).output
