"""Whether a team uses Hypothesis already: a new dependency is not ours to add."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path


def uses_hypothesis(rootdir: Path, test_files: Iterable[str]) -> bool:
    """Whether a test file imports it.

    What a project only declares is not enough: nobody of the team may have read such a test yet.

    Args:
        rootdir: Of the project.
        test_files: Relative to it.
    """
    return any(_imports(_text(rootdir / path)) for path in test_files)


def _imports(text: str) -> bool:
    if "hypothesis" not in text:  # most files are not worth parsing
        return False
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return any(name.partition(".")[0] == "hypothesis" for name in names)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
