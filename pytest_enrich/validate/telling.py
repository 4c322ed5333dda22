"""Which calls of a test can fail because of what they look at."""

from __future__ import annotations

import ast
import textwrap

BLOCKS = {"raises", "warns", "deprecated_call"}
"""What pytest's blocks are called that expect something."""


def is_telling(node: ast.AST) -> bool:
    """Whether it is a call that asserts, or says what a block raises: pytest's, of unittest, or a helper's.

    Whose helper it is does not matter: what it notices is counted in mutants.
    """
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return name.removeprefix("pytest.") in BLOCKS or name.rpartition(".")[2].startswith("assert")


def expects(code: str) -> bool:
    """Whether a test may look at an exception: by a block, a call, or by hand; so may what cannot be read."""
    try:
        nodes = [*ast.walk(ast.parse(textwrap.dedent(code)))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    names = {ast.unparse(node.func).rpartition(".")[2] for node in nodes if isinstance(node, ast.Call)}
    return any(isinstance(node, ast.Try) for node in nodes) or any(
        name in BLOCKS or name.startswith(("assertRaises", "assertWarns")) for name in names
    )
