"""Classes that prepare something for their tests: there a call may do another thing than it did alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import lru_cache

from pytest_enrich.data import Placement

PREPARING = {"setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class", "setup"}


@lru_cache(maxsize=32)  # a few classes are asked about, each for many targets
def is_prepared(text: str, placement: Placement) -> bool:
    """Whether a test there runs after something that the class, or one of the file above it, does before each.

    Args:
        text: Of the test file.
        placement: Where the test goes.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    names = re.split(r"::|\.", placement.owner)[-1:] if placement.owner else []
    return any(map(_prepares, _lineage(names, classes)))


def _lineage(names: Iterable[str], classes: dict[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """The classes of these names, and those that they are made from."""
    found: dict[str, ast.ClassDef] = {}
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in classes and name not in found:
            found[name] = classes[name]
            waiting += [one.id for one in classes[name].bases if isinstance(one, ast.Name)]
    return list(found.values())


def _prepares(owner: ast.ClassDef) -> bool:
    functions = [one for one in owner.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    decorators = [*owner.decorator_list, *(mark for one in functions for mark in one.decorator_list)]
    texts = map(ast.unparse, decorators)
    named = any(one.name in PREPARING for one in functions)
    return named or any("usefixtures" in text or "autouse=True" in text for text in texts)
