"""What a function's own code asks for by name: names, keys of mappings, attributes of objects."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_enrich.proposers.rows import tables


def tests(tree: ast.AST) -> Iterator[ast.expr]:
    """The calls of which only the truth is asked."""
    for node in ast.walk(tree):
        held = [getattr(node, "test", None), getattr(node, "operand", None), *getattr(node, "values", ())]
        yield from (one for one in held if isinstance(one, ast.Call) and not isinstance(node, ast.Dict))


def keys(tree: ast.AST) -> Iterator[str]:
    """The texts that are looked up: `data["key"]`, `data.get("key")`, `"key" in data`."""
    found = (key for _, key in tables.looked_up(tree) if isinstance(key, ast.Constant))
    yield from (key.value for key in found if isinstance(key.value, str))


def named(tree: ast.AST) -> Iterator[str]:
    """All names, those of attributes and parameters, too, without leading underscores."""
    for node in ast.walk(tree):
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "arg", None)))
        if isinstance(name, str):
            yield name.lstrip("_")


def attributes(tree: ast.AST) -> Iterator[str]:
    """The public attributes that decide something."""
    decisions = (node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp | ast.While))
    nodes = [one for test in decisions for one in ast.walk(test)]
    called = [one.func for one in nodes if isinstance(one, ast.Call)]
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node not in called:
            yield from [node.attr] if node.attr[:1] != "_" else []
