"""Where an accepted test came from, as a comment in it, for teams that want that.

A comment, not a marker: an unregistered marker is an error where the plugin is missing.
"""

from __future__ import annotations

import ast
from pathlib import Path

from pytest_enrich.data import Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.reporters.words import visible
from pytest_enrich.store import ini, python_file

KEY = "enrich_provenance"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def signed(rootdir: Path, one: Suggestion, before: str, after: str) -> str:
    """`after`, in which each test that `before` does not have says where it came from, if the team wants that.

    A row is one line among others, and stays as it is.

    Raises:
        RefusedError: The key has a value that means nothing.
    """
    wanted = ini.text(rootdir, KEY) or "none"
    if wanted not in {"none", "comment"}:
        raise RefusedError(f"{KEY} = {wanted}: it may be none or comment\nNothing was changed.\nMend it first.")
    if wanted == "none" or one.kind == "row":
        return after
    lines = after.split("\n")
    for number in sorted(_beginnings(one.target.path, before, after), reverse=True):
        line = lines[number - 1]
        indent, end = line[: len(line) - len(line.lstrip())], "\r" if line.endswith("\r") else ""
        lines.insert(number - 1, f"{indent}# {_told(one)}{end}")
    return "\n".join(lines)


def _told(one: Suggestion) -> str:
    return visible(f"suggested by pytest-enrich {one.id} ({one.origin.model or one.origin.proposer}), reviewed")


def _beginnings(path: str, before: str, after: str) -> list[int]:
    """The lines on which the bodies of the new functions begin: what stands there goes when they go."""
    known = python_file.functions(before, path).keys()
    places = {line for name, line in python_file.functions(after, path).items() if name not in known}
    nodes = (node for node in ast.walk(python_file.tree(after, path)) if isinstance(node, _FUNCTIONS))
    return [node.body[0].lineno for node in nodes if node.lineno in places and node.body[0].lineno > node.lineno]
