"""Which statements of a test keep it apart from the machine: they stay, whether the proof needs them or not.

In a sandbox there is no network, no clock that others look at, and nothing to break: what would be needed outside
does not show there.
"""

from __future__ import annotations

import ast

METHODS = {"setattr", "delattr", "setitem", "delitem", "setenv", "delenv", "chdir", "seed", "start", "activate"}
"""Of `monkeypatch`, of patchers, and of modules that others look at."""


def keeps_apart(node: ast.AST) -> bool:
    """Whether anything in it puts something into the place of something else, or says what chance gives."""
    return any(_does(one.func) for one in ast.walk(node) if isinstance(one, ast.Call))


def _does(function: ast.expr) -> bool:
    """`patch`, `mocker.patch`, `mock.patch.object`; `monkeypatch.setattr`, but not the built-in one."""
    if not isinstance(function, ast.Attribute):
        return isinstance(function, ast.Name) and function.id == "patch"
    names = ast.unparse(function).split(".")
    return function.attr in METHODS or "patch" in names[-2:]
