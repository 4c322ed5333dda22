"""Statements of a test that are there for a reason: they assert, or keep it apart from the machine."""

from __future__ import annotations

import ast
import textwrap

from pytest_enrich.imports import parsed

BLOCKS = {"raises", "warns", "deprecated_call"}
"""What pytest's blocks are called that expect something."""
REPLACING = {
    "setattr", "delattr", "setitem", "delitem", "setenv", "delenv", "chdir", "syspath_prepend", "patch", "seed",
}  # fmt: skip
"""Of `monkeypatch`, and of modules that others look at."""
BEGINNING = {"start", "activate"}
"""Of patchers; servers have them, too."""
BUILT_IN = {"setattr", "delattr"}


def is_telling(node: ast.AST) -> bool:
    """Whether it is a call that asserts, or says what a block raises: pytest's, of unittest, or a helper's.

    Whose helper it is does not matter: what it notices is counted in mutants.
    """
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return name.removeprefix("pytest.") in BLOCKS or name.rpartition(".")[2].startswith("assert")


def expects(code: str) -> bool:
    """Whether a test may look at an exception: by a block, a call, or by hand; so may what cannot be read."""
    tree = parsed(textwrap.dedent(code))
    nodes = [*ast.walk(tree)] if tree else []
    names = {ast.unparse(node.func).rpartition(".")[2] for node in nodes if isinstance(node, ast.Call)}
    return (
        not tree
        or any(isinstance(node, ast.Try) for node in nodes)
        or any(name in BLOCKS or name.startswith(("assertRaises", "assertWarns")) for name in names)
    )


def keeps_apart(node: ast.AST) -> bool:
    """Whether anything in it puts something into the place of something else, or says what chance gives."""
    called = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    return any(replaces(one) or (isinstance(one, ast.Attribute) and one.attr in BEGINNING) for one in called)


def replaces(function: ast.expr) -> bool:
    """Whether what is called does so for sure: `patch`, `mock.patch.object`, `monkeypatch.setattr`."""
    if isinstance(function, ast.Name):
        return function.id in REPLACING - BUILT_IN
    names = ast.unparse(function).split(".")
    return isinstance(function, ast.Attribute) and (function.attr in REPLACING or "patch" in names[-2:])
