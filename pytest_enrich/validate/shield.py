"""Which statements of a test keep it apart from the machine: they stay, whether the proof needs them or not.

In a sandbox there is no network, no clock that others look at, and nothing to break: what would be needed outside
does not show there.
"""

from __future__ import annotations

import ast

REPLACING = {
    "setattr", "delattr", "setitem", "delitem", "setenv", "delenv", "chdir", "syspath_prepend", "patch", "seed",
}  # fmt: skip
"""Of `monkeypatch`, and of modules that others look at."""
BEGINNING = {"start", "activate"}
"""Of patchers; servers have them, too."""
BUILT_IN = {"setattr", "delattr"}


def keeps_apart(node: ast.AST) -> bool:
    """Whether anything in it puts something into the place of something else, or says what chance gives."""
    called = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return any(replaces(one) or (isinstance(one, ast.Attribute) and one.attr in BEGINNING) for one in called)


def replaces(function: ast.expr) -> bool:
    """Whether what is called does so for sure: `patch`, `mock.patch.object`, `monkeypatch.setattr`."""
    if isinstance(function, ast.Name):
        return function.id in REPLACING - BUILT_IN
    names = ast.unparse(function).split(".")
    return isinstance(function, ast.Attribute) and (function.attr in REPLACING or "patch" in names[-2:])
