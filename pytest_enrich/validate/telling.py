"""Which calls of a test can fail because of what they look at."""

from __future__ import annotations

import ast

BLOCKS = {"raises", "warns", "deprecated_call"}
"""What pytest's blocks are called that expect something."""


def is_telling(node: ast.AST) -> bool:
    """Whether it is a call that asserts, or says what a block raises: pytest's, of unittest, or a helper's.

    Whose helper it is does not matter: what it notices is counted in mutants.
    """
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return name.removeprefix("pytest.") in BLOCKS or name.rpartition(".")[2].startswith("assert")
